//! Writes payment intents, payment methods, and the cards and accounts in them.
//!
//! A card is computed from one throw of the dice, so that a charge and its payment method show the same one.
//! Read next: `charge.rs`.

use super::{customer, empty_object, head, reference};
use crate::changes::View;
use crate::dice::spread;
use crate::expand::Expand;
use crate::ident::{letters, push_letters};
use crate::json::Json;
use crate::kind::Kind;
use crate::world::people::Person;
use crate::world::sale::{Method, Sale, Status};

pub struct Card {
    pub brand: &'static str,
    pub last4: [u8; 4],
    pub country: &'static str,
    pub funding: &'static str,
    pub exp_month: i64,
    pub exp_year: i64,
    pub wallet: Option<&'static str>,
}

impl Card {
    pub fn last4(&self) -> &str {
        std::str::from_utf8(&self.last4).unwrap_or_default()
    }
}

pub fn card_of(dice: u64) -> Card {
    let digit = |shift: u32| b'0' + (dice >> shift) as u8 % 10;
    Card {
        brand: ["visa", "visa", "visa", "mastercard", "mastercard", "amex", "jcb", "visa"]
            [(dice & 7) as usize],
        last4: [digit(8), digit(12), digit(16), digit(20)],
        country: ["US", "US", "DE", "JP", "GB", "NO", "FR", "US"][(dice >> 24 & 7) as usize],
        funding: ["credit", "debit", "credit", "prepaid"][(dice >> 27 & 3) as usize],
        exp_month: (dice >> 30) as i64 % 12 + 1,
        exp_year: 2027 + (dice >> 34) as i64 % 6,
        wallet: match dice >> 40 & 15 {
            0 | 1 => Some("apple_pay"),
            2 => Some("google_pay"),
            3 => Some("link"),
            _ => None,
        },
    }
}

fn fingerprint(json: &mut Json, dice: u64) {
    let mut text = String::with_capacity(16);
    push_letters(&mut text, dice ^ 0xf17e, 16);
    json.plain("fingerprint", &text);
}

fn checks(json: &mut Json, dice: u64) {
    json.object("checks", |json| {
        json.plain_or_null("address_line1_check", (dice >> 45 & 1 == 0).then_some("pass"));
        json.plain_or_null("address_postal_code_check", (dice >> 46 & 1 == 0).then_some("pass"));
        json.plain_or_null("cvc_check", (dice >> 47 & 3 != 0).then_some("pass"));
    });
}

fn wallet(json: &mut Json, card: &Card) {
    match card.wallet {
        None => json.null("wallet"),
        Some(wallet) => json.object("wallet", |json| {
            if wallet != "link" {
                empty_object(json, wallet);
            }
            json.plain_or_null("dynamic_last4", (wallet != "link").then(|| card.last4()));
            json.plain("type", wallet);
        }),
    }
}

/// `payment_method_details.card` of a charge.
pub(crate) fn charged_card(json: &mut Json, sale: &Sale, dice: u64) {
    let card = card_of(dice);
    json.int_or_null("amount_authorized", (sale.status != Status::Failed).then_some(sale.amount));
    json.plain_or_null("authorization_code", (sale.status != Status::Failed).then_some("123456"));
    json.plain("brand", card.brand);
    checks(json, dice);
    json.plain("country", card.country);
    json.int("exp_month", card.exp_month);
    json.int("exp_year", card.exp_year);
    json.object("extended_authorization", |json| json.plain("status", "disabled"));
    fingerprint(json, dice);
    json.plain("funding", card.funding);
    json.object("incremental_authorization", |json| json.plain("status", "unavailable"));
    json.nulls(&["installments"]);
    json.plain("last4", card.last4());
    json.null("mandate");
    json.object("multicapture", |json| json.plain("status", "unavailable"));
    json.plain("network", card.brand);
    json.object("network_token", |json| json.bool("used", dice >> 50 & 3 == 0));
    json.plain("network_transaction_id", &(100_000_000_000 + (sale.dice >> 8) % 800_000_000_000).to_string());
    json.object("overcapture", |json| {
        json.int("maximum_amount_capturable", sale.amount);
        json.plain("status", "unavailable");
    });
    json.plain("regulated_status", if card.funding == "debit" { "regulated" } else { "unregulated" });
    if sale.dice >> 48 & 7 == 0 {
        json.object("three_d_secure", |json| {
            json.plain("authentication_flow", "challenge");
            json.plain("electronic_commerce_indicator", "05");
            json.null("exemption_indicator");
            json.plain("result", "authenticated");
            json.nulls(&["result_reason", "transaction_id"]);
            json.plain("version", "2.2.0");
        });
    } else {
        json.null("three_d_secure");
    }
    json.null("transaction_link_id");
    wallet(json, &card);
}

