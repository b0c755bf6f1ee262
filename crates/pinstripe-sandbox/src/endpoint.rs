//! The table of URLs: what each asks for, and the name under which it is counted and limited.
//!
//! Ids are no part of a name: the lines of all invoices are one endpoint. Nothing here looks at objects. Read next:
//! `routes.rs`.

use axum::http::Method;

use crate::kind::Kind;
use crate::search;

/// What an URL asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Endpoint {
    List(Kind),
    Retrieve(Kind, String),
    Search(Kind),
    /// A list below an object: refunds of a charge, reversals of a transfer, lines of an invoice, and so on.
    Nested(Kind, String, Kind),
    OwnAccount,
    Balance,
    /// A list of a product that the account is not set up for.
    NotSetUp(&'static str),
    Create(Kind),
    Update(Kind, String),
    Delete(Kind, String),
}

/// Stripe's lists of Issuing, which no account of the sandbox uses.
const ISSUING: [&str; 8] = [
    "authorizations",
    "cardholders",
    "cards",
    "disputes",
    "personalization_designs",
    "physical_bundles",
    "tokens",
    "transactions",
];

fn collection(name: &str) -> Option<Kind> {
    Some(match name {
        "accounts" => Kind::Account,
        "balance_transactions" => Kind::BalanceTransaction,
        "charges" => Kind::Charge,
        "coupons" => Kind::Coupon,
        "customers" => Kind::Customer,
        "disputes" => Kind::Dispute,
        "events" => Kind::Event,
        "files" => Kind::File,
        "invoices" => Kind::Invoice,
        "payment_intents" => Kind::PaymentIntent,
        "payment_methods" => Kind::PaymentMethod,
        "payouts" => Kind::Payout,
        "plans" => Kind::Plan,
        "prices" => Kind::Price,
        "products" => Kind::Product,
        "refunds" => Kind::Refund,
        "subscriptions" => Kind::Subscription,
        "subscription_items" => Kind::SubscriptionItem,
        "transfers" => Kind::Transfer,
        _ => return None,
    })
}

/// The endpoint of a URL, and its name in the counters.
pub fn endpoint(method: &Method, path: &str) -> Option<(Endpoint, String)> {
    let path = path.strip_prefix("/v1/")?;
    // The older name of the same list.
    let renamed = path.strip_prefix("balance/history").map(|rest| format!("balance_transactions{rest}"));
    let path = renamed.as_deref().unwrap_or(path);
    let segments: Vec<&str> = path.split('/').collect();
    let name = |pattern: String| format!("{method} /v1/{pattern}");
    let own = |id: &&str| (*id).to_owned();
    Some(match (method.as_str(), segments.as_slice()) {
        ("GET", ["account"]) => (Endpoint::OwnAccount, name("account".to_owned())),
        ("GET", ["balance"]) => (Endpoint::Balance, name("balance".to_owned())),
        ("GET", ["issuing", list]) if ISSUING.contains(list) => {
            (Endpoint::NotSetUp("Issuing"), name(format!("issuing/{list}")))
        }
        ("GET", [list]) => (Endpoint::List(collection(list)?), name((*list).to_owned())),
        ("GET", [list, "search"]) => {
            let kind = collection(list).filter(|kind| search::KINDS.contains(kind))?;
            (Endpoint::Search(kind), name(format!("{list}/search")))
        }
        ("GET", [_, ""]) => return None,
        ("GET", [list, id]) => {
            (Endpoint::Retrieve(collection(list)?, own(id)), name(format!("{list}/{{id}}")))
        }
        ("GET", [list, id, below]) => {
            let parent = collection(list)?;
            let child = match (parent, *below) {
                (Kind::Charge, "refunds") => Kind::Refund,
                (Kind::Transfer, "reversals") => Kind::TransferReversal,
                (Kind::Invoice, "lines") => Kind::LineItem,
                (Kind::Customer, "subscriptions") => Kind::Subscription,
                (Kind::Customer, "payment_methods") => Kind::PaymentMethod,
                _ => return None,
            };
            (Endpoint::Nested(parent, own(id), child), name(format!("{list}/{{id}}/{below}")))
        }
        ("POST", [list @ ("customers" | "refunds")]) => {
            (Endpoint::Create(collection(list)?), name((*list).to_owned()))
        }
        ("POST", [list @ ("customers" | "charges"), id]) if !id.is_empty() => {
            (Endpoint::Update(collection(list)?, own(id)), name(format!("{list}/{{id}}")))
        }
        ("DELETE", [list @ ("customers" | "subscriptions"), id]) if !id.is_empty() => {
            (Endpoint::Delete(collection(list)?, own(id)), name(format!("{list}/{{id}}")))
        }
        _ => return None,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_no_part_of_a_name() {
        let name = |path: &str| endpoint(&Method::GET, path).unwrap().1;
        assert_eq!(name("/v1/invoices/in_1/lines"), "GET /v1/invoices/{id}/lines");
        assert_eq!(name("/v1/invoices/in_1/lines"), name("/v1/invoices/in_2/lines"));
        assert_eq!(name("/v1/charges/ch_1"), "GET /v1/charges/{id}");
        assert_eq!(name("/v1/balance/history"), name("/v1/balance_transactions"));
    }
}
