//! Writes subscriptions and their items.
//!
//! `items` holds the first ten; the rest is under `/v1/subscription_items`. Read next: `invoice.rs`.

use super::{empty_array, empty_object, head, nested, reference};
use crate::calendar::date;
use crate::changes::View;
use crate::expand::Expand;
use crate::json::Json;
use crate::kind::Kind;
use crate::world::membership::{MOST_ITEMS, State, Subscription};
use crate::world::money::CURRENCIES;

/// The state by now, cancellations by request included.
pub fn state(view: View<'_>, customer: u64) -> State {
    if view.changes.canceled.contains_key(&customer) {
        return State::Canceled;
    }
    view.world.state(customer)
}

/// A subscription as it is now.
pub fn current(view: View<'_>, customer: u64) -> Option<Subscription> {
    let mut subscription = view.world.subscription(customer)?;
    if let Some(canceled_at) = view.changes.canceled.get(&customer) {
        subscription.state = State::Canceled;
        subscription.canceled_at = Some(*canceled_at);
        subscription.cancel_at_period_end = false;
    }
    Some(subscription)
}

/// The indexes of the items, newest first.
pub fn items(view: View<'_>, customer: u64) -> Vec<u64> {
    (0..view.world.item_count(customer)).rev().map(|nth| customer * MOST_ITEMS + nth).collect()
}

pub fn subscription(json: &mut Json, view: View<'_>, customer: u64, expand: &Expand) {
    let Some(it) = current(view, customer) else { return };
    let id = view.id(Kind::Subscription, customer);
    let ended = matches!(it.state, State::Canceled | State::IncompleteExpired);
    json.open_object();
    head(json, &id, "subscription");
    json.nulls(&["application", "application_fee_percent"]);
    json.object("automatic_tax", |json| {
        json.null("disabled_reason");
        json.bool("enabled", customer % 30 == 4);
        json.null("liability");
    });
    json.int("billing_cycle_anchor", it.created);
    json.object("billing_cycle_anchor_config", |json| {
        json.int("day_of_month", date(it.created).2);
        json.nulls(&["hour", "minute", "month", "second"]);
    });
    json.object("billing_mode", |json| {
        json.null("flexible");
        json.plain("type", "classic");
    });
    empty_array(json, "billing_schedules");
    json.null("billing_thresholds");
    json.int_or_null("cancel_at", it.cancel_at_period_end.then_some(it.period_end));
    json.bool("cancel_at_period_end", it.cancel_at_period_end);
    json.int_or_null("canceled_at", it.canceled_at);
    json.object("cancellation_details", |json| {
        let asked = it.state == State::Canceled || it.cancel_at_period_end;
        json.str_or_null(
            "comment",
            (asked && customer.is_multiple_of(9)).then_some("Too dear – \"maybe later\" 🙂"),
        );
        json.plain_or_null("feedback", (asked && customer.is_multiple_of(3)).then_some("too_expensive"));
        json.plain_or_null("reason", asked.then_some("cancellation_requested"));
    });
    json.plain("collection_method", if it.sends_invoice { "send_invoice" } else { "charge_automatically" });
    json.int("created", it.created);
    json.plain("currency", CURRENCIES[it.currency_index].code);
    reference(json, view, "customer", Some((Kind::Customer, customer)), expand);
    json.null("customer_account");
    json.int_or_null("days_until_due", it.sends_invoice.then_some(14));
    let method =
        (!it.sends_invoice && it.state != State::Paused).then_some((Kind::PaymentMethod, 2 * customer));
    reference(json, view, "default_payment_method", method, expand);
    json.null("default_source");
    empty_array(json, "default_tax_rates");
    json.str_or_null("description", customer.is_multiple_of(19).then_some("Agreed by phone"));
    empty_array(json, "discounts");
    json.int_or_null("ended_at", it.canceled_at.filter(|_| ended));
    invoice_settings(json);
    let url = format!("/v1/subscription_items?subscription={}", &*id);
    nested(json, view, "items", (Kind::SubscriptionItem, &items(view, customer)), &url, (false, expand));
    let invoice = view.world.latest_invoice(customer).map(|tick| (Kind::Invoice, tick));
    reference(json, view, "latest_invoice", invoice, expand);
    json.bool("livemode", view.world.livemode);
    json.null("managed_payments");
    match customer % 4 {
        1 => json.object("metadata", |json| json.str("plan", "team")),
        3 => json.object("metadata", |json| json.pair("seats \"max\"", "25")),
        _ => empty_object(json, "metadata"),
    }
    json.nulls(&["next_pending_invoice_item_invoice", "on_behalf_of"]);
    json.null("pause_collection");
    payment_settings(json);
    json.nulls(&["pending_invoice_item_interval", "pending_setup_intent", "pending_update", "schedule"]);
    json.int("start_date", it.created);
    json.plain("status", it.state.name());
    json.nulls(&["test_clock", "transfer_data"]);
    json.int_or_null("trial_end", it.trial.map(|trial| trial.1));
    json.object("trial_settings", |json| {
        json.object("end_behavior", |json| json.plain("missing_payment_method", "create_invoice"));
    });
    json.int_or_null("trial_start", it.trial.map(|trial| trial.0));
    json.close_object();
}

fn invoice_settings(json: &mut Json) {
    json.object("invoice_settings", |json| {
        json.nulls(&["account_tax_ids", "custom_fields", "description", "footer"]);
        json.object("issuer", |json| json.plain("type", "self"));
    });
}

fn payment_settings(json: &mut Json) {
    json.object("payment_settings", |json| {
        json.nulls(&["payment_method_options", "payment_method_types"]);
        json.plain("save_default_payment_method", "off");
    });
}

pub fn item(json: &mut Json, view: View<'_>, index: u64, expand: &Expand) {
    let (customer, nth) = (index / MOST_ITEMS, index % MOST_ITEMS);
    let Some(it) = view.world.subscription(customer) else { return };
    let (price, quantity) = view.world.item(customer, nth);
    json.open_object();
    head(json, &view.id(Kind::SubscriptionItem, index), "subscription_item");
    json.null("billing_thresholds");
    json.int("created", it.created);
    json.int("current_period_end", it.period_end);
    json.int("current_period_start", it.period_start);
    super::later::no_discounts(json);
    empty_object(json, "metadata");
    json.key("plan");
    super::price::plan(json, view, price.index, expand.get("plan").unwrap_or(&crate::expand::NOTHING));
    json.key("price");
    super::price::price(json, view, price.index, expand.get("price").unwrap_or(&crate::expand::NOTHING));
    json.int("quantity", quantity);
    json.plain("subscription", &view.id(Kind::Subscription, customer));
    empty_array(json, "tax_rates");
    json.close_object();
}
