//! `expand[]`: which paths may be expanded, and the tree of those that a request asks for.
//!
//! Paths are checked before anything else is, as Stripe does; an embedded object is accepted and changes nothing.
//! Read next: `render.rs`, which follows the tree.

use crate::kind::Kind;

/// The fields to expand at one level, each with those below it.
#[derive(Clone, Debug, Default)]
pub struct Expand {
    children: Vec<(String, Expand)>,
}

pub static NOTHING: Expand = Expand { children: Vec::new() };

/// What a field leads to.
enum Target {
    Kinds(&'static [Kind]),
    /// An embedded object or an object that the sandbox has none of.
    Embedded,
    /// A nested list, whose elements are under `data`.
    List(&'static [Kind]),
}

const DEEPEST: usize = 4;

impl Expand {
    #[inline]
    pub fn get(&self, field: &str) -> Option<&Expand> {
        if self.children.is_empty() {
            return None;
        }
        self.children.iter().find(|(name, _)| name == field).map(|(_, child)| child)
    }

    /// The tree for the elements of a list.
    pub fn data(&self) -> &Expand {
        self.get("data").unwrap_or(&NOTHING)
    }

    fn insert<'a>(&mut self, mut path: impl Iterator<Item = &'a str>) {
        let Some(name) = path.next() else { return };
        let at = match self.children.iter().position(|(known, _)| known == name) {
            Some(at) => at,
            None => {
                self.children.push((name.to_owned(), Expand::default()));
                self.children.len() - 1
            }
        };
        self.children[at].1.insert(path);
    }

    /// Checks the paths for an object of this kind or, with `list`, for a list of them. The error is Stripe's message.
    pub fn parse(kind: Option<Kind>, list: bool, paths: &[String]) -> Result<Self, String> {
        let mut tree = Expand::default();
        for path in paths {
            check(kind, list, path)?;
            tree.insert(path.split('.'));
        }
        Ok(tree)
    }
}

fn check(kind: Option<Kind>, list: bool, path: &str) -> Result<(), String> {
    let segments: Vec<&str> = path.split('.').collect();
    if segments.len() > DEEPEST {
        return Err(format!("You cannot expand more than {DEEPEST} levels of a property. Property: {path}"));
    }
    let refused = || format!("This property cannot be expanded ({path}).");
    let kinds: Vec<Kind> = kind.into_iter().collect();
    if !list {
        return if allowed(&kinds, &segments) { Ok(()) } else { Err(refused()) };
    }
    if segments[0] == "total_count" && segments.len() == 1 {
        return Ok(());
    }
    if segments[0] != "data" {
        return Err(match allowed(&kinds, &segments) {
            true => format!("{} You may want to try expanding 'data.{path}' instead.", refused()),
            false => refused(),
        });
    }
    if segments.len() == 1 || allowed(&kinds, &segments[1..]) { Ok(()) } else { Err(refused()) }
}

fn allowed(kinds: &[Kind], segments: &[&str]) -> bool {
    let Some((field, rest)) = segments.split_first() else { return true };
    kinds.iter().any(|kind| match target(*kind, field) {
        None => false,
        Some(Target::Embedded) => rest.is_empty() || embedded(*kind, field, rest),
        Some(Target::Kinds(kinds)) => allowed(kinds, rest),
        Some(Target::List(kinds)) => match rest.split_first() {
            None => true,
            Some((data, rest)) => *data == "data" && allowed(kinds, rest),
        },
    })
}

/// Expandable fields inside embedded objects.
fn embedded(kind: Kind, field: &str, rest: &[&str]) -> bool {
    match (kind, field, rest) {
        (Kind::Customer, "invoice_settings", ["default_payment_method", below @ ..]) => {
            allowed(&[Kind::PaymentMethod], below)
        }
        (Kind::Event, "data", ["object"]) => true,
        (Kind::Charge, "transfer_data", ["destination", below @ ..]) => allowed(&[Kind::Account], below),
        _ => false,
    }
}

fn target(kind: Kind, field: &str) -> Option<Target> {
    use Kind::*;
    let kinds = |kinds| Some(Target::Kinds(kinds));
    match (kind, field) {
        (BalanceTransaction, "source") => {
            kinds(&[Charge, Dispute, Payout, Refund, Transfer, TransferReversal])
        }
        (Charge | Refund | Transfer | Payout | TransferReversal, "balance_transaction") => {
            kinds(&[BalanceTransaction])
        }
        (Charge | Payout | Refund, "failure_balance_transaction") => kinds(&[BalanceTransaction]),
        (Dispute, "balance_transactions") => kinds(&[BalanceTransaction]),
        (
            Charge | PaymentIntent | PaymentMethod | Refund | Subscription | Invoice | BankAccount,
            "customer",
        ) => kinds(&[Customer]),
        (Charge | Dispute | Refund, "payment_intent") => kinds(&[PaymentIntent]),
        (Charge, "refunds") => Some(Target::List(&[Refund])),
        (Charge, "transfer" | "source_transfer") => kinds(&[Transfer]),
        (Refund | Dispute, "charge") | (Transfer, "source_transaction" | "destination_payment") => {
            kinds(&[Charge])
        }
        (PaymentIntent, "latest_charge") => kinds(&[Charge]),
        (PaymentIntent | Refund, "payment_method") => kinds(&[PaymentMethod]),
        (Subscription | Invoice, "default_payment_method") => kinds(&[PaymentMethod]),
        (Subscription, "latest_invoice") | (Invoice, "latest_revision") => kinds(&[Invoice]),
        (Subscription, "items") => Some(Target::List(&[SubscriptionItem])),
        (SubscriptionItem, "price") => kinds(&[Price]),
        (SubscriptionItem, "plan") => kinds(&[Plan]),
        (Price | Plan, "product") => kinds(&[Product]),
        (Product, "default_price") => kinds(&[Price]),
        (Invoice | LineItem, "subscription") => kinds(&[Subscription]),
        (Invoice, "lines") => Some(Target::List(&[LineItem])),
        (Transfer, "reversals") => Some(Target::List(&[TransferReversal])),
        (TransferReversal, "transfer") => kinds(&[Transfer]),
        (TransferReversal, "source_refund" | "destination_payment_refund")
        | (Refund, "source_transfer_reversal") => kinds(&[Refund, TransferReversal]),
        (Refund, "transfer_reversal") => kinds(&[TransferReversal]),
        (Transfer, "destination") | (Charge | Subscription | PaymentIntent | Invoice, "on_behalf_of") => {
            kinds(&[Account])
        }
        (Payout, "destination") => kinds(&[BankAccount]),
        (Payout, "original_payout" | "reversed_by") => kinds(&[Payout]),
        (Customer, "subscriptions") => Some(Target::List(&[Subscription])),
        (Customer, "sources" | "tax_ids") | (File, "links") => Some(Target::List(&[])),
        (Account, "external_accounts") => Some(Target::List(&[BankAccount])),
        (BankAccount, "account") => kinds(&[Account]),
        _ if none_here(kind).contains(&field) => Some(Target::Embedded),
        _ => None,
    }
}

/// Embedded objects and references of which the sandbox has none, as Stripe's list of expandable fields has them.
fn none_here(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::BalanceTransaction => &["fee_details"],
        Kind::Charge => &[
            "application",
            "application_fee",
            "billing_details",
            "fraud_details",
            "level3",
            "outcome",
            "payment_method_details",
            "presentment_details",
            "radar_options",
            "review",
            "shipping",
            "source",
            "transfer_data",
        ],
        Kind::Customer => &[
            "address",
            "cash_balance",
            "default_source",
            "discount",
            "invoice_settings",
            "shipping",
            "tax",
            "test_clock",
        ],
        Kind::Dispute => &["evidence", "evidence_details", "payment_method_details"],
        Kind::Event => &["data", "request"],
        Kind::Payout => &["application_fee", "trace_id"],
        Kind::Refund => &["destination_details", "next_action", "presentment_details"],
        Kind::PaymentIntent => &[
            "amount_details",
            "application",
            "automatic_payment_methods",
            "last_payment_error",
            "managed_payments",
            "next_action",
            "payment_method_configuration_details",
            "payment_method_options",
            "processing",
            "review",
            "shipping",
            "source",
            "transfer_data",
        ],
        Kind::PaymentMethod => &["billing_details", "card", "sepa_debit", "us_bank_account"],
        _ => none_here_in_billing(kind),
    }
}

