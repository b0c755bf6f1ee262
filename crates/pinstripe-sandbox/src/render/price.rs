//! Writes what is sold: products, prices, plans, coupons.
//!
//! A plan is a recurring price under its older name, with the same id. Read next: `subscription.rs`.

use super::{empty_array, empty_object, head, reference};
use crate::changes::View;
use crate::expand::Expand;
use crate::json::Json;
use crate::kind::Kind;
use crate::world::goods::{PRODUCTS, Price, SERVICES};

pub fn product(json: &mut Json, view: View<'_>, index: u64, expand: &Expand) {
    let Some(product) = PRODUCTS.get(index as usize) else { return };
    json.open_object();
    head(json, &view.id(Kind::Product, index), "product");
    json.bool("active", index != 12);
    json.int("created", view.created(Kind::Product, index));
    reference(json, view, "default_price", Some((Kind::Price, Price::of(index, 0, false).index)), expand);
    json.str_or_null("description", product.description);
    empty_array(json, "images");
    json.bool("livemode", view.world.livemode);
    empty_array(json, "marketing_features");
    match index % 3 {
        0 => json.object("metadata", |json| json.str("sku", &format!("LW-{index:03}"))),
        _ => empty_object(json, "metadata"),
    }
    json.str("name", product.name);
    json.null("package_dimensions");
    if index < SERVICES {
        json.null("shippable");
    } else {
        json.bool("shippable", true);
    }
    json.nulls(&["statement_descriptor", "tax_code"]);
    json.plain("type", if index < SERVICES { "service" } else { "good" });
    json.plain_or_null("unit_label", (index == 4).then_some("seat"));
    json.int("updated", view.created(Kind::Product, index));
    json.null("url");
    json.close_object();
}

pub fn price(json: &mut Json, view: View<'_>, index: u64, expand: &Expand) {
    let price = Price::at(index);
    json.open_object();
    head(json, &view.id(Kind::Price, index), "price");
    json.bool("active", price.active());
    json.plain("billing_scheme", "per_unit");
    json.int("created", view.created(Kind::Price, index));
    json.plain("currency", price.currency_code());
    json.null("custom_unit_amount");
    json.bool("livemode", view.world.livemode);
    json.plain_or_null("lookup_key", lookup_key(&price).as_deref());
    empty_object(json, "metadata");
    json.plain_or_null("nickname", (price.recurring() && price.yearly).then_some("yearly, two months free"));
    reference(json, view, "product", Some((Kind::Product, price.product)), expand);
    if price.recurring() {
        json.object("recurring", |json| {
            json.plain("interval", interval(&price));
            json.int("interval_count", 1);
            json.nulls(&["meter", "trial_period_days"]);
            json.plain("usage_type", "licensed");
        });
    } else {
        json.null("recurring");
    }
    json.plain("tax_behavior", if price.currency == 0 { "unspecified" } else { "inclusive" });
    json.nulls(&["tiers_mode", "transform_quantity"]);
    json.plain("type", if price.recurring() { "recurring" } else { "one_time" });
    json.int("unit_amount", price.amount());
    json.plain("unit_amount_decimal", &price.amount().to_string());
    json.close_object();
}

pub fn lookup_key(price: &Price) -> Option<String> {
    price
        .index
        .is_multiple_of(5)
        .then(|| format!("lw_{}_{}_{}", price.product, price.currency_code(), price.yearly))
}

fn interval(price: &Price) -> &'static str {
    if price.yearly { "year" } else { "month" }
}

pub fn plan(json: &mut Json, view: View<'_>, index: u64, expand: &Expand) {
    let price = Price::at(index);
    json.open_object();
    head(json, &view.id(Kind::Plan, index), "plan");
    json.bool("active", price.active());
    json.int("amount", price.amount());
    json.plain("amount_decimal", &price.amount().to_string());
    json.plain("billing_scheme", "per_unit");
    json.int("created", view.created(Kind::Plan, index));
    json.plain("currency", price.currency_code());
    json.plain("interval", interval(&price));
    json.int("interval_count", 1);
    json.bool("livemode", view.world.livemode);
    empty_object(json, "metadata");
    json.null("meter");
    json.plain_or_null("nickname", price.yearly.then_some("yearly, two months free"));
    reference(json, view, "product", Some((Kind::Product, price.product)), expand);
    json.nulls(&["tiers_mode", "transform_usage", "trial_period_days"]);
    json.plain("usage_type", "licensed");
    json.close_object();
}

pub fn coupon(json: &mut Json, view: View<'_>, index: u64) {
    json.open_object();
    head(json, &view.id(Kind::Coupon, index), "coupon");
    let percent = index.is_multiple_of(2);
    json.int_or_null("amount_off", (!percent).then_some(500));
    json.int("created", view.created(Kind::Coupon, index));
    json.plain_or_null("currency", (!percent).then_some("usd"));
    json.plain("duration", if index == 0 { "forever" } else { "repeating" });
    json.int_or_null("duration_in_months", (index != 0).then_some(3));
    json.bool("livemode", view.world.livemode);
    json.null("max_redemptions");
    empty_object(json, "metadata");
    json.str("name", ["25.5% off", "Five off", "Spring", "Høst", "Friends"][index as usize % 5]);
    if percent {
        json.token("percent_off", "25.5");
    } else {
        json.null("percent_off");
    }
    json.null("redeem_by");
    json.int("times_redeemed", index as i64 * 3);
    json.bool("valid", true);
    json.close_object();
}
