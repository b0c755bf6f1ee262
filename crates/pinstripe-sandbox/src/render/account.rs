//! Writes accounts, bank accounts and the balance.
//!
//! The account of the key itself is written with `own`; it is not in the list of connected accounts. Read next:
//! `../routes.rs`.

use super::{empty_array, empty_object, head};
use crate::changes::View;
use crate::json::Json;
use crate::kind::Kind;
use crate::world::money::{CURRENCIES, SETTLED};

const COUNTRIES: [(&str, &str); 4] = [("US", "usd"), ("DE", "eur"), ("JP", "jpy"), ("GB", "gbp")];

pub fn account(json: &mut Json, view: View<'_>, index: u64) {
    let (country, currency) = COUNTRIES[index as usize % COUNTRIES.len()];
    let created = view.created(Kind::Account, index);
    write(
        json,
        &view.id(Kind::Account, index),
        &seller_name(index),
        (country, currency),
        (created, "express"),
    );
}

/// What a connected account calls itself.
pub fn seller_name(index: u64) -> String {
    format!("Seller № {} \"{}\"", index + 1, ["Åsgard", "Kiosk", "本屋", "Mill"][index as usize % 4])
}

pub fn own(json: &mut Json, view: View<'_>) {
    let created = view.world.calendar.start() - 50 * crate::calendar::DAY;
    write(json, &view.world.account_id(), &view.world.name, ("US", "usd"), (created, "standard"));
}

fn write(
    json: &mut Json,
    id: &str,
    name: &str,
    (country, currency): (&str, &str),
    (created, kind): (i64, &str),
) {
    json.open_object();
    head(json, id, "account");
    business_profile(json, name);
    json.plain("business_type", "company");
    json.object("capabilities", |json| {
        json.plain("card_payments", "active");
        json.plain("transfers", "active");
    });
    json.bool("charges_enabled", true);
    json.object("controller", |json| json.plain("type", "account"));
    json.plain("country", country);
    json.int("created", created);
    json.plain("default_currency", currency);
    json.bool("details_submitted", true);
    json.plain("email", "owner@shop.example");
    json.object("external_accounts", |json| {
        json.plain("object", "list");
        empty_array(json, "data");
        json.bool("has_more", false);
        json.plain("url", &format!("/v1/accounts/{id}/external_accounts"));
    });
    requirements(json, "future_requirements");
    empty_object(json, "metadata");
    json.bool("payouts_enabled", true);
    requirements(json, "requirements");
    settings(json, name);
    json.object("tos_acceptance", |json| {
        json.int("date", created);
        json.nulls(&["ip", "user_agent"]);
    });
    json.plain("type", kind);
    json.close_object();
}

fn business_profile(json: &mut Json, name: &str) {
    json.object("business_profile", |json| {
        json.nulls(&["annual_revenue", "estimated_worker_count"]);
        json.plain("mcc", "5734");
        json.null("minority_owned_business_designation");
        json.str("name", name);
        let unset =
            ["product_description", "support_address", "support_email", "support_phone", "support_url"];
        json.nulls(&unset);
        json.plain("url", "https://shop.example");
    });
}

fn requirements(json: &mut Json, name: &str) {
    json.object(name, |json| {
        empty_array(json, "alternatives");
        json.null("current_deadline");
        empty_array(json, "currently_due");
        json.null("disabled_reason");
        for name in ["errors", "eventually_due", "past_due", "pending_verification"] {
            empty_array(json, name);
        }
    });
}

fn settings(json: &mut Json, name: &str) {
    json.object("settings", |json| {
        json.object("bacs_debit_payments", |json| json.nulls(&["display_name", "service_user_number"]));
        json.object("branding", |json| json.nulls(&["icon", "logo", "primary_color", "secondary_color"]));
        json.object("card_issuing", |json| {
            json.object("tos_acceptance", |json| json.nulls(&["date", "ip"]));
        });
        json.object("card_payments", |json| {
            json.object("decline_on", |json| {
                json.bool("avs_failure", false);
                json.bool("cvc_failure", true);
            });
            let unset = ["statement_descriptor_prefix", "statement_descriptor_prefix_kana"];
            json.nulls(&unset);
            json.null("statement_descriptor_prefix_kanji");
        });
        json.object("dashboard", |json| {
            json.str("display_name", name);
            json.plain("timezone", "Etc/UTC");
        });
        json.object("invoices", |json| {
            json.nulls(&["default_account_tax_ids", "hosted_payment_method_save"])
        });
        json.object("payments", |json| {
            json.plain("statement_descriptor", "LUMEN WORKS");
            json.nulls(&["statement_descriptor_kana", "statement_descriptor_kanji"]);
            json.nulls(&["statement_descriptor_prefix_kana", "statement_descriptor_prefix_kanji"]);
        });
        json.object("payouts", |json| {
            json.bool("debit_negative_balances", true);
            json.object("schedule", |json| {
                json.int("delay_days", 2);
                json.plain("interval", "daily");
            });
            json.null("statement_descriptor");
        });
        empty_object(json, "sepa_debit_payments");
    });
}

pub fn bank_account(json: &mut Json, view: View<'_>, index: u64) {
    let (country, currency) = COUNTRIES[index as usize % SETTLED];
    json.open_object();
    head(json, &view.id(Kind::BankAccount, index), "bank_account");
    json.plain("account", &view.world.account_id());
    json.nulls(&["account_holder_name", "account_holder_type", "account_type", "available_payout_methods"]);
    json.plain("bank_name", "STRIPE TEST BANK");
    json.plain("country", country);
    json.plain("currency", currency);
    json.bool("default_for_currency", true);
    json.null("fingerprint");
    json.plain("last4", ["6789", "3000", "1234", "2345"][index as usize % SETTLED]);
    empty_object(json, "metadata");
    json.null("routing_number");
    json.plain("status", "new");
    json.close_object();
}

/// The balance says nothing of the past: amounts are small and invented.
pub fn balance(json: &mut Json, view: View<'_>) {
    json.open_object();
    json.plain("object", "balance");
    amounts(json, "available", 12_345);
    json.array("connect_reserved", |json| {
        json.element();
        json.open_object();
        json.int("amount", 0);
        json.plain("currency", "usd");
        json.close_object();
    });
    json.bool("livemode", view.world.livemode);
    amounts(json, "pending", 6_789);
    json.close_object();
}

fn amounts(json: &mut Json, name: &str, amount: i64) {
    json.array(name, |json| {
        for currency in CURRENCIES.iter().take(SETTLED) {
            json.element();
            json.open_object();
            json.int("amount", currency.of_cents(amount));
            json.plain("currency", currency.code);
            json.object("source_types", |json| json.int("card", currency.of_cents(amount)));
            json.close_object();
        }
    });
}
