//! Writes charges.
//!
//! `refunds` is there only when it is expanded, as since version 2022-11-15. Read next: `customer.rs`, `payment.rs`.

use super::{customer, empty_object, head, nested, reference};
use crate::changes::View;
use crate::dice::spread;
use crate::expand::Expand;
use crate::ident::push_letters;
use crate::json::Json;
use crate::kind::Kind;
use crate::world::World;
use crate::world::history::Moment;
use crate::world::ledger;
use crate::world::people::Person;
use crate::world::sale::{Method, Sale, Status};

/// The indexes of the refunds of a charge, newest first, those that were created here included.
pub fn refunds(view: View<'_>, sale: &Sale) -> Vec<u64> {
    let mut indexes: Vec<u64> = view.world.refunds_of(sale).iter().rev().map(|refund| refund.index).collect();
    if let Some(change) = view.changes.charges.get(&sale.tick) {
        indexes.splice(0..0, change.refunds.iter().rev().copied());
    }
    indexes
}

pub fn amount_refunded(view: View<'_>, sale: &Sale) -> i64 {
    let added: i64 = match view.changes.charges.get(&sale.tick) {
        Some(change) => {
            change.refunds.iter().filter_map(|index| view.changes.refund(*index)).map(|it| it.amount).sum()
        }
        None => 0,
    };
    view.world.amount_refunded(sale) + added
}

pub fn person(world: &World, sale: &Sale) -> (Person, u64) {
    match sale.customer {
        Some(customer) => (world.person(customer), customer),
        // Guests have numbers above all customers, so that their mail addresses lead to nobody.
        None => (Person::new(sale.currency_index, spread(sale.dice)), (1 << 33) + sale.tick),
    }
}

pub fn group(view: View<'_>, sale: &Sale) -> Option<String> {
    view.world
        .transfer_of(sale)
        .map(|transfer| format!("group_{}", &*view.id(Kind::PaymentIntent, transfer.tick)))
}

/// `moment`: as it is now, or as an event of its first moments shows it.
pub fn charge(json: &mut Json, view: View<'_>, tick: u64, expand: &Expand, moment: Moment) {
    let world = view.world;
    let Some(sale) = world.sale(tick) else { return };
    let id = world.idents.id(Kind::Charge, tick, !sale.method.is_card());
    let fresh = moment != Moment::Now;
    let refunded = if fresh { 0 } else { amount_refunded(view, &sale) };
    let change = view.changes.charges.get(&tick);
    let failed = sale.status == Status::Failed;
    let failure = sale.failure();
    let group = group(view, &sale);
    let (person, number) = person(world, &sale);
    let entry = (sale.earned() && moment != Moment::Made)
        .then(|| (Kind::BalanceTransaction, World::entry_index(tick, ledger::CHARGE)));
    json.open_object();
    head(json, &id, "charge");
    json.int("amount", sale.amount);
    json.int("amount_captured", if sale.captured { sale.amount } else { 0 });
    json.int("amount_refunded", refunded);
    json.nulls(&["application", "application_fee", "application_fee_amount"]);
    reference(json, view, "balance_transaction", entry, expand);
    customer::billing_details(json, &person, number, sale.customer.is_none());
    json.plain_or_null("calculated_statement_descriptor", sale.method.is_card().then_some("LUMEN WORKS"));
    json.bool("captured", sale.captured);
    json.int("created", world.calendar.at(tick));
    json.plain("currency", sale.currency().code);
    reference(json, view, "customer", sale.customer.map(|customer| (Kind::Customer, customer)), expand);
    description(json, view, &sale);
    json.bool("disputed", !fresh && world.dispute_of(&sale).is_some());
    json.null("failure_balance_transaction");
    json.plain_or_null("failure_code", failure.map(|failure| failure.0));
    json.plain_or_null("failure_message", failure.map(|failure| failure.2));
    fraud_details(json, view, &sale, fresh);
    json.bool("livemode", view.world.livemode);
    match change.and_then(|change| change.metadata.as_ref()) {
        Some(metadata) => {
            json.key("metadata");
            json.value(&serde_json::Value::Object(metadata.clone()));
        }
        None => metadata(json, &sale),
    }
    json.null("on_behalf_of");
    outcome(json, &sale);
    json.bool("paid", sale.status == Status::Succeeded);
    reference(json, view, "payment_intent", Some((Kind::PaymentIntent, tick)), expand);
    json.plain(
        "payment_method",
        &world.idents.id(Kind::PaymentMethod, world.payment_method_of(&sale), false),
    );
    payment_method_details(json, &sale, method_dice(world, &sale));
    let receipt = sale.dice >> 40 & 3 == 0 && !failed;
    json.str_or_null("receipt_email", receipt.then(|| person.email(number)).as_deref());
    json.plain_or_null("receipt_number", receipt.then(|| receipt_number(sale.dice)).as_deref());
    json.plain_or_null(
        "receipt_url",
        (!failed && moment != Moment::Made).then(|| receipt_url(sale.dice)).as_deref(),
    );
    json.bool("refunded", refunded == sale.amount && sale.amount > 0);
    if expand.get("refunds").is_some() {
        let url = format!("/v1/charges/{}/refunds", &*id);
        nested(json, view, "refunds", (Kind::Refund, &refunds(view, &sale)), &url, (true, expand));
    }
    json.null("review");
    shipping(json, &sale, &person);
    json.nulls(&["source", "source_transfer", "statement_descriptor"]);
    json.plain_or_null("statement_descriptor_suffix", (sale.dice >> 44 & 7 == 0).then_some("ORDER"));
    json.plain("status", status(&sale));
    if group.is_some() {
        reference(json, view, "transfer", Some((Kind::Transfer, tick / crate::world::BLOCK)), expand);
    }
    json.null("transfer_data");
    json.plain_or_null("transfer_group", group.as_deref());
    json.close_object();
}

