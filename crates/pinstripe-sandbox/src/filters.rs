//! The filters of each list: their names and shapes, the objects they can mean, and whether an object passes.
//!
//! An id that names another object is checked; other values just match nothing, as on the wire. Read next: `lists.rs`.

use crate::changes::View;
use crate::error::ApiError;
use crate::kind::Kind;
use crate::params::{Interval, Params};
use crate::render::{charge, event, file, invoice, later, subscription};
use crate::world::goods::Price;
use crate::world::membership::{MOST_ITEMS, State};
use crate::world::people::number_in_email;
use crate::world::sale::Sale;
use crate::world::{ADDED, LEDGER_SLOTS, World, ledger};

#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Handled by the list itself.
    Created,
    Range,
    /// The id of an object that must exist.
    Id(Kind),
    Text,
    Bool,
    OneOf(&'static [&'static str]),
    Array,
    Hash,
    /// Must be there.
    Required(Kind),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    Range(Interval),
    Index(Kind, u64),
    Text(String),
    Bool(bool),
    Texts(Vec<String>),
    Pairs(Vec<(String, String)>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    pub name: &'static str,
    pub wanted: Wanted,
    /// Asked for, not the list's own default.
    pub explicit: bool,
}

const STATUSES: &[&str] = &[
    "active",
    "past_due",
    "unpaid",
    "canceled",
    "incomplete",
    "incomplete_expired",
    "trialing",
    "all",
    "ended",
    "paused",
];
const PURPOSES: &[&str] = &[
    "account_requirement",
    "additional_verification",
    "business_icon",
    "business_logo",
    "customer_signature",
    "dispute_evidence",
    "document_provider_identity_document",
    "finance_report_run",
    "financial_account_statement",
    "identity_document",
    "identity_document_downloadable",
    "issuing_regulatory_reporting",
    "pci_document",
    "platform_terms_of_service",
    "selfie",
    "sigma_scheduled_query",
    "tax_document_user_upload",
    "terminal_android_apk",
    "terminal_reader_splashscreen",
    "terminal_wifi_certificate",
    "terminal_wifi_private_key",
];
const PRODUCT_OR_SHAPE: Shape = Shape::Id(Kind::Product);

/// The filters of a list besides paging and `expand`.
pub fn of(kind: Kind) -> &'static [(&'static str, Shape)] {
    use Shape::*;
    match kind {
        Kind::BalanceTransaction => &[
            ("created", Created),
            ("currency", Text),
            ("payout", Id(Kind::Payout)),
            ("source", Text),
            ("type", Text),
        ],
        Kind::Charge => &[
            ("created", Created),
            ("customer", Id(Kind::Customer)),
            ("payment_intent", Id(Kind::PaymentIntent)),
            ("transfer_group", Text),
        ],
        Kind::Customer => &[("created", Created), ("email", Text), ("test_clock", Text)],
        Kind::Dispute | Kind::Refund => {
            &[("charge", Id(Kind::Charge)), ("created", Created), ("payment_intent", Id(Kind::PaymentIntent))]
        }
        Kind::Event => &[("created", Created), ("delivery_success", Bool), ("type", Text), ("types", Array)],
        Kind::File => &[("created", Created), ("purpose", OneOf(PURPOSES))],
        Kind::Payout => &[
            ("arrival_date", Range),
            ("created", Created),
            ("destination", Text),
            ("status", OneOf(&["paid", "pending", "in_transit", "canceled", "failed"])),
        ],
        Kind::Transfer => {
            &[("created", Created), ("destination", Id(Kind::Account)), ("transfer_group", Text)]
        }
        _ => of_billing(kind),
    }
}