/// `payment_method_details` of anything but cards.
pub(crate) fn charged_account(json: &mut Json, method: Method, dice: u64) {
    let digits = format!("{:08}", dice >> 20 & 0x3ff_ffff);
    match method {
        Method::Card => {}
        Method::SepaDebit => {
            json.plain("bank_code", &digits[..8]);
            json.null("branch_code");
            json.plain("country", "DE");
            fingerprint(json, dice);
            json.plain("last4", &digits[4..8]);
            json.plain("mandate", &format!("mandate_1{}", letters(dice, 23)));
        }
        Method::Bancontact => {
            json.plain("bank_code", "VAPE");
            json.plain("bank_name", "VAN DE PUT & CO");
            json.plain("bic", "VAPEBE22");
            json.nulls(&["generated_sepa_debit", "generated_sepa_debit_mandate"]);
            json.plain("iban_last4", &digits[4..8]);
            json.plain("preferred_language", "nl");
            json.null("verified_name");
        }
        Method::Konbini => json.object("store", |json| {
            json.plain("chain", ["familymart", "lawson", "ministop", "seicomart"][(dice & 3) as usize]);
        }),
        Method::UsBankAccount => {
            json.plain("account_holder_type", "individual");
            json.plain("account_type", "checking");
            json.plain("bank_name", "STRIPE TEST BANK");
            fingerprint(json, dice);
            json.plain("last4", &digits[4..8]);
            json.nulls(&["payment_reference"]);
            json.plain("routing_number", "110000000");
        }
    }
}

pub fn payment_intent(json: &mut Json, view: View<'_>, tick: u64, expand: &Expand) {
    let Some(sale) = view.world.sale(tick) else { return };
    let id = view.id(Kind::PaymentIntent, tick);
    let status = match sale.status {
        Status::Failed => "requires_payment_method",
        Status::Pending => "processing",
        Status::Succeeded if !sale.captured => "requires_capture",
        Status::Succeeded => "succeeded",
    };
    let done = sale.earned();
    json.open_object();
    head(json, &id, "payment_intent");
    json.int("amount", sale.amount);
    json.int("amount_capturable", if status == "requires_capture" { sale.amount } else { 0 });
    json.object("amount_details", |json| empty_object(json, "tip"));
    json.int("amount_received", if done { sale.amount } else { 0 });
    json.nulls(&["application", "application_fee_amount"]);
    if sale.membership {
        json.null("automatic_payment_methods");
    } else {
        json.object("automatic_payment_methods", |json| {
            json.plain("allow_redirects", "always");
            json.bool("enabled", true);
        });
    }
    json.nulls(&["canceled_at", "cancellation_reason"]);
    json.plain("capture_method", if status == "requires_capture" { "manual" } else { "automatic" });
    json.plain("client_secret", &format!("{}_secret_{}", &*id, letters(sale.dice, 25)));
    json.plain("confirmation_method", "automatic");
    json.int("created", view.created(Kind::PaymentIntent, tick));
    json.plain("currency", sale.currency().code);
    reference(json, view, "customer", sale.customer.map(|customer| (Kind::Customer, customer)), expand);
    json.null("customer_account");
    super::charge::description(json, view, &sale);
    json.null("excluded_payment_method_types");
    last_payment_error(json, view, &sale);
    reference(json, view, "latest_charge", Some((Kind::Charge, tick)), expand);
    json.bool("livemode", view.world.livemode);
    json.null("managed_payments");
    json.object("metadata", |json| {
        for (key, value) in super::charge::metadata_of(&sale) {
            json.pair(key, &value);
        }
    });
    json.nulls(&["next_action", "on_behalf_of"]);
    let method = Some((Kind::PaymentMethod, view.world.payment_method_of(&sale)));
    reference(json, view, "payment_method", method.filter(|_| status != "requires_payment_method"), expand);
    json.null("payment_method_configuration_details");
    empty_object(json, "payment_method_options");
    super::strings(json, "payment_method_types", &[sale.method.name()]);
    json.nulls(&["processing", "receipt_email", "review"]);
    json.plain_or_null("setup_future_usage", sale.membership.then_some("off_session"));
    json.nulls(&["shipping", "source", "statement_descriptor", "statement_descriptor_suffix"]);
    json.plain("status", status);
    json.null("transfer_data");
    json.plain_or_null("transfer_group", super::charge::group(view, &sale).as_deref());
    json.close_object();
}