pub fn status(sale: &Sale) -> &'static str {
    match sale.status {
        Status::Succeeded => "succeeded",
        Status::Pending => "pending",
        Status::Failed => "failed",
    }
}

pub(crate) fn description(json: &mut Json, view: View<'_>, sale: &Sale) {
    if let Some(Some(value)) = view.changes.charges.get(&sale.tick).map(|change| &change.description) {
        json.key("description");
        json.value(value);
        return;
    }
    json.str_or_null("description", description_of(sale));
}

pub fn description_of(sale: &Sale) -> Option<&'static str> {
    const SALES: [&str; 11] = [
        "Online order",
        "3 × Ceramic mug ☕",
        "Notebook, dotted",
        "Poster \"Year at a glance\"",
        "ギフトカード",
        "Gift card 🎁 for a friend; message: \"Happy birthday!\"\nWrap it, please.",
        "Canvas bag",
        "Rabatt på 25 %, følg lenken <https://shop.example/æøå?x=1&y=2>",
        "Order with a long note. The customer asked for delivery between nine and eleven, by the side door, and not on a \
         Thursday; if nobody answers, the parcel goes to the neighbour on the left, whose name is on the second bell. \
         \\o/ C:\\orders\\2026 – \u{201c}fragile\u{201d}\ttab",
        "Replacement, no charge for delivery",
        "Workshop ticket",
    ];
    match (sale.membership, sale.nth) {
        (true, 0) => Some("Subscription creation"),
        (true, _) => Some("Subscription update"),
        (false, _) if sale.dice >> 30 & 7 == 0 => None,
        (false, _) => Some(SALES[(sale.dice >> 34) as usize % SALES.len()]),
    }
}