fn of_billing(kind: Kind) -> &'static [(&'static str, Shape)] {
    use Shape::*;
    match kind {
        Kind::Subscription => &[
            ("automatic_tax", Hash),
            ("collection_method", OneOf(&["charge_automatically", "send_invoice"])),
            ("created", Created),
            ("current_period_end", Range),
            ("current_period_start", Range),
            ("customer", Id(Kind::Customer)),
            ("customer_account", Text),
            ("plan", Id(Kind::Plan)),
            ("price", Id(Kind::Price)),
            ("status", OneOf(STATUSES)),
            ("test_clock", Text),
        ],
        Kind::SubscriptionItem => &[("subscription", Required(Kind::Subscription))],
        Kind::Invoice => &[
            ("collection_method", OneOf(&["charge_automatically", "send_invoice"])),
            ("created", Created),
            ("customer", Id(Kind::Customer)),
            ("customer_account", Text),
            ("due_date", Range),
            ("status", OneOf(&["draft", "open", "paid", "uncollectible", "void"])),
            ("subscription", Id(Kind::Subscription)),
        ],
        Kind::PaymentIntent => {
            &[("created", Created), ("customer", Id(Kind::Customer)), ("customer_account", Text)]
        }
        Kind::PaymentMethod => &[
            ("allow_redisplay", OneOf(&["always", "limited", "unspecified"])),
            ("customer", Id(Kind::Customer)),
            ("customer_account", Text),
            ("type", Text),
        ],
        Kind::Product => &[
            ("active", Bool),
            ("created", Created),
            ("ids", Array),
            ("shippable", Bool),
            ("type", OneOf(&["good", "service"])),
            ("url", Text),
        ],
        Kind::Price => &[
            ("active", Bool),
            ("created", Created),
            ("currency", Text),
            ("lookup_keys", Array),
            ("product", PRODUCT_OR_SHAPE),
            ("recurring", Hash),
            ("type", OneOf(&["one_time", "recurring"])),
        ],
        Kind::Plan => &[("active", Bool), ("created", Created), ("product", PRODUCT_OR_SHAPE)],
        Kind::Account | Kind::Coupon => &[("created", Created)],
        _ => &[],
    }
}

pub fn parse(view: View<'_>, kind: Kind, params: &Params) -> Result<Vec<Filter>, ApiError> {
    let mut filters = Vec::new();
    for (name, shape) in of(kind) {
        if !params.has(name) {
            if let Shape::Required(_) = shape {
                return Err(ApiError::missing_parameter(name));
            }
            continue;
        }
        let wanted = match shape {
            Shape::Created => continue,
            Shape::Range => Wanted::Range(params.interval(name)?.unwrap_or(Interval::ALL)),
            Shape::Bool => Wanted::Bool(params.bool(name)?.unwrap_or_default()),
            Shape::Array => Wanted::Texts(params.array(name)?),
            Shape::Hash => Wanted::Pairs(params.hash(name)?),
            Shape::Text => Wanted::Text(params.text(name)?.unwrap_or_default().to_owned()),
            Shape::OneOf(allowed) => {
                let value = params.text(name)?.unwrap_or_default();
                if !allowed.contains(&value) {
                    return Err(ApiError::invalid_enum(name, allowed));
                }
                Wanted::Text(value.to_owned())
            }
            Shape::Id(other) | Shape::Required(other) => {
                let id = params.text(name)?.unwrap_or_default();
                let index =
                    view.find(*other, id).ok_or_else(|| ApiError::no_such(*other, id, name, false))?;
                Wanted::Index(*other, index)
            }
        };
        filters.push(Filter { name, wanted, explicit: true });
    }
    if kind == Kind::Event && params.has("type") && params.has("types") {
        return Err(ApiError::bad_request("You may only specify one of these parameters: type, types."));
    }
    if kind == Kind::Subscription && !params.has("status") {
        let wanted = Wanted::Text("not canceled".to_owned());
        filters.push(Filter { name: "status", wanted, explicit: false });
    }
    Ok(filters)
}

