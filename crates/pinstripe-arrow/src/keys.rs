//! Names of an object's fields to their places: the way back when the guessed order was wrong.
//!
//! A small open-addressed table over the name's length, first and last bytes; names are compared
//! in full. Never changes after it is made. Read next: `walk.rs`, which guesses first.

#[derive(Debug, Default)]
pub(crate) struct KeyTable {
    names: Vec<Box<[u8]>>,
    /// Place + 1, or 0 for a free slot. The length is a power of two.
    slots: Vec<u32>,
}

impl KeyTable {
    pub(crate) fn new<'a>(names: impl Iterator<Item = &'a str>) -> KeyTable {
        let names: Vec<Box<[u8]>> = names.map(|name| name.as_bytes().into()).collect();
        let mut slots = vec![0; (names.len() * 2).next_power_of_two()];
        for (place, name) in names.iter().enumerate() {
            let mut slot = hash(name) & (slots.len() - 1);
            while slots[slot] != 0 {
                slot = (slot + 1) & (slots.len() - 1);
            }
            slots[slot] = place as u32 + 1;
        }
        KeyTable { names, slots }
    }

    pub(crate) fn place(&self, name: &[u8]) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let mut slot = hash(name) & (self.slots.len() - 1);
        loop {
            match self.slots[slot] {
                0 => return None,
                taken if &*self.names[taken as usize - 1] == name => return Some(taken - 1),
                _ => slot = (slot + 1) & (self.slots.len() - 1),
            }
        }
    }
}

fn hash(name: &[u8]) -> usize {
    let mut head = [0_u8; 8];
    let mut tail = [0_u8; 8];
    let width = name.len().min(8);
    head[..width].copy_from_slice(&name[..width]);
    tail[..width].copy_from_slice(&name[name.len() - width..]);
    let mixed = u64::from_le_bytes(head).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        ^ u64::from_le_bytes(tail).wrapping_mul(0xC2B2_AE3D_27D4_EB4F).rotate_left(29)
        ^ (name.len() as u64).wrapping_mul(0x1656_67B1_9E37_79F9);
    (mixed ^ (mixed >> 32)) as usize
}

#[cfg(test)]
mod tests {
    use super::KeyTable;

    #[test]
    fn every_name_is_found_and_no_other() {
        let names = ["id", "amount", "amount_captured", "amount_refunded", "", "a_rather_long_name_indeed"];
        let table = KeyTable::new(names.into_iter());
        for (place, name) in names.iter().enumerate() {
            assert_eq!(table.place(name.as_bytes()), Some(place as u32), "{name}");
        }
        for other in ["i", "idd", "amount_captureX", "amount_r", "nope"] {
            assert_eq!(table.place(other.as_bytes()), None, "{other}");
        }
        assert_eq!(KeyTable::default().place(b"id"), None);
    }
}
