//! Writes customers, addresses and billing details.
//!
//! `sources`, `subscriptions` and `tax_ids` are there only when they are expanded. Read next: `subscription.rs`.

use super::{empty_array, empty_object, head, nested};
use crate::changes::{CustomerChange, View};
use crate::dice::Topic;
use crate::expand::Expand;
use crate::ident::letters;
use crate::json::Json;
use crate::kind::Kind;
use crate::world::ADDED;
use crate::world::membership::State;
use crate::world::money::CURRENCIES;
use crate::world::people::Person;

pub fn customer(json: &mut Json, view: View<'_>, index: u64, expand: &Expand) {
    let id = view.world.idents.id(Kind::Customer, index, false);
    let change = view.changes.customers.get(&index);
    json.open_object();
    if change.is_some_and(|change| change.deleted) {
        head(json, &id, "customer");
        json.bool("deleted", true);
        return json.close_object();
    }
    head(json, &id, "customer");
    let person = (index < ADDED).then(|| view.world.person(index));
    let set = Fields { change };
    set.write(json, "address", |json, name| match &person {
        Some(person) if !index.is_multiple_of(5) => address(json, name, Some(person)),
        _ => json.null(name),
    });
    set.write(json, "balance", |json, name| json.int(name, if index % 61 == 7 { -500 } else { 0 }));
    json.int("created", view.created(Kind::Customer, index));
    let has_currency = person.is_some() && view.world.subscribed(index);
    json.plain_or_null(
        "currency",
        has_currency.then(|| CURRENCIES[view.world.customer_currency(index)].code),
    );
    json.null("default_source");
    let late = index < ADDED && view.world.subscribed(index) && view.world.state(index) == State::PastDue;
    json.bool("delinquent", late);
    set.write(json, "description", |json, name| json.str_or_null(name, description_of(index)));
    json.null("discount");
    let email = if index < ADDED { view.world.customer_email(index) } else { None };
    set.write(json, "email", |json, name| json.str_or_null(name, email.as_deref()));
    json.plain("invoice_prefix", &letters(view.world.dice(Topic::Secret, index), 8).to_uppercase());
    json.object("invoice_settings", |json| {
        json.null("custom_fields");
        let method =
            (index < ADDED && index.is_multiple_of(3)).then(|| view.id(Kind::PaymentMethod, 2 * index));
        json.plain_or_null("default_payment_method", method.as_deref());
        json.nulls(&["footer", "rendering_options"]);
    });
    json.bool("livemode", view.world.livemode);
    set.write(json, "metadata", |json, name| {
        json.object(name, |json| {
            for (key, value) in metadata_of(index) {
                json.pair(key, &value);
            }
        });
    });
    set.write(json, "name", |json, name| {
        json.str_or_null(name, person.as_ref().filter(|_| index % 37 != 36).map(Person::name).as_deref());
    });
    json.int("next_invoice_sequence", 1 + (index % 12) as i64);
    let phone = person.as_ref().filter(|_| index % 4 == 1).map(Person::phone);
    set.write(json, "phone", |json, name| json.plain_or_null(name, phone.as_deref()));
    match person.as_ref().filter(|_| index.is_multiple_of(2)) {
        Some(person) => super::strings(json, "preferred_locales", &[person.region.locale]),
        None => empty_array(json, "preferred_locales"),
    }
    json.null("shipping");
    lists(json, view, index, &id, expand);
    json.plain("tax_exempt", if index % 29 == 3 { "reverse" } else { "none" });
    json.null("test_clock");
    json.close_object();
}

/// The nested lists, in the places where the alphabet has them.
fn lists(json: &mut Json, view: View<'_>, index: u64, id: &str, expand: &Expand) {
    for (name, path) in [("sources", "sources"), ("subscriptions", "subscriptions"), ("tax_ids", "tax_ids")] {
        if expand.get(name).is_none() {
            continue;
        }
        let subscribed = name == "subscriptions" && index < ADDED && view.world.subscribed(index);
        let listed = subscribed && super::subscription::state(view, index) != State::Canceled;
        let indexes: &[u64] = if listed { &[index] } else { &[] };
        let url = format!("/v1/customers/{id}/{path}");
        nested(json, view, name, (Kind::Subscription, indexes), &url, (false, expand));
    }
}

pub fn description_of(index: u64) -> Option<&'static str> {
    if index >= ADDED {
        return None;
    }
    match index % 17 {
        4 => Some("Came through a friend"),
        9 => Some("VIP ⭐ – calls herself \"the boss\""),
        13 => Some("登録：展示会"),
        _ => None,
    }
}

pub fn metadata_of(index: u64) -> Vec<(&'static str, String)> {
    if index >= ADDED || index.is_multiple_of(3) {
        return Vec::new();
    }
    let mut pairs = vec![("user_id", (10_000 + index).to_string())];
    if index % 7 == 1 {
        pairs.push(("plan", ["starter", "team", "business"][(index % 3) as usize].to_owned()));
    }
    if index % 41 == 2 {
        pairs.push(("note to self", "says \"hei\", 100 % sure ✅".to_owned()));
    }
    pairs
}

/// Fields that were set while the sandbox runs win.
struct Fields<'a> {
    change: Option<&'a CustomerChange>,
}

impl Fields<'_> {
    fn write(&self, json: &mut Json, name: &str, otherwise: impl FnOnce(&mut Json, &str)) {
        match self.change.and_then(|change| change.fields.get(name)) {
            Some(value) => {
                json.key(name);
                json.value(value);
            }
            None if name == "metadata" && self.change.is_some_and(|change| change.created.is_some()) => {
                empty_object(json, name);
            }
            None => otherwise(json, name),
        }
    }
}

pub(crate) fn address(json: &mut Json, name: &str, person: Option<&Person>) {
    json.object(name, |json| match person {
        None => json.nulls(&["city", "country", "line1", "line2", "postal_code", "state"]),
        Some(person) => {
            let (city, state) = person.city();
            json.plain("city", city);
            json.plain("country", person.region.country);
            json.plain("line1", &person.line1());
            json.plain_or_null("line2", (person.dice >> 41 & 7 == 0).then_some("3rd floor"));
            json.plain("postal_code", &person.postal_code());
            json.plain_or_null("state", state);
        }
    });
}

pub(crate) fn billing_details(json: &mut Json, person: &Person, number: u64, guest: bool) {
    json.object("billing_details", |json| {
        address(json, "address", (person.dice >> 44 & 3 != 0).then_some(person));
        let mail = guest || number % 23 != 22;
        json.str_or_null("email", mail.then(|| person.email(number)).as_deref());
        json.str("name", &person.name());
        json.plain_or_null("phone", (person.dice >> 46 & 3 == 0).then(|| person.phone()).as_deref());
        json.null("tax_id");
    });
}