/// All objects that a filter can mean, where arithmetic gives them; the caller still checks each.
pub fn candidates(view: View<'_>, kind: Kind, filters: &[Filter]) -> Option<Vec<u64>> {
    filters.iter().find_map(|filter| match &filter.wanted {
        Wanted::Index(other, index) => related(view, kind, (*other, *index)),
        Wanted::Text(text) => named(view, kind, filter.name, text),
        _ => None,
    })
}

fn related(view: View<'_>, kind: Kind, of: (Kind, u64)) -> Option<Vec<u64>> {
    let world = view.world;
    let ticks = |owner: u64| if owner < ADDED { world.ticks_of_customer(owner) } else { Vec::new() };
    let sale = |tick: u64| world.sale(tick);
    Some(match (kind, of) {
        (
            Kind::Charge | Kind::PaymentIntent | Kind::Invoice,
            (Kind::Customer | Kind::Subscription, owner),
        ) => ticks(owner),
        (Kind::Charge, (Kind::PaymentIntent, tick)) => vec![tick],
        (Kind::Refund, (Kind::Charge | Kind::PaymentIntent, tick)) => charge::refunds(view, &sale(tick)?),
        (Kind::Dispute, (Kind::Charge | Kind::PaymentIntent, tick)) => {
            world.dispute_of(&sale(tick)?).map(|dispute| dispute.index).into_iter().collect()
        }
        (Kind::Subscription, (Kind::Customer, owner)) => vec![owner],
        (Kind::SubscriptionItem, (Kind::Subscription, owner)) => subscription::items(view, owner),
        (Kind::PaymentMethod, (Kind::Customer, owner)) if owner < ADDED => vec![2 * owner],
        (Kind::BalanceTransaction, (Kind::Payout, index)) => {
            let slots =
                world.payout_ticks(index).flat_map(|tick| (0..LEDGER_SLOTS).map(move |slot| (tick, slot)));
            let mut entries: Vec<u64> = slots.map(|(tick, slot)| World::entry_index(tick, slot)).collect();
            if let Some(payout) = world.payout(index) {
                entries.push(World::entry_index(payout.tick, ledger::PAYOUT));
            }
            entries
        }
        _ => return None,
    })
}

fn named(view: View<'_>, kind: Kind, name: &str, text: &str) -> Option<Vec<u64>> {
    match (kind, name) {
        (Kind::Customer, "email") => {
            let mut found: Vec<u64> = view.changes.customers.keys().copied().collect();
            found.extend(number_in_email(text));
            Some(found)
        }
        (Kind::Customer | Kind::Subscription, "test_clock") | (_, "customer_account") => Some(Vec::new()),
        (Kind::Charge | Kind::Transfer, "transfer_group") => {
            let tick = text.strip_prefix("group_").and_then(|id| view.find(Kind::PaymentIntent, id));
            let block = |tick: u64| if kind == Kind::Charge { tick } else { tick / crate::world::BLOCK };
            Some(tick.map(block).into_iter().collect())
        }
        (Kind::BalanceTransaction, "source") => Some(of_source(view, text)),
        _ => None,
    }
}

/// The balance transactions of a source. An id of a dispute finds nothing, as on the wire.
fn of_source(view: View<'_>, id: &str) -> Vec<u64> {
    let world = view.world;
    let entry = World::entry_index;
    if let Some(tick) = view.find(Kind::Charge, id) {
        return vec![entry(tick, ledger::CHARGE)];
    }
    if let Some(index) = view.find(Kind::Refund, id) {
        return match world.refund(index) {
            Some(refund) => vec![entry(refund.tick, ledger::REFUND)],
            None => vec![index],
        };
    }
    if let Some(payout) = view.find(Kind::Payout, id).and_then(|index| world.payout(index)) {
        let failed = payout.failed.map(|tick| entry(tick, ledger::PAYOUT_FAILURE));
        return failed.into_iter().chain([entry(payout.tick, ledger::PAYOUT)]).collect();
    }
    if let Some(transfer) = view.find(Kind::Transfer, id).and_then(|index| world.transfer(index)) {
        return vec![entry(transfer.tick, ledger::TRANSFER)];
    }
    if let Some(index) = view.find(Kind::TransferReversal, id) {
        return vec![entry(world.reversal_tick(index), ledger::REVERSAL)];
    }
    Vec::new()
}

