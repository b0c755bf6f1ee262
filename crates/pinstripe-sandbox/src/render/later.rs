//! Writes what follows a sale: balance transactions, refunds, disputes, transfers, reversals, payouts.
//!
//! Read next: `../world/later.rs` for when they happen.

use super::{empty_array, empty_object, head, nested, object, reference};
use crate::calendar::{DAY, midnight};
use crate::changes::View;
use crate::expand::Expand;
use crate::json::Json;
use crate::kind::Kind;
use crate::world::ledger::{self, Entry};
use crate::world::money::CURRENCIES;
use crate::world::{BLOCK, World};

/// The ledger entry behind an index, those of refunds that were created here included.
pub fn entry(view: View<'_>, index: u64) -> Option<Entry> {
    let Some(added) = view.changes.refund(index) else { return view.world.ledger_entry(index) };
    let sale = view.world.sale(added.charge)?;
    Some(Entry {
        index,
        tick: view.world.ticks - 1,
        kind: if sale.method.is_card() { "refund" } else { "payment_refund" },
        category: "refund",
        currency_index: sale.currency().settles_in,
        amount: -sale.currency().settle(added.amount),
        fee: 0,
        rate: sale.currency().rate.as_ref().map(|rate| rate.text),
        source: (Kind::Refund, index),
        source_variant: false,
    })
}

pub fn balance_transaction(json: &mut Json, view: View<'_>, index: u64, expand: &Expand) {
    let Some(entry) = entry(view, index) else { return };
    let world = view.world;
    let created = view.created(Kind::BalanceTransaction, index);
    let currency = CURRENCIES[entry.currency_index].code;
    let available_on = if entry.kind == "payout" { created } else { midnight(created + 2 * DAY) };
    json.open_object();
    head(json, &view.id(Kind::BalanceTransaction, index), "balance_transaction");
    json.int("amount", entry.amount);
    json.int("available_on", available_on);
    json.plain("balance_type", "payments");
    json.int("created", created);
    json.plain("currency", currency);
    json.str_or_null("description", description(view, &entry));
    match entry.rate {
        Some(rate) => json.token("exchange_rate", rate),
        None => json.null("exchange_rate"),
    }
    json.int("fee", entry.fee);
    json.array("fee_details", |json| {
        if entry.fee != 0 {
            json.element();
            json.open_object();
            json.int("amount", entry.fee);
            json.null("application");
            json.plain("currency", currency);
            let dispute = entry.kind == "adjustment";
            json.plain("description", if dispute { "Dispute fee" } else { "Stripe processing fees" });
            json.plain("type", "stripe_fee");
            json.close_object();
        }
    });
    json.int("net", entry.amount - entry.fee);
    json.plain("reporting_category", entry.category);
    let (kind, source) = entry.source;
    match expand.get("source") {
        Some(below) => {
            json.key("source");
            object(json, view, kind, source, below);
        }
        None => json.plain("source", &world.idents.id(kind, source, entry.source_variant)),
    }
    json.plain("status", if available_on > world.now { "pending" } else { "available" });
    json.plain("type", entry.kind);
    json.close_object();
}

