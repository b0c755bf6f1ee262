//! Growing columns: plain vectors that can be cut back to any row.
//!
//! A column is never told about rows that do not have it. It knows how many slots it has, and
//! fills the gap with nulls when a value comes, or when the batch is finished; so a charge pays
//! nothing for the thousand fields it has no value for. Knows nothing of JSON. Read next:
//! `walk.rs` (writes), `assemble.rs` (takes).

/// Which slots have a value. Nothing is stored while all have one.
#[derive(Debug, Default)]
pub(crate) struct Validity {
    pub words: Vec<u64>,
    pub len: usize,
    pub nulls: usize,
}

impl Validity {
    #[inline]
    fn push_valid(&mut self) {
        if self.nulls > 0 {
            if self.len.is_multiple_of(64) {
                self.words.push(0);
            }
            self.words[self.len / 64] |= 1 << (self.len % 64);
        }
        self.len += 1;
    }

    fn pad(&mut self, len: usize) {
        if self.nulls == 0 {
            self.words.clear();
            self.words.resize(self.len / 64, u64::MAX);
            if !self.len.is_multiple_of(64) {
                self.words.push((1 << (self.len % 64)) - 1);
            }
        }
        self.words.resize(len.div_ceil(64), 0);
        self.nulls += len - self.len;
        self.len = len;
    }

    pub(crate) fn get(&self, slot: usize) -> bool {
        slot < self.len && (self.nulls == 0 || self.words[slot / 64] >> (slot % 64) & 1 == 1)
    }

    fn truncate(&mut self, len: usize) {
        if len >= self.len {
            return;
        }
        self.len = len;
        if self.nulls > 0 {
            self.words.truncate(len.div_ceil(64));
            if !len.is_multiple_of(64) {
                self.words[len / 64] &= (1 << (len % 64)) - 1;
            }
            let valid: usize = self.words.iter().map(|word| word.count_ones() as usize).sum();
            self.nulls = len - valid;
            if self.nulls == 0 {
                self.words.clear();
            }
        }
    }
}

/// The values of a column.
#[derive(Debug)]
pub(crate) enum Values {
    Text(TextValues),
    Integer(Vec<i64>),
    Number(Vec<f64>),
    Decimal(Vec<i128>),
    /// One bit a slot.
    Boolean(Vec<u64>),
    /// Only the validity matters.
    Struct,
    /// Lists and maps: where each slot's elements end, with a leading zero.
    Offsets(Vec<i32>),
}

#[derive(Debug, Default)]
pub(crate) struct TextValues {
    pub bytes: Vec<u8>,
    /// Where each slot's text ends, with a leading zero.
    pub offsets: Vec<i32>,
}

#[derive(Debug)]
pub(crate) struct ColumnBuffer {
    pub valid: Validity,
    pub values: Values,
}

impl ColumnBuffer {
    pub(crate) fn new(values: Values) -> ColumnBuffer {
        ColumnBuffer { valid: Validity::default(), values }
    }

    pub(crate) fn text() -> ColumnBuffer {
        ColumnBuffer::new(Values::Text(TextValues::default()))
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.valid.len
    }

    /// Marks the next slot valid, after filling up to it with nulls. The value must follow.
    #[inline]
    pub(crate) fn begin(&mut self, slot: usize) {
        if self.valid.len < slot {
            self.pad(slot);
        }
        self.valid.push_valid();
    }

    /// Nulls up to `len` slots.
    #[cold]
    pub(crate) fn pad(&mut self, len: usize) {
        if len <= self.valid.len {
            return;
        }
        self.valid.pad(len);
        match &mut self.values {
            Values::Text(text) => {
                let end = text.offsets.last().copied().unwrap_or(0);
                text.offsets.resize(len + 1, end);
            }
            Values::Integer(values) => values.resize(len, 0),
            Values::Number(values) => values.resize(len, 0.0),
            Values::Decimal(values) => values.resize(len, 0),
            Values::Boolean(words) => words.resize(len.div_ceil(64), 0),
            Values::Struct => {}
            Values::Offsets(offsets) => {
                let end = offsets.last().copied().unwrap_or(0);
                offsets.resize(len + 1, end);
            }
        }
    }

    /// Forgets the slots from `len` on. Says how many slots the elements of a list may keep.
    pub(crate) fn truncate(&mut self, len: usize) -> usize {
        if len < self.valid.len {
            self.valid.truncate(len);
            match &mut self.values {
                Values::Text(text) => {
                    text.offsets.truncate(len + 1);
                    let end = text.offsets.last().copied().unwrap_or(0);
                    text.bytes.truncate(end as usize);
                }
                Values::Integer(values) => values.truncate(len),
                Values::Number(values) => values.truncate(len),
                Values::Decimal(values) => values.truncate(len),
                Values::Boolean(words) => {
                    words.truncate(len.div_ceil(64));
                    if !len.is_multiple_of(64) {
                        words[len / 64] &= (1 << (len % 64)) - 1;
                    }
                }
                Values::Struct => {}
                Values::Offsets(offsets) => offsets.truncate(len + 1),
            }
        }
        if self.valid.nulls == self.valid.len {
            self.clear();
        }
        match &self.values {
            Values::Offsets(offsets) => offsets.last().copied().unwrap_or(0) as usize,
            _ => len,
        }
    }