fn wants(wanted: &Wanted, value: &str) -> bool {
    matches!(wanted, Wanted::Text(text) if text == value)
}

/// Whether an object at this place could pass, by its place alone; this spares looking at most of them.
pub fn possible(kind: Kind, index: u64, filter: &Filter) -> bool {
    match (kind, filter.name, &filter.wanted) {
        (Kind::BalanceTransaction, "type", Wanted::Text(text)) if index < ADDED => {
            ledger::kinds_at(index % LEDGER_SLOTS).contains(&text.as_str())
        }
        _ => true,
    }
}

/// Whether an object, which exists, passes a filter.
pub fn matches(view: View<'_>, kind: Kind, index: u64, filter: &Filter) -> bool {
    let wanted = &filter.wanted;
    let sale = || view.world.sale(index);
    match (kind, filter.name) {
        (Kind::BalanceTransaction, _) => entry_matches(view, index, filter),
        (Kind::Charge | Kind::PaymentIntent | Kind::Invoice, _) => {
            sale().is_some_and(|sale| sale_matches(view, kind, &sale, filter))
        }
        (Kind::Customer, "email") => {
            match view.changes.customers.get(&index).and_then(|it| it.fields.get("email")) {
                Some(value) => value.as_str().is_some_and(|value| wants(wanted, value)),
                None if index >= ADDED => false,
                None => view.world.customer_email(index).is_some_and(|email| wants(wanted, &email)),
            }
        }
        (Kind::Event, _) => event_matches(view, index, filter),
        (Kind::File, "purpose") => wants(wanted, file::purpose(view, index).0),
        (Kind::Payout, name) => view.world.payout(index).is_some_and(|payout| match (name, wanted) {
            ("status", wanted) => wants(wanted, payout.status),
            ("arrival_date", Wanted::Range(range)) => range.holds(payout.arrival),
            _ => wants(wanted, &view.id(Kind::BankAccount, payout.currency_index as u64)),
        }),
        (Kind::Transfer, "destination") => view
            .world
            .transfer(index)
            .is_some_and(|transfer| *wanted == Wanted::Index(Kind::Account, transfer.account)),
        (Kind::Subscription, _) => subscription_matches(view, index, filter),
        (Kind::Product | Kind::Price | Kind::Plan, _) => goods_match(view, kind, index, filter),
        (Kind::PaymentMethod, "type") => {
            index.is_multiple_of(2) && wants(wanted, view.world.customer_method(index / 2).name())
        }
        (Kind::PaymentMethod, "allow_redisplay") => {
            wants(wanted, if index.is_multiple_of(2) { "always" } else { "unspecified" })
        }
        // Candidates were exact.
        _ => true,
    }
}

fn entry_matches(view: View<'_>, index: u64, filter: &Filter) -> bool {
    let Some(entry) = later::entry(view, index) else { return false };
    match (filter.name, &filter.wanted) {
        ("currency", wanted) => wants(wanted, view.world.entry_currency(&entry)),
        ("type", wanted) => wants(wanted, entry.kind),
        ("payout", Wanted::Index(_, payout)) => {
            let own = entry.source == (Kind::Payout, *payout) && entry.kind == "payout";
            let taken = index < ADDED
                && ledger::is_paid_out(index % LEDGER_SLOTS)
                && view.world.payout_taking(entry.tick, entry.currency_index) == Some(*payout);
            own || taken
        }
        _ => true,
    }
}