fn none_here_in_billing(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Subscription => &[
            "application",
            "automatic_tax",
            "billing_cycle_anchor_config",
            "billing_mode",
            "billing_schedules",
            "billing_thresholds",
            "cancellation_details",
            "default_source",
            "default_tax_rates",
            "discounts",
            "invoice_settings",
            "managed_payments",
            "pause_collection",
            "payment_settings",
            "pending_invoice_item_interval",
            "pending_setup_intent",
            "pending_update",
            "presentment_details",
            "schedule",
            "test_clock",
            "transfer_data",
            "trial_settings",
        ],
        Kind::SubscriptionItem => &["billing_thresholds", "discounts", "tax_rates"],
        Kind::Product => &["marketing_features", "package_dimensions", "tax_code"],
        Kind::Price => {
            &["currency_options", "custom_unit_amount", "recurring", "tiers", "transform_quantity"]
        }
        Kind::Plan => &["tiers", "transform_usage"],
        Kind::Invoice => &[
            "account_tax_ids",
            "application",
            "automatic_tax",
            "customer_address",
            "customer_shipping",
            "customer_tax_ids",
            "default_source",
            "default_tax_rates",
            "discounts",
            "from_invoice",
            "issuer",
            "last_finalization_error",
            "parent",
            "payment_settings",
            "payments",
            "rendering",
            "shipping_cost",
            "shipping_details",
            "status_transitions",
            "test_clock",
            "total_discount_amounts",
            "total_taxes",
        ],
        Kind::LineItem => &["discount_amounts", "discounts", "parent", "period", "pricing", "taxes"],
        _ => &[],
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn parse(kind: Kind, list: bool, path: &str) -> Result<Expand, String> {
        Expand::parse(Some(kind), list, &[path.to_owned()])
    }

    #[test]
    fn accepts_what_stripe_accepts() {
        for path in [
            "data",
            "data.customer",
            "data.billing_details",
            "data.refunds.data.charge",
            "data.payment_intent.customer.default_source",
        ] {
            assert!(parse(Kind::Charge, true, path).is_ok(), "{path}");
        }
        let tree = parse(Kind::Charge, true, "data.balance_transaction.source").unwrap();
        assert!(tree.data().get("balance_transaction").unwrap().get("source").is_some());
    }

    #[test]
    fn says_what_stripe_says() {
        assert_eq!(
            parse(Kind::Charge, false, "bogus").unwrap_err(),
            "This property cannot be expanded (bogus)."
        );
        assert_eq!(
            parse(Kind::Charge, true, "customer").unwrap_err(),
            "This property cannot be expanded (customer). You may want to try expanding 'data.customer' instead."
        );
        assert_eq!(
            parse(Kind::Charge, true, "data.customer.bogus").unwrap_err(),
            "This property cannot be expanded (data.customer.bogus)."
        );
        assert!(
            parse(Kind::Charge, true, "data.a.b.c.d")
                .unwrap_err()
                .starts_with("You cannot expand more than 4")
        );
    }
}
