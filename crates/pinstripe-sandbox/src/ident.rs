//! Ids: from a kind and an index to an id that looks like Stripe's, and back.
//!
//! The index is scrambled by a bijection of 64-bit numbers and written in base 62, with two more digits as a check, so
//! an id needs no table and a made-up id is not found. It never says whether the object exists: `world.rs` does.

use crate::dice::{Topic, gather, spread, throw};
use crate::kind::Kind;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const CODE: usize = 13;

/// An id on the stack: no allocation for the seven ids of a charge.
#[derive(Clone, Copy)]
pub struct Id {
    bytes: [u8; 40],
    len: u8,
}

impl Id {
    #[inline]
    fn push(&mut self, part: &[u8]) {
        let from = usize::from(self.len);
        self.bytes[from..from + part.len()].copy_from_slice(part);
        self.len += part.len() as u8;
    }

    #[inline]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_default()
    }
}

impl std::ops::Deref for Id {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}

/// How the ids of one account look.
pub struct Idents {
    keys: [u64; 32],
    /// Ten characters that all long ids of an account share, as Stripe's do.
    account: [u8; 10],
}

#[derive(Clone, Copy)]
enum Shape {
    /// `prefix`, a digit, 6 of the code, 10 of the account, 7 of the code.
    Long(u8),
    /// `prefix`, a letter, the code.
    Short(u8),
}

fn shape(kind: Kind, variant: bool) -> (&'static str, Shape) {
    match (kind, variant) {
        (Kind::Account, _) => ("acct_", Shape::Short(b'1')),
        (Kind::BalanceTransaction, false) => ("txn_", Shape::Long(b'3')),
        (Kind::BalanceTransaction, true) => ("txn_", Shape::Long(b'1')),
        (Kind::BankAccount, _) => ("ba_", Shape::Long(b'1')),
        (Kind::Charge, false) => ("ch_", Shape::Long(b'3')),
        (Kind::Charge, true) => ("py_", Shape::Long(b'3')),
        (Kind::Coupon, _) => ("", Shape::Short(b'C')),
        (Kind::Customer, _) => ("cus_", Shape::Short(b'Q')),
        (Kind::Dispute, false) => ("du_", Shape::Long(b'1')),
        (Kind::Dispute, true) => ("dp_", Shape::Long(b'1')),
        (Kind::Event, false) => ("evt_", Shape::Long(b'1')),
        (Kind::Event, true) => ("evt_", Shape::Long(b'3')),
        (Kind::File, _) => ("file_", Shape::Long(b'1')),
        (Kind::Invoice, _) => ("in_", Shape::Long(b'1')),
        (Kind::LineItem, _) => ("il_", Shape::Long(b'1')),
        (Kind::PaymentIntent, _) => ("pi_", Shape::Long(b'3')),
        (Kind::PaymentMethod, _) => ("pm_", Shape::Long(b'1')),
        (Kind::Payout, _) => ("po_", Shape::Long(b'1')),
        (Kind::Plan | Kind::Price, _) => ("price_", Shape::Long(b'1')),
        (Kind::Product, _) => ("prod_", Shape::Short(b'Q')),
        (Kind::Refund, false) => ("re_", Shape::Long(b'3')),
        (Kind::Refund, true) => ("pyr_", Shape::Long(b'1')),
        (Kind::Subscription, _) => ("sub_", Shape::Long(b'1')),
        (Kind::SubscriptionItem, _) => ("si_", Shape::Short(b'Q')),
        (Kind::Transfer, _) => ("tr_", Shape::Long(b'3')),
        (Kind::TransferReversal, _) => ("trr_", Shape::Long(b'1')),
    }
}

impl Idents {
    pub fn new(seed: u64) -> Self {
        let mut keys = [0; 32];
        for (index, key) in keys.iter_mut().enumerate() {
            *key = throw(seed, Topic::Identifier, index as u64);
        }
        // A plan and its price share an id.
        keys[Kind::Plan as usize] = keys[Kind::Price as usize];
        let mut account = [0; 10];
        let mut rest = throw(seed, Topic::Account, 0);
        for byte in &mut account {
            *byte = ALPHABET[(rest % 62) as usize];
            rest /= 62;
        }
        Self { keys, account }
    }

    pub fn account_part(&self) -> &str {
        std::str::from_utf8(&self.account).unwrap_or_default()
    }

