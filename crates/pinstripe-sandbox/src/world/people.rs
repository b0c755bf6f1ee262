//! Who buys: names, addresses, mail addresses and cards of customers and guests.
//!
//! All invented, in the scripts of the countries where the currencies are used. The digits of a mail address lead back
//! to the customer, which is what makes the list's `email` filter cheap. Read next: `sale.rs`.

pub struct Region {
    pub country: &'static str,
    pub locale: &'static str,
    pub first: [&'static str; 8],
    pub last: [&'static str; 8],
    /// The same first names for a mail address.
    pub mail: [&'static str; 8],
    pub cities: [(&'static str, Option<&'static str>); 4],
    pub street: &'static str,
    pub phone: &'static str,
    /// Family name first, without a space.
    pub family_first: bool,
}

/// One region a currency, in the order of `CURRENCIES`.
pub static REGIONS: [Region; 7] = [
    Region {
        country: "US",
        locale: "en-US",
        first: ["Ada", "Brandon", "Camila", "Dwayne", "Ella \"Ellie\"", "Frank", "Grace", "Hector"],
        last: ["Abbott", "Brooks", "Castillo", "Dixon", "Ellison", "O'Brien", "Nguyen", "Van Der Berg"],
        mail: ["ada", "brandon", "camila", "dwayne", "ella", "frank", "grace", "hector"],
        cities: [
            ("Portland", Some("OR")),
            ("Austin", Some("TX")),
            ("Madison", Some("WI")),
            ("Santa Fe", Some("NM")),
        ],
        street: "Alder Street",
        phone: "+1555",
        family_first: false,
    },
    Region {
        country: "DE",
        locale: "de-DE",
        first: ["Jürgen", "Anaïs", "Chloé", "Matteo", "Núria", "Łukasz", "Zoë", "Søren"],
        last: ["Müller", "Lefèvre", "García", "Rossi", "Groß", "Nowak", "Öztürk", "de la Cruz"],
        mail: ["juergen", "anais", "chloe", "matteo", "nuria", "lukasz", "zoe", "soren"],
        cities: [("Köln", None), ("Leipzig", None), ("Münster", None), ("Freiburg", None)],
        street: "Gartenstraße",
        phone: "+4930",
        family_first: false,
    },
    Region {
        country: "JP",
        locale: "ja-JP",
        first: ["葵", "翔太", "結衣", "健一", "さくら", "大輔", "美咲", "蓮"],
        last: ["佐藤", "鈴木", "高橋", "田中", "渡辺", "髙山", "小林", "齋藤"],
        mail: ["aoi", "shota", "yui", "kenichi", "sakura", "daisuke", "misaki", "ren"],
        cities: [
            ("千代田区", Some("東京都")),
            ("北区", Some("大阪府")),
            ("中京区", Some("京都府")),
            ("博多区", Some("福岡県")),
        ],
        street: "丸の内",
        phone: "+8190",
        family_first: true,
    },
    Region {
        country: "GB",
        locale: "en-GB",
        first: ["Alice", "Callum", "Siân", "Duncan", "Priya", "Oliver", "Niamh", "Rhys"],
        last: [
            "Ashworth",
            "Macleod",
            "Llewellyn",
            "Patel",
            "Fitzgerald-Hughes",
            "Okafor",
            "Turner",
            "Whitby",
        ],
        mail: ["alice", "callum", "sian", "duncan", "priya", "oliver", "niamh", "rhys"],
        cities: [("Leeds", None), ("Bristol", None), ("Cardiff", None), ("Perth", None)],
        street: "Mill Lane",
        phone: "+4420",
        family_first: false,
    },
    Region {
        country: "NO",
        locale: "nb-NO",
        first: ["Åse", "Bjørn", "Ingrid", "Håkon", "Kjersti", "Øystein", "Solveig", "Trygve"],
        last: ["Ødegård", "Hansen", "Bjørnstad", "Sæther", "Ås", "Lien", "Haugen", "Nygård"],
        mail: ["ase", "bjorn", "ingrid", "hakon", "kjersti", "oystein", "solveig", "trygve"],
        cities: [("Ålesund", None), ("Tromsø", None), ("Bergen", None), ("Bodø", None)],
        street: "Fjordgata",
        phone: "+4790",
        family_first: false,
    },
    Region {
        country: "IS",
        locale: "is",
        first: ["Guðrún", "Þór", "Sigríður", "Ólafur", "Birta", "Jökull", "Ásta", "Einar"],
        last: [
            "Jónsdóttir",
            "Þórsson",
            "Ólafsdóttir",
            "Einarsson",
            "Björnsdóttir",
            "Ægisson",
            "Sigurðardóttir",
            "Árnason",
        ],
        mail: ["gudrun", "thor", "sigridur", "olafur", "birta", "jokull", "asta", "einar"],
        cities: [("Reykjavík", None), ("Akureyri", None), ("Ísafjörður", None), ("Vík", None)],
        street: "Laugavegur",
        phone: "+354",
        family_first: false,
    },
    Region {
        country: "KW",
        locale: "ar",
        first: ["فاطمة", "محمد", "نورة", "خالد", "Layla", "Omar", "Dalal", "Yousef"],
        last: ["الصباح", "العنزي", "المطيري", "Al-Rashid", "Al-Mutawa", "Haddad", "Nasser", "Behbehani"],
        mail: ["fatima", "mohammed", "noura", "khaled", "layla", "omar", "dalal", "yousef"],
        cities: [("Kuwait City", None), ("Hawalli", None), ("Salmiya", None), ("Jahra", None)],
        street: "Gulf Road",
        phone: "+965",
        family_first: false,
    },
];

pub struct Person {
    pub region: &'static Region,
    pub dice: u64,
}

impl Person {
    pub fn new(region: usize, dice: u64) -> Self {
        Self { region: &REGIONS[region], dice }
    }

    pub fn name(&self) -> String {
        let first = self.region.first[(self.dice >> 8) as usize % 8];
        let last = self.region.last[(self.dice >> 16) as usize % 8];
        if self.region.family_first { format!("{last}{first}") } else { format!("{first} {last}") }
    }

    /// `number` must be unique, it is what leads back.
    pub fn email(&self, number: u64) -> String {
        let domain = ["example.com", "example.org", "mail.example.net", "firma.example"]
            [(self.dice >> 24) as usize % 4];
        format!("{}{number}@{domain}", self.region.mail[(self.dice >> 8) as usize % 8])
    }

    pub fn phone(&self) -> String {
        format!("{}{:07}", self.region.phone, (self.dice >> 20) % 10_000_000)
    }

    pub fn city(&self) -> (&'static str, Option<&'static str>) {
        self.region.cities[(self.dice >> 28) as usize % 4]
    }

    pub fn line1(&self) -> String {
        let number = (self.dice >> 32) % 240 + 1;
        match self.region.country {
            "JP" => format!("{}{}-{}", self.region.street, number % 9 + 1, number % 20 + 1),
            "US" | "GB" => format!("{number} {}", self.region.street),
            _ => format!("{} {number}", self.region.street),
        }
    }

    pub fn postal_code(&self) -> String {
        let number = (self.dice >> 36) % 90_000 + 10_000;
        match self.region.country {
            "JP" => format!("{:03}-{:04}", number % 900 + 100, number % 10_000),
            "GB" => format!("LS{} {}AB", number % 19 + 1, number % 9 + 1),
            "NO" => format!("{:04}", number % 9_000 + 1_000),
            "IS" => format!("{}", number % 800 + 101),
            _ => number.to_string(),
        }
    }
}

/// The number in a mail address, which is the index of the customer that may have it.
pub fn number_in_email(email: &str) -> Option<u64> {
    let (user, _) = email.split_once('@')?;
    let digits = user.len() - user.bytes().rev().take_while(u8::is_ascii_digit).count();
    user[digits..].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_address_leads_back() {
        let person = Person::new(2, 0x1234_5678_9abc_def0);
        assert_eq!(number_in_email(&person.email(4711)), Some(4711));
        assert_eq!(number_in_email("nobody@example.com"), None);
        assert!(!person.name().contains(' '));
    }
}
