//! Writes invoices and their line items: what the charges of subscriptions pay.
//!
//! The fields that version 2025-03-31 removed (`charge`, `paid`, `tax`, ...) are not there. Read next: `payment.rs`.

use super::{customer, empty_array, empty_object, head, nested, reference};
use crate::calendar::{DAY, add_months};
use crate::changes::View;
use crate::expand::Expand;
use crate::ident::letters;
use crate::json::Json;
use crate::kind::Kind;
use crate::world::membership::MOST_ITEMS;
use crate::world::sale::{Sale, Status};

/// The indexes of the lines of an invoice.
pub fn lines(view: View<'_>, tick: u64) -> Vec<u64> {
    let Some(owner) = view.world.sale(tick).and_then(|sale| sale.customer) else { return Vec::new() };
    (0..view.world.item_count(owner)).rev().map(|nth| tick * MOST_ITEMS + nth).collect()
}

pub fn status(view: View<'_>, sale: &Sale) -> &'static str {
    match sale.status {
        Status::Failed if view.world.recent(sale.tick, 30) => "open",
        Status::Failed if sale.tick.is_multiple_of(3) => "void",
        Status::Failed => "uncollectible",
        Status::Pending => "open",
        Status::Succeeded => "paid",
    }
}

pub fn invoice(json: &mut Json, view: View<'_>, tick: u64, expand: &Expand) {
    let Some(sale) = view.world.sale(tick) else { return };
    let Some(owner) = sale.customer else { return };
    let id = view.id(Kind::Invoice, tick);
    let created = view.created(Kind::Invoice, tick);
    let status = status(view, &sale);
    let paid = if status == "paid" { sale.amount } else { 0 };
    let person = view.world.person(owner);
    json.open_object();
    head(json, &id, "invoice");
    json.plain("account_country", "US");
    json.str("account_name", "Lumen Works");
    json.null("account_tax_ids");
    json.int("amount_due", sale.amount);
    json.int("amount_overpaid", 0);
    json.int("amount_paid", paid);
    json.int("amount_remaining", sale.amount - paid);
    json.int("amount_shipping", 0);
    json.null("application");
    json.int("attempt_count", if paid > 0 { 1 } else { 4 });
    json.bool("attempted", true);
    json.bool("auto_advance", status == "open");
    json.object("automatic_tax", |json| {
        json.null("disabled_reason");
        json.bool("enabled", false);
        json.nulls(&["liability", "provider", "status"]);
    });
    json.null("automatically_finalizes_at");
    json.plain("billing_reason", if sale.nth == 0 { "subscription_create" } else { "subscription_cycle" });
    json.plain("collection_method", "charge_automatically");
    json.int("created", created);
    json.plain("currency", sale.currency().code);
    json.null("custom_fields");
    reference(json, view, "customer", Some((Kind::Customer, owner)), expand);
    json.null("customer_account");
    customer::address(json, "customer_address", Some(&person));
    json.str_or_null("customer_email", view.world.customer_email(owner).as_deref());
    json.str("customer_name", &person.name());
    json.nulls(&["customer_phone", "customer_shipping"]);
    json.plain("customer_tax_exempt", "none");
    empty_array(json, "customer_tax_ids");
    json.nulls(&["default_payment_method", "default_source"]);
    empty_array(json, "default_tax_rates");
    json.null("description");
    empty_array(json, "discounts");
    json.null("due_date");
    json.int("effective_at", created);
    json.int("ending_balance", 0);
    json.nulls(&["footer", "from_invoice"]);
    let token = letters(sale.dice, 40);
    let mode = if view.world.livemode { "live" } else { "test" };
    json.plain(
        "hosted_invoice_url",
        &format!("https://invoice.stripe.com/i/{}/{mode}_{token}", view.world.account_id()),
    );
    json.plain(
        "invoice_pdf",
        &format!("https://pay.stripe.com/invoice/{}/{mode}_{token}/pdf", view.world.account_id()),
    );
    json.object("issuer", |json| json.plain("type", "self"));
    json.nulls(&["last_finalization_error", "latest_revision"]);
    let url = format!("/v1/invoices/{}/lines", &*id);
    nested(json, view, "lines", (Kind::LineItem, &lines(view, tick)), &url, (false, expand));
    rest(json, view, &sale, owner, status);
    json.close_object();
}

/// The members from `livemode` on.
fn rest(json: &mut Json, view: View<'_>, sale: &Sale, owner: u64, status: &str) {
    let created = view.created(Kind::Invoice, sale.tick);
    json.bool("livemode", view.world.livemode);
    empty_object(json, "metadata");
    json.int_or_null("next_payment_attempt", (status == "open").then_some(created + 5 * DAY));
    json.plain("number", &format!("{}-{:04}", letters(sale.block_dice, 8).to_uppercase(), sale.nth + 1));
    json.null("on_behalf_of");
    json.object("parent", |json| {
        json.null("quote_details");
        json.object("subscription_details", |json| {
            empty_object(json, "metadata");
            json.plain("subscription", &view.id(Kind::Subscription, owner));
        });
        json.plain("type", "subscription_details");
    });
    json.object("payment_settings", |json| {
        json.nulls(&["default_mandate", "payment_method_options", "payment_method_types"]);
    });
    json.int("period_end", created);
    json.int("period_start", created);
    json.int("post_payment_credit_notes_amount", 0);
    json.int("pre_payment_credit_notes_amount", 0);
    json.nulls(&["receipt_number", "rendering", "shipping_cost", "shipping_details"]);
    json.int("starting_balance", 0);
    json.null("statement_descriptor");
    json.plain("status", status);
    json.object("status_transitions", |json| {
        json.int("finalized_at", created);
        json.int_or_null(
            "marked_uncollectible_at",
            (status == "uncollectible").then_some(created + 30 * DAY),
        );
        json.int_or_null("paid_at", (status == "paid").then_some(created));
        json.int_or_null("voided_at", (status == "void").then_some(created + 30 * DAY));
    });
    json.null("subscription");
    json.int("subtotal", sale.amount);
    json.int("subtotal_excluding_tax", sale.amount);
    json.null("test_clock");
    json.int("total", sale.amount);
    empty_array(json, "total_discount_amounts");
    json.int("total_excluding_tax", sale.amount);
    empty_array(json, "total_pretax_credit_amounts");
    empty_array(json, "total_taxes");
    json.int("webhooks_delivered_at", created);
}

pub fn line_item(json: &mut Json, view: View<'_>, index: u64, _expand: &Expand) {
    let (tick, nth) = (index / MOST_ITEMS, index % MOST_ITEMS);
    let Some(owner) = view.world.sale(tick).and_then(|sale| sale.customer) else { return };
    let created = view.created(Kind::Invoice, tick);
    let (price, quantity) = view.world.item(owner, nth);
    let amount = price.amount() * quantity;
    let subscription = view.id(Kind::Subscription, owner);
    json.open_object();
    head(json, &view.id(Kind::LineItem, index), "line_item");
    json.int("amount", amount);
    json.plain("currency", price.currency_code());
    let name = crate::world::goods::PRODUCTS[price.product as usize].name;
    json.str("description", &format!("{quantity} × {name}"));
    empty_array(json, "discount_amounts");
    json.bool("discountable", true);
    empty_array(json, "discounts");
    json.plain("invoice", &view.id(Kind::Invoice, tick));
    json.bool("livemode", view.world.livemode);
    empty_object(json, "metadata");
    json.object("parent", |json| {
        json.null("invoice_item_details");
        json.object("subscription_item_details", |json| {
            json.null("invoice_item");
            json.bool("proration", false);
            json.object("proration_details", |json| json.null("credited_items"));
            json.plain("subscription", &subscription);
            json.plain("subscription_item", &view.id(Kind::SubscriptionItem, owner * MOST_ITEMS + nth));
        });
        json.plain("type", "subscription_item_details");
    });
    json.object("period", |json| {
        json.int("end", add_months(created, if price.yearly { 12 } else { 1 }));
        json.int("start", created);
    });
    empty_array(json, "pretax_credit_amounts");
    json.object("pricing", |json| {
        json.object("price_details", |json| {
            json.plain("price", &view.id(Kind::Price, price.index));
            json.plain("product", &view.id(Kind::Product, price.product));
        });
        json.plain("type", "price_details");
        json.plain("unit_amount_decimal", &price.amount().to_string());
    });
    json.int("quantity", quantity);
    json.plain("quantity_decimal", &quantity.to_string());
    json.plain("subscription", &subscription);
    json.int("subtotal", amount);
    empty_array(json, "taxes");
    json.close_object();
}
