//! Writes objects as Stripe's API at version 2026-07-29.dahlia prints them.
//!
//! One file a family of kinds. Members come as on the wire: `id`, `object`, then by the alphabet. Nothing here decides
//! what exists or what it is worth; that is `world.rs`. Read next: `render/charge.rs`.

pub mod account;
pub mod charge;
pub mod customer;
pub mod event;
pub mod file;
pub mod invoice;
pub mod later;
pub mod payment;
pub mod price;
pub mod subscription;

use crate::changes::View;
use crate::expand::Expand;
use crate::json::Json;
use crate::kind::Kind;
use crate::world::history::Moment;

/// Nested lists hold at most this many.
pub const NESTED: usize = 10;

/// Writes one object, which exists.
pub fn object(json: &mut Json, view: View<'_>, kind: Kind, index: u64, expand: &Expand) {
    match kind {
        Kind::Account => account::account(json, view, index),
        Kind::BalanceTransaction => later::balance_transaction(json, view, index, expand),
        Kind::BankAccount => account::bank_account(json, view, index),
        Kind::Charge => charge::charge(json, view, index, expand, Moment::Now),
        Kind::Coupon => price::coupon(json, view, index),
        Kind::Customer => customer::customer(json, view, index, expand),
        Kind::Dispute => later::dispute(json, view, index, expand),
        Kind::Event => event::event(json, view, index),
        Kind::File => file::file(json, view, index),
        Kind::Invoice => invoice::invoice(json, view, index, expand),
        Kind::LineItem => invoice::line_item(json, view, index, expand),
        Kind::PaymentIntent => payment::payment_intent(json, view, index, expand),
        Kind::PaymentMethod => payment::payment_method(json, view, index, expand),
        Kind::Payout => later::payout(json, view, index, expand),
        Kind::Plan => price::plan(json, view, index, expand),
        Kind::Price => price::price(json, view, index, expand),
        Kind::Product => price::product(json, view, index, expand),
        Kind::Refund => later::refund(json, view, index, expand),
        Kind::Subscription => subscription::subscription(json, view, index, expand),
        Kind::SubscriptionItem => subscription::item(json, view, index, expand),
        Kind::Transfer => later::transfer(json, view, index, expand),
        Kind::TransferReversal => later::transfer_reversal(json, view, index, expand),
    }
}

/// A reference: the id, or the object where the request expands it.
pub fn reference(json: &mut Json, view: View<'_>, name: &str, to: Option<(Kind, u64)>, expand: &Expand) {
    let Some((kind, index)) = to else { return json.null(name) };
    match expand.get(name) {
        Some(below) => {
            json.key(name);
            object(json, view, kind, index, below);
        }
        None => json.plain(name, &view.id(kind, index)),
    }
}

/// A nested list: the first ten of these, and where the rest is.
pub fn nested(
    json: &mut Json,
    view: View<'_>,
    name: &str,
    (kind, indexes): (Kind, &[u64]),
    url: &str,
    (total_count, expand): (bool, &Expand),
) {
    let below = expand.get(name).map_or(&crate::expand::NOTHING, Expand::data);
    json.object(name, |json| {
        json.plain("object", "list");
        json.array("data", |json| {
            for index in indexes.iter().take(NESTED) {
                json.element();
                object(json, view, kind, *index, below);
            }
        });
        json.bool("has_more", indexes.len() > NESTED);
        if total_count {
            json.int("total_count", indexes.len() as i64);
        }
        json.plain("url", url);
    });
}

pub(crate) fn head(json: &mut Json, id: &str, object: &str) {
    json.plain("id", id);
    json.plain("object", object);
}

pub(crate) fn empty_object(json: &mut Json, name: &str) {
    json.token(name, "{}");
}

pub(crate) fn empty_array(json: &mut Json, name: &str) {
    json.token(name, "[]");
}

pub(crate) fn strings(json: &mut Json, name: &str, values: &[&str]) {
    json.array(name, |json| {
        for value in values {
            json.element();
            json.text(value);
        }
    });
}
