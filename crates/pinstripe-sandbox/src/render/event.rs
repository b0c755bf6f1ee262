//! Writes events.
//!
//! `data.object` of a computed event is the object as it is now, except that a charge is shown without what came later.
//! Events of changes by request keep the object as it was then. Read next: `../world/history.rs`.

use super::{charge, head, object};
use crate::changes::View;
use crate::dice::Topic;
use crate::expand::NOTHING;
use crate::ident::letters;
use crate::json::Json;
use crate::kind::Kind;
use crate::server::API_VERSION;

pub fn event(json: &mut Json, view: View<'_>, index: u64) {
    if let Some(added) = view.changes.event(index) {
        return added_event(json, view, index, added);
    }
    let Some(event) = view.world.event(index) else { return };
    json.open_object();
    head(json, &view.id(Kind::Event, index), "event");
    json.plain("api_version", API_VERSION);
    json.int("created", view.created(Kind::Event, index));
    json.object("data", |json| {
        json.key("object");
        match event.about {
            (Kind::Charge, tick) => charge::charge(json, view, tick, &NOTHING, event.moment),
            (kind, about) => object(json, view, kind, about, &NOTHING),
        }
        if !event.previous.is_empty() {
            json.object("previous_attributes", |json| {
                for (name, value) in event.previous {
                    json.token(name, value);
                }
            });
        }
    });
    json.bool("livemode", view.world.livemode);
    json.int("pending_webhooks", pending_webhooks(index));
    json.object("request", |json| {
        let dice = view.world.dice(Topic::Request, index);
        json.plain_or_null("id", event.requested.then(|| format!("req_{}", letters(dice, 14))).as_deref());
        json.null("idempotency_key");
    });
    json.plain("type", event.kind);
    json.close_object();
}

/// A few newest-looking events were not delivered to every endpoint.
pub fn pending_webhooks(index: u64) -> i64 {
    i64::from(index % 97 == 5)
}

fn added_event(json: &mut Json, view: View<'_>, index: u64, added: &crate::changes::AddedEvent) {
    json.open_object();
    head(json, &view.id(Kind::Event, index), "event");
    json.plain("api_version", API_VERSION);
    json.int("created", added.created);
    json.object("data", |json| {
        json.key("object");
        json.value(&added.object);
        if let Some(previous) = &added.previous {
            json.key("previous_attributes");
            json.value(previous);
        }
    });
    json.bool("livemode", view.world.livemode);
    json.int("pending_webhooks", 0);
    json.object("request", |json| {
        json.plain("id", &added.request);
        json.str_or_null("idempotency_key", added.idempotency_key.as_deref());
    });
    json.plain("type", &added.kind);
    json.close_object();
}