fn sale_matches(view: View<'_>, kind: Kind, sale: &Sale, filter: &Filter) -> bool {
    match (filter.name, &filter.wanted) {
        ("customer" | "subscription", Wanted::Index(_, owner)) => sale.customer == Some(*owner),
        ("transfer_group", wanted) => charge::group(view, sale).is_some_and(|group| wants(wanted, &group)),
        ("status", wanted) if kind == Kind::Invoice => wants(wanted, invoice::status(view, sale)),
        ("collection_method", wanted) => wants(wanted, "charge_automatically"),
        // Invoices that are charged have no due date.
        ("due_date", _) => false,
        _ => true,
    }
}

fn event_matches(view: View<'_>, index: u64, filter: &Filter) -> bool {
    let name = match view.changes.event(index) {
        Some(added) => added.kind.as_str(),
        None => match view.world.event(index) {
            Some(event) => event.kind,
            None => return false,
        },
    };
    match &filter.wanted {
        Wanted::Bool(delivered) => (event::pending_webhooks(index) == 0 || index >= ADDED) == *delivered,
        Wanted::Texts(types) => types.iter().any(|wanted| wanted == name),
        Wanted::Text(wanted) => match wanted.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None => wanted == name,
        },
        _ => true,
    }
}

fn subscription_matches(view: View<'_>, index: u64, filter: &Filter) -> bool {
    let state = subscription::state(view, index);
    if filter.name == "status" {
        let Wanted::Text(status) = &filter.wanted else { return true };
        return match status.as_str() {
            "all" => true,
            "ended" => matches!(state, State::Canceled | State::IncompleteExpired),
            "not canceled" => state != State::Canceled,
            status => status == state.name(),
        };
    }
    let Some(it) = view.world.subscription(index) else { return false };
    match (filter.name, &filter.wanted) {
        ("current_period_start", Wanted::Range(range)) => range.holds(it.period_start),
        ("current_period_end", Wanted::Range(range)) => range.holds(it.period_end),
        ("price" | "plan", Wanted::Index(_, price)) => {
            (0..it.items.min(MOST_ITEMS)).any(|nth| view.world.item(index, nth).0.index == *price)
        }
        ("collection_method", wanted) => {
            wants(wanted, if it.sends_invoice { "send_invoice" } else { "charge_automatically" })
        }
        ("automatic_tax", Wanted::Pairs(pairs)) => {
            pairs.iter().all(|(name, value)| name != "enabled" || (value == "true") == (index % 30 == 4))
        }
        _ => true,
    }
}

fn goods_match(view: View<'_>, kind: Kind, index: u64, filter: &Filter) -> bool {
    let price = Price::at(index);
    let service = index < crate::world::goods::SERVICES;
    match (kind, filter.name, &filter.wanted) {
        (Kind::Product, "active", Wanted::Bool(active)) => (index != 12) == *active,
        (Kind::Product, "shippable", Wanted::Bool(shippable)) => service != *shippable,
        (Kind::Product, "type", wanted) => wants(wanted, if service { "service" } else { "good" }),
        (Kind::Product, "url", _) => false,
        (Kind::Product, _, Wanted::Texts(ids)) => ids.iter().any(|id| **id == *view.id(kind, index)),
        (_, "active", Wanted::Bool(active)) => price.active() == *active,
        (_, "currency", wanted) => wants(wanted, price.currency_code()),
        (_, "product", Wanted::Index(_, product)) => price.product == *product,
        (_, "type", wanted) => wants(wanted, if price.recurring() { "recurring" } else { "one_time" }),
        (_, "lookup_keys", Wanted::Texts(keys)) => {
            crate::render::price::lookup_key(&price).is_some_and(|key| keys.contains(&key))
        }
        (_, "recurring", Wanted::Pairs(pairs)) => {
            price.recurring()
                && pairs.iter().all(|(name, value)| match name.as_str() {
                    "interval" => (value == "year") == price.yearly,
                    _ => true,
                })
        }
        _ => true,
    }
}
