//! Sixteen bytes at a time: where blanks end, where a string stops.
//!
//! The one file with unsafe code, and in it only loads of sixteen bytes that were bounds-checked
//! before. Other processors than x86-64 go eight bytes at a time with plain arithmetic. Never
//! reads past a slice. Read next: `scan.rs`, the only caller.

/// How many bytes one look takes in.
pub(crate) const LANES: usize = 16;

#[cfg(target_arch = "x86_64")]
mod wide {
    use std::arch::x86_64::{
        __m128i, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128,
        _mm_set1_epi8,
    };

    fn load(bytes: &[u8; 16]) -> __m128i {
        // SAFETY: the array is sixteen readable bytes, and this load asks for no alignment. SSE2 is
        // part of every x86-64 processor.
        unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
    }

    /// Index of the first byte that is none of JSON's four blanks, or 16.
    pub(crate) fn first_not_blank(bytes: &[u8; 16]) -> usize {
        // SAFETY: SSE2 is part of every x86-64 processor.
        let blanks = unsafe {
            let chunk = load(bytes);
            let is = |byte: u8| _mm_cmpeq_epi8(chunk, _mm_set1_epi8(byte as i8));
            let line = _mm_or_si128(is(b' '), is(b'\n'));
            _mm_movemask_epi8(_mm_or_si128(line, _mm_or_si128(is(b'\r'), is(b'\t'))))
        };
        (!blanks).trailing_zeros() as usize
    }

    /// Index of the first quote, backslash or control character, or 16.
    pub(crate) fn first_string_stop(bytes: &[u8; 16]) -> usize {
        // SAFETY: SSE2 is part of every x86-64 processor.
        let stops = unsafe {
            let chunk = load(bytes);
            let control = _mm_set1_epi8(0x1F);
            let quote = _mm_cmpeq_epi8(chunk, _mm_set1_epi8(b'"' as i8));
            let backslash = _mm_cmpeq_epi8(chunk, _mm_set1_epi8(b'\\' as i8));
            let below = _mm_cmpeq_epi8(_mm_min_epu8(chunk, control), chunk);
            _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), below))
        };
        (stops as u32 | 0x1_0000).trailing_zeros() as usize
    }
}

#[cfg(not(target_arch = "x86_64"))]
mod wide {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;

    pub(crate) fn first_not_blank(bytes: &[u8; 16]) -> usize {
        bytes.iter().position(|byte| !matches!(byte, b' ' | b'\n' | b'\r' | b'\t')).unwrap_or(16)
    }

    pub(crate) fn first_string_stop(bytes: &[u8; 16]) -> usize {
        let (words, _) = bytes.as_chunks::<8>();
        for (index, word) in words.iter().enumerate() {
            let word = u64::from_le_bytes(*word);
            let zero = |mask: u64| mask.wrapping_sub(ONES) & !mask & HIGH;
            let below = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
            let stops =
                zero(word ^ (ONES * u64::from(b'"'))) | zero(word ^ (ONES * u64::from(b'\\'))) | below;
            if stops != 0 {
                // Borrows may mark bytes after the first stop, never before it.
                return index * 8 + stops.trailing_zeros() as usize / 8;
            }
        }
        16
    }
}

pub(crate) use wide::{first_not_blank, first_string_stop};

/// The sixteen bytes at a place, if the slice holds as many.
pub(crate) fn lanes(body: &[u8], at: usize) -> Option<&[u8; LANES]> {
    body.get(at..)?.first_chunk()
}

#[cfg(test)]
mod tests {
    use super::{first_not_blank, first_string_stop};

    #[test]
    fn every_byte_at_every_place_is_judged_alone() {
        for byte in 0..=255_u8 {
            for place in 0..16 {
                let mut bytes = [b' '; 16];
                bytes[place] = byte;
                let expected = if matches!(byte, b' ' | b'\n' | b'\r' | b'\t') { 16 } else { place };
                assert_eq!(first_not_blank(&bytes), expected, "blank {byte} at {place}");
                let mut bytes = [b'\x80'; 16];
                bytes[place] = byte;
                let stops = byte < 0x20 || byte == b'"' || byte == b'\\';
                assert_eq!(
                    first_string_stop(&bytes),
                    if stops { place } else { 16 },
                    "stop {byte} at {place}"
                );
            }
        }
    }
}