fn description(view: View<'_>, entry: &Entry) -> Option<&'static str> {
    match entry.source.0 {
        Kind::Charge => view.world.sale(entry.source.1).and_then(|sale| super::charge::description_of(&sale)),
        Kind::Refund => Some("REFUND FOR CHARGE"),
        Kind::Payout => Some("STRIPE PAYOUT"),
        Kind::Dispute if entry.amount < 0 => Some("Chargeback withdrawal"),
        Kind::Dispute => Some("Chargeback reversal"),
        Kind::TransferReversal => Some("REFUND FOR TRANSFER"),
        _ => None,
    }
}

pub fn refund(json: &mut Json, view: View<'_>, index: u64, expand: &Expand) {
    let world = view.world;
    let added = view.changes.refund(index);
    let known = world.refund(index);
    let (charge, amount) = match (added, &known) {
        (Some(added), _) => (added.charge, added.amount),
        (None, Some(known)) => (known.sale.tick, known.amount),
        (None, None) => return,
    };
    let Some(sale) = world.sale(charge) else { return };
    let entry = match &known {
        Some(known) => World::entry_index(known.tick, ledger::REFUND),
        None => index,
    };
    json.open_object();
    head(json, &view.id(Kind::Refund, index), "refund");
    json.int("amount", amount);
    reference(json, view, "balance_transaction", Some((Kind::BalanceTransaction, entry)), expand);
    reference(json, view, "charge", Some((Kind::Charge, charge)), expand);
    json.int("created", view.created(Kind::Refund, index));
    json.plain("currency", sale.currency().code);
    reference(json, view, "customer", sale.customer.map(|customer| (Kind::Customer, customer)), expand);
    json.null("customer_account");
    json.object("destination_details", |json| {
        if sale.method.is_card() {
            json.object("card", |json| {
                json.plain("reference", &(10_000_000 + sale.dice % 80_000_000).to_string());
                json.plain("reference_status", "available");
                json.plain("reference_type", "acquirer_reference_number");
                json.plain("type", "refund");
            });
            json.plain("type", "card");
        } else {
            json.plain("type", sale.method.name());
        }
    });
    match added {
        Some(added) => {
            json.key("metadata");
            json.value(&serde_json::Value::Object(added.metadata.clone()));
        }
        None if sale.dice >> 20 & 3 == 0 => {
            json.object("metadata", |json| json.str("ticket", &format!("#{}", sale.dice % 90_000)));
        }
        None => empty_object(json, "metadata"),
    }
    reference(json, view, "payment_intent", Some((Kind::PaymentIntent, charge)), expand);
    let method = world.payment_method_of(&sale);
    reference(json, view, "payment_method", Some((Kind::PaymentMethod, method)), expand);
    let reason = match sale.dice >> 26 & 7 {
        0 => Some("duplicate"),
        1 => Some("fraudulent"),
        2..5 => Some("requested_by_customer"),
        _ => None,
    };
    json.plain_or_null("reason", added.map_or(reason, |added| added.reason.as_deref()));
    json.nulls(&["receipt_number", "source_transfer_reversal"]);
    json.plain("status", "succeeded");
    json.null("transfer_reversal");
    json.close_object();
}

const EVIDENCE: [&str; 14] = [
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "enhanced_evidence",
];
const MORE_EVIDENCE: [&str; 14] = [
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
];

pub fn dispute(json: &mut Json, view: View<'_>, index: u64, expand: &Expand) {
    let Some(dispute) = view.world.dispute(index) else { return };
    let sale = dispute.sale;
    let created = view.created(Kind::Dispute, index);
    json.open_object();
    head(json, &view.id(Kind::Dispute, index), "dispute");
    json.int("amount", sale.amount);
    json.array("balance_transactions", |json| {
        if dispute.inquiry {
            return;
        }
        json.element();
        let taken = World::entry_index(dispute.tick, ledger::DISPUTE);
        balance_transaction(json, view, taken, &crate::expand::NOTHING);
        if let Some(tick) = dispute.closed.filter(|_| dispute.status == "won") {
            json.element();
            let returned = World::entry_index(tick, ledger::DISPUTE_REVERSAL);
            balance_transaction(json, view, returned, &crate::expand::NOTHING);
        }
    });
    reference(json, view, "charge", Some((Kind::Charge, sale.tick)), expand);
    json.int("created", created);
    json.plain("currency", sale.currency().code);
    let visa = matches!(super::payment::card_of(super::charge::method_dice(view.world, &sale)).brand, "visa");
    let eligible: &[&str] = if visa && index % 16 == 1 { &["visa_compelling_evidence_3"] } else { &[] };
    super::strings(json, "enhanced_eligibility_types", eligible);
    let answered = dispute.status != "needs_response" && dispute.status != "warning_needs_response";
    let (person, number) = super::charge::person(view.world, &sale);
    json.object("evidence", |json| {
        for name in EVIDENCE {
            match name {
                "customer_name" if answered => json.str(name, &person.name()),
                "customer_email_address" if answered => json.plain(name, &person.email(number)),
                "customer_purchase_ip" if answered => json.plain(name, "203.0.113.77"),
                "enhanced_evidence" => empty_object(json, name),
                _ => json.null(name),
            }
        }
        for name in MORE_EVIDENCE {
            match name {
                "product_description" if answered => {
                    json.str(name, "One order, delivered; see \"tracking\".")
                }
                _ => json.null(name),
            }
        }
    });
    json.object("evidence_details", |json| {
        json.int("due_by", midnight(created + 10 * DAY) + DAY - 1);
        empty_object(json, "enhanced_eligibility");
        json.bool("has_evidence", answered);
        json.bool("past_due", false);
        json.int("submission_count", i64::from(answered));
    });
    json.bool("is_charge_refundable", dispute.inquiry);
    json.bool("livemode", view.world.livemode);
    empty_object(json, "metadata");
    reference(json, view, "payment_intent", Some((Kind::PaymentIntent, sale.tick)), expand);
    let card = super::payment::card_of(super::charge::method_dice(view.world, &sale));
    json.object("payment_method_details", |json| {
        json.object("card", |json| {
            json.plain("brand", card.brand);
            json.plain("case_type", if dispute.inquiry { "inquiry" } else { "chargeback" });
            json.plain("network", card.brand);
            json.plain("network_reason_code", if card.brand == "visa" { "10.4" } else { "4837" });
        });
        json.plain("type", "card");
    });
    let reasons = ["fraudulent", "product_not_received", "general", "subscription_canceled", "duplicate"];
    json.plain("reason", reasons[(sale.dice >> 19) as usize % reasons.len()]);
    json.plain("status", dispute.status);
    json.close_object();
}

pub fn transfer(json: &mut Json, view: View<'_>, index: u64, expand: &Expand) {
    let world = view.world;
    let Some(transfer) = world.transfer(index) else { return };
    let id = view.id(Kind::Transfer, index);
    let reversed = transfer.reversal_amount * transfer.reversals as i64;
    json.open_object();
    head(json, &id, "transfer");
    json.int("amount", transfer.amount);
    json.int("amount_reversed", reversed);
    let entry = World::entry_index(transfer.tick, ledger::TRANSFER);
    reference(json, view, "balance_transaction", Some((Kind::BalanceTransaction, entry)), expand);
    json.int("created", view.created(Kind::Transfer, index));
    json.plain("currency", CURRENCIES[transfer.currency_index].code);
    json.str_or_null("description", (index % 6 == 1).then_some("Share of the sale – \"marketplace\""));
    reference(json, view, "destination", Some((Kind::Account, transfer.account)), expand);
    json.plain("destination_payment", &format!("py_1{}", crate::ident::letters(transfer.sale.dice, 23)));
    json.bool("livemode", view.world.livemode);
    match index % 4 {
        0 => json.object("metadata", |json| json.str("seller_ref", &format!("S-{}", transfer.account))),
        _ => empty_object(json, "metadata"),
    }
    let reversals: Vec<u64> = reversals(world, index);
    let url = format!("/v1/transfers/{}/reversals", &*id);
    nested(json, view, "reversals", (Kind::TransferReversal, &reversals), &url, (false, expand));
    json.bool("reversed", reversed == transfer.amount);
    reference(json, view, "source_transaction", Some((Kind::Charge, transfer.tick)), expand);
    json.plain("source_type", "card");
    json.plain_or_null("transfer_group", super::charge::group(view, &transfer.sale).as_deref());
    json.close_object();
}

/// The indexes of the reversals of a transfer, newest first.
pub fn reversals(world: &World, index: u64) -> Vec<u64> {
    let count = world.transfer(index).map_or(0, |transfer| transfer.reversals);
    (0..count).rev().map(|nth| index * BLOCK + nth).collect()
}

pub fn transfer_reversal(json: &mut Json, view: View<'_>, index: u64, expand: &Expand) {
    let Some(transfer) = view.world.reversal(index) else { return };
    json.open_object();
    head(json, &view.id(Kind::TransferReversal, index), "transfer_reversal");
    json.int("amount", transfer.reversal_amount);
    let tick = view.world.reversal_tick(index);
    let entry = World::entry_index(tick, ledger::REVERSAL);
    reference(json, view, "balance_transaction", Some((Kind::BalanceTransaction, entry)), expand);
    json.int("created", view.created(Kind::TransferReversal, index));
    json.plain("currency", CURRENCIES[transfer.currency_index].code);
    json.null("destination_payment_refund");
    empty_object(json, "metadata");
    json.null("source_refund");
    reference(json, view, "transfer", Some((Kind::Transfer, transfer.index)), expand);
    json.close_object();
}

pub fn payout(json: &mut Json, view: View<'_>, index: u64, expand: &Expand) {
    let world = view.world;
    let Some(payout) = world.payout(index) else { return };
    let created = view.created(Kind::Payout, index);
    let automatic = index % 16 != 3;
    json.open_object();
    head(json, &view.id(Kind::Payout, index), "payout");
    json.int("amount", payout.amount);
    json.nulls(&["application_fee", "application_fee_amount"]);
    json.int("arrival_date", payout.arrival);
    json.bool("automatic", automatic);
    let entry = World::entry_index(payout.tick, ledger::PAYOUT);
    reference(json, view, "balance_transaction", Some((Kind::BalanceTransaction, entry)), expand);
    json.int("created", created);
    json.plain("currency", CURRENCIES[payout.currency_index].code);
    json.str_or_null("description", automatic.then_some("STRIPE PAYOUT"));
    let account = (Kind::BankAccount, payout.currency_index as u64);
    reference(json, view, "destination", Some(account), expand);
    let failure = payout
        .failed
        .map(|tick| (Kind::BalanceTransaction, World::entry_index(tick, ledger::PAYOUT_FAILURE)));
    reference(json, view, "failure_balance_transaction", failure, expand);
    json.plain_or_null("failure_code", failure.map(|_| "account_closed"));
    json.plain_or_null("failure_message", failure.map(|_| "The bank account has been closed"));
    json.bool("livemode", view.world.livemode);
    empty_object(json, "metadata");
    json.plain("method", "standard");
    json.nulls(&["original_payout", "payout_method"]);
    json.plain("reconciliation_status", if automatic { "completed" } else { "not_applicable" });
    json.null("reversed_by");
    json.plain("source_type", "card");
    json.plain_or_null("statement_descriptor", (!automatic).then_some("LUMEN WORKS"));
    json.plain("status", payout.status);
    let traced = payout.status == "paid";
    json.object("trace_id", |json| {
        json.plain("status", if traced { "supported" } else { "pending" });
        json.plain_or_null(
            "value",
            traced.then(|| format!("{:015}", payout.tick * 7_919 + index)).as_deref(),
        );
    });
    json.plain("type", "bank_account");
    json.close_object();
}

pub(crate) fn no_discounts(json: &mut Json) {
    empty_array(json, "discounts");
}