    /// As it was before the first value, allocations kept.
    pub(crate) fn clear(&mut self) {
        self.valid.words.clear();
        self.valid.len = 0;
        self.valid.nulls = 0;
        match &mut self.values {
            Values::Text(text) => {
                text.bytes.clear();
                text.offsets.clear();
            }
            Values::Integer(values) => values.clear(),
            Values::Number(values) => values.clear(),
            Values::Decimal(values) => values.clear(),
            Values::Boolean(words) => words.clear(),
            Values::Struct => {}
            Values::Offsets(offsets) => offsets.clear(),
        }
    }

    pub(crate) fn size_bytes(&self) -> usize {
        let values = match &self.values {
            Values::Text(text) => text.bytes.len() + text.offsets.len() * 4,
            Values::Integer(values) => values.len() * 8,
            Values::Number(values) => values.len() * 8,
            Values::Decimal(values) => values.len() * 16,
            Values::Boolean(words) => words.len() * 8,
            Values::Struct => 0,
            Values::Offsets(offsets) => offsets.len() * 4,
        };
        values + self.valid.words.len() * 8
    }

    pub(crate) fn push_text(&mut self, slot: usize, text: &[u8]) {
        self.begin(slot);
        if let Values::Text(values) = &mut self.values {
            values.bytes.extend_from_slice(text);
            values.seal();
        }
    }

    /// The text of a slot, if it has one.
    pub(crate) fn text_at(&self, slot: usize) -> Option<&str> {
        let Values::Text(text) = &self.values else { return None };
        if !self.valid.get(slot) {
            return None;
        }
        let range = *text.offsets.get(slot)? as usize..*text.offsets.get(slot + 1)? as usize;
        std::str::from_utf8(text.bytes.get(range)?).ok()
    }

    pub(crate) fn integer_at(&self, slot: usize) -> Option<i64> {
        match &self.values {
            Values::Integer(values) if self.valid.get(slot) => values.get(slot).copied(),
            _ => None,
        }
    }

    /// How many elements the list of a slot has.
    pub(crate) fn elements_at(&self, slot: usize) -> usize {
        match &self.values {
            Values::Offsets(offsets) if self.valid.get(slot) => (offsets[slot + 1] - offsets[slot]) as usize,
            _ => 0,
        }
    }

    /// Where the elements of the next list begin.
    pub(crate) fn elements_end(&self) -> usize {
        match &self.values {
            Values::Offsets(offsets) => offsets.last().copied().unwrap_or(0) as usize,
            _ => 0,
        }
    }
}

impl TextValues {
    /// Ends the text of the slot that `begin` marked.
    #[inline]
    pub(crate) fn seal(&mut self) {
        if self.offsets.is_empty() {
            self.offsets.push(0);
        }
        self.offsets.push(self.bytes.len() as i32);
    }
}

#[cfg(test)]
mod tests {
    use super::{ColumnBuffer, Values};

    #[test]
    fn gaps_fill_with_nulls_and_cutting_back_leaves_no_trace() {
        let mut column = ColumnBuffer::text();
        for slot in [0, 1, 70, 71, 200] {
            column.push_text(slot, format!("v{slot}").as_bytes());
        }
        assert_eq!(column.len(), 201);
        assert_eq!(column.valid.nulls, 196);
        for slot in 0..210 {
            let expected = [0, 1, 70, 71, 200].contains(&slot).then(|| format!("v{slot}"));
            assert_eq!(column.text_at(slot).map(str::to_owned), expected);
        }
        column.truncate(71);
        assert_eq!((column.len(), column.text_at(70), column.text_at(71)), (71, Some("v70"), None));
        column.push_text(71, b"again");
        assert_eq!(column.text_at(71), Some("again"));
        column.truncate(2);
        assert_eq!((column.len(), column.valid.nulls), (2, 0));
        column.truncate(0);
        assert_eq!(column.size_bytes(), 0);
    }

    #[test]
    fn a_column_that_is_left_with_nulls_only_is_as_new() {
        let mut column = ColumnBuffer::new(Values::Integer(Vec::new()));
        column.begin(5);
        if let Values::Integer(values) = &mut column.values {
            values.push(7);
        }
        assert_eq!(column.integer_at(5), Some(7));
        column.truncate(5);
        assert_eq!((column.len(), column.size_bytes()), (0, 0));
    }
}