pub fn metadata_of(sale: &Sale) -> Vec<(&'static str, String)> {
    if sale.membership {
        return Vec::new();
    }
    let mut pairs = Vec::new();
    if sale.dice >> 52 & 3 != 0 {
        pairs.push(("order_id", (6_000 + sale.tick).to_string()));
    }
    if sale.dice >> 54 & 7 == 0 {
        pairs.push((
            "campaign",
            ["spring", "høst \u{1F342}", "a \"b\" c", ""][(sale.dice >> 58) as usize % 4].to_owned(),
        ));
    }
    if sale.dice >> 57 & 31 == 0 {
        pairs.push(("Größe (cm)", "12,5".to_owned()));
        pairs.push(("gift.wrapped", "true".to_owned()));
    }
    pairs
}

fn metadata(json: &mut Json, sale: &Sale) {
    json.object("metadata", |json| {
        for (key, value) in metadata_of(sale) {
            json.pair(key, &value);
        }
    });
}

fn fraud_details(json: &mut Json, view: View<'_>, sale: &Sale, fresh: bool) {
    let lost = view.world.dispute_of(sale).is_some_and(|dispute| dispute.status == "lost");
    if lost && !fresh {
        json.object("fraud_details", |json| json.plain("user_report", "fraudulent"));
    } else {
        empty_object(json, "fraud_details");
    }
}

fn outcome(json: &mut Json, sale: &Sale) {
    let failure = sale.failure();
    json.object("outcome", |json| {
        json.plain_or_null("advice_code", failure.map(|_| "try_again_later"));
        json.plain_or_null("network_advice_code", None);
        json.plain_or_null(
            "network_decline_code",
            failure.filter(|failure| failure.1 == "insufficient_funds").map(|_| "51"),
        );
        json.plain(
            "network_status",
            if failure.is_some() { "declined_by_network" } else { "approved_by_network" },
        );
        json.plain_or_null("reason", failure.map(|failure| failure.1));
        if sale.method.is_card() {
            json.plain("risk_level", "normal");
            json.int("risk_score", (sale.dice >> 45) as i64 % 60);
        }
        json.plain(
            "seller_message",
            match failure {
                None => "Payment complete.",
                Some((_, "insufficient_funds", _)) => {
                    "The bank returned the decline code `insufficient_funds`."
                }
                Some(_) => "The bank did not return any further details with this decline.",
            },
        );
        json.plain("type", if failure.is_some() { "issuer_declined" } else { "authorized" });
    });
}

/// What a card or an account is like depends on the customer, or on the sale of a guest.
pub(crate) fn method_dice(world: &World, sale: &Sale) -> u64 {
    match sale.customer {
        Some(customer) if world.customer_method(customer) == sale.method => world.method_dice(customer),
        _ => spread(sale.dice ^ 0x5eed),
    }
}

fn payment_method_details(json: &mut Json, sale: &Sale, dice: u64) {
    json.object("payment_method_details", |json| {
        json.object(sale.method.name(), |json| match sale.method {
            Method::Card => super::payment::charged_card(json, sale, dice),
            other => super::payment::charged_account(json, other, dice),
        });
        json.plain("type", sale.method.name());
    });
}

fn receipt_number(dice: u64) -> String {
    format!("{}-{}", 1_000 + dice % 9_000, 1_000 + (dice >> 16) % 9_000)
}

fn receipt_url(dice: u64) -> String {
    let mut url = String::with_capacity(96);
    url.push_str("https://pay.stripe.com/receipts/payment/CAcaFwoVYWNjdF8x");
    push_letters(&mut url, dice, 40);
    url
}

fn shipping(json: &mut Json, sale: &Sale, person: &Person) {
    if sale.membership || sale.dice >> 47 & 7 != 0 {
        return json.null("shipping");
    }
    json.object("shipping", |json| {
        customer::address(json, "address", Some(person));
        json.plain_or_null("carrier", (sale.dice >> 50 & 1 == 0).then_some("Posten"));
        json.str("name", &person.name());
        json.null("phone");
        let number = sale.dice % 1_000_000_000;
        json.plain_or_null(
            "tracking_number",
            (sale.dice >> 50 & 1 == 0).then(|| format!("JX{number:09}NO")).as_deref(),
        );
    });
}