fn last_payment_error(json: &mut Json, view: View<'_>, sale: &Sale) {
    let Some((code, decline, message)) = sale.failure() else { return json.null("last_payment_error") };
    json.object("last_payment_error", |json| {
        json.plain("charge", &view.id(Kind::Charge, sale.tick));
        json.plain("code", code);
        json.plain("decline_code", decline);
        json.plain("doc_url", &format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-")));
        json.plain("message", message);
        json.key("payment_method");
        payment_method(json, view, view.world.payment_method_of(sale), &crate::expand::NOTHING);
        json.plain("type", "card_error");
    });
}

pub fn payment_method(json: &mut Json, view: View<'_>, index: u64, expand: &Expand) {
    let world = view.world;
    let (owner, method, dice, person, number) = if index.is_multiple_of(2) {
        let owner = index / 2;
        (Some(owner), world.customer_method(owner), world.method_dice(owner), world.person(owner), owner)
    } else {
        let Some(sale) = world.sale(index / 2) else { return };
        let dice = spread(sale.dice ^ 0x5eed);
        let person = Person::new(sale.currency_index, spread(sale.dice));
        (None, sale.method, dice, person, (1 << 33) + index / 2)
    };
    json.open_object();
    head(json, &view.id(Kind::PaymentMethod, index), "payment_method");
    json.plain("allow_redisplay", if owner.is_some() { "always" } else { "unspecified" });
    customer::billing_details(json, &person, number, owner.is_none());
    if method.is_card() {
        json.object("card", |json| own_card(json, dice));
    }
    json.int("created", view.created(Kind::PaymentMethod, index));
    reference(json, view, "customer", owner.map(|owner| (Kind::Customer, owner)), expand);
    json.null("customer_account");
    if !method.is_card() {
        json.object(method.name(), |json| own_account(json, method, dice));
    }
    json.bool("livemode", view.world.livemode);
    empty_object(json, "metadata");
    json.plain("type", method.name());
    json.close_object();
}

fn own_card(json: &mut Json, dice: u64) {
    let card = card_of(dice);
    json.plain("brand", card.brand);
    checks(json, dice);
    json.plain("country", card.country);
    json.plain("display_brand", card.brand);
    json.int("exp_month", card.exp_month);
    json.int("exp_year", card.exp_year);
    fingerprint(json, dice);
    json.plain("funding", card.funding);
    json.null("generated_from");
    json.plain("last4", card.last4());
    json.object("networks", |json| {
        super::strings(json, "available", &[card.brand]);
        json.null("preferred");
    });
    json.plain("regulated_status", if card.funding == "debit" { "regulated" } else { "unregulated" });
    json.object("three_d_secure_usage", |json| json.bool("supported", true));
    wallet(json, &card);
}

fn own_account(json: &mut Json, method: Method, dice: u64) {
    let digits = format!("{:08}", dice >> 20 & 0x3ff_ffff);
    match method {
        Method::Card | Method::Bancontact | Method::Konbini => {}
        Method::SepaDebit => {
            json.plain("bank_code", &digits[..8]);
            json.plain("branch_code", "");
            json.plain("country", "DE");
            fingerprint(json, dice);
            json.object("generated_from", |json| json.nulls(&["charge", "setup_attempt"]));
            json.plain("last4", &digits[4..8]);
        }
        Method::UsBankAccount => {
            json.plain("account_holder_type", "individual");
            json.plain("account_type", "checking");
            json.plain("bank_name", "STRIPE TEST BANK");
            json.null("financial_connections_account");
            fingerprint(json, dice);
            json.plain("last4", &digits[4..8]);
            json.object("networks", |json| {
                json.plain("preferred", "ach");
                super::strings(json, "supported", &["ach"]);
            });
            json.plain("routing_number", "110000000");
            empty_object(json, "status_details");
        }
    }
}