    #[inline]
    fn code(&self, kind: Kind, index: u64) -> [u8; CODE] {
        let key = self.keys[kind as usize];
        let word = spread(index ^ key);
        let mut code = [0; CODE];
        let mut rest = word;
        for byte in code[..CODE - 2].iter_mut().rev() {
            *byte = ALPHABET[(rest % 62) as usize];
            rest /= 62;
        }
        let check = spread(word ^ key.rotate_left(17));
        code[CODE - 2] = ALPHABET[(check % 62) as usize];
        code[CODE - 1] = ALPHABET[(check / 62 % 62) as usize];
        // The first digit of a 64-bit number is always small: show it where a reader does not look.
        code.swap(0, 6);
        code
    }

    /// `variant` picks the second prefix of a kind (`py_`, `pyr_`, `dp_`).
    #[inline]
    pub fn id(&self, kind: Kind, index: u64, variant: bool) -> Id {
        let (prefix, shape) = shape(kind, variant);
        let code = self.code(kind, index);
        let mut id = Id { bytes: [0; 40], len: 0 };
        id.push(prefix.as_bytes());
        match shape {
            Shape::Long(digit) => {
                id.push(&[digit]);
                id.push(&code[..6]);
                id.push(&self.account);
                id.push(&code[6..]);
            }
            Shape::Short(digit) => {
                id.push(&[digit]);
                id.push(&code);
            }
        }
        id
    }

    /// The index behind an id, and which variant it was written with.
    pub fn index(&self, kind: Kind, id: &str) -> Option<(u64, bool)> {
        [false, true].into_iter().find_map(|variant| {
            let (prefix, shape) = shape(kind, variant);
            let rest = id.strip_prefix(prefix)?.as_bytes();
            let mut code = [0; CODE];
            match shape {
                Shape::Long(digit) => {
                    if rest.len() != 24 || rest[0] != digit || rest[7..17] != self.account {
                        return None;
                    }
                    code[..6].copy_from_slice(&rest[1..7]);
                    code[6..].copy_from_slice(&rest[17..]);
                }
                Shape::Short(digit) => {
                    if rest.len() != 1 + CODE || rest[0] != digit {
                        return None;
                    }
                    code.copy_from_slice(&rest[1..]);
                }
            }
            let index = self.decode(kind, code)?;
            Some((index, variant))
        })
    }

    fn decode(&self, kind: Kind, code: [u8; CODE]) -> Option<u64> {
        let mut digits = code;
        digits.swap(0, 6);
        let mut word: u64 = 0;
        for byte in &digits[..CODE - 2] {
            let digit = ALPHABET.iter().position(|letter| letter == byte)? as u64;
            word = word.checked_mul(62)?.checked_add(digit)?;
        }
        let index = gather(word) ^ self.keys[kind as usize];
        (self.code(kind, index) == code).then_some(index)
    }
}

/// Random-looking letters for fingerprints, tokens and the like.
pub fn letters(word: u64, length: usize) -> String {
    let mut text = String::with_capacity(length);
    push_letters(&mut text, word, length);
    text
}

pub fn push_letters(text: &mut String, mut word: u64, length: usize) {
    let mut left = 0;
    let mut rest = 0;
    for _ in 0..length {
        if left == 0 {
            word = spread(word.wrapping_add(0x9e37_79b9_7f4a_7c15));
            rest = word;
            left = 10;
        }
        text.push(char::from(ALPHABET[(rest % 62) as usize]));
        rest /= 62;
        left -= 1;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_id_leads_back_to_its_index() {
        let idents = Idents::new(1);
        for kind in Kind::ALL {
            for index in (0..500).chain([(1 << 40) + 3, 80_000_000]) {
                for variant in [false, true] {
                    let id = idents.id(kind, index, variant);
                    let (found, _) = idents.index(kind, &id).unwrap();
                    assert_eq!(found, index, "{}", &*id);
                }
            }
        }
    }

    #[test]
    fn a_changed_letter_is_found_out() {
        let idents = Idents::new(1);
        let id = idents.id(Kind::Charge, 42, false).to_string();
        let other = id.replace(&id[10..11], if &id[10..11] == "a" { "b" } else { "a" });
        assert_eq!(idents.index(Kind::Charge, &other), None);
        assert_eq!(idents.index(Kind::Charge, "ch_nope"), None);
        assert_eq!(idents.index(Kind::Customer, &id), None);
    }

    #[test]
    fn ids_look_like_stripes() {
        let idents = Idents::new(1);
        assert_eq!(idents.id(Kind::Charge, 1, false).len(), 27);
        assert_eq!(idents.id(Kind::Customer, 1, false).len(), 18);
        assert!(idents.id(Kind::Refund, 1, true).starts_with("pyr_1"));
    }
}
