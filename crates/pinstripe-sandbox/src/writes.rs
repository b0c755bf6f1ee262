//! The few writes: customers, refunds, a charge's metadata and description, and the end of a subscription.
//!
//! Each is laid over the business and makes the events that Stripe makes. An idempotency key gives the first answer
//! again. Everything else that Stripe can write is an unrecognized URL here. Read next: `changes.rs`.

use std::sync::PoisonError;

use serde_json::{Map, Value};

use crate::answer::Answer;
use crate::changes::{AddedEvent, AddedRefund, Changes, CustomerChange, View};
use crate::endpoint::Endpoint;
use crate::error::ApiError;
use crate::expand::{Expand, NOTHING};
use crate::kind::Kind;
use crate::lists;
use crate::params::Params;
use crate::render;
use crate::render::subscription;
use crate::routes::{Asked, whole};
use crate::state::{Books, Replay, State};
use crate::world::membership::State as SubscriptionState;
use crate::world::{ADDED, World};

const MOST_REPLAYS: usize = 10_000;
const CUSTOMER_FIELDS: [&str; 4] = ["description", "email", "name", "phone"];

pub fn answer(state: &State, books: &Books, endpoint: &Endpoint, asked: &Asked) -> Result<Answer, ApiError> {
    let Some(key) = &asked.idempotency_key else { return carry_out(state, books, endpoint, asked) };
    let request = format!("{} {} {}", asked.method, asked.path, asked.raw);
    // Held until the write is done, so that the same key at the same time does it once.
    let mut replays = state.replays.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(replay) = replays.get(key) {
        if replay.request != request {
            return Err(ApiError::idempotency(key));
        }
        let mut answer = Answer::ok(replay.body.clone());
        answer.status = replay.status;
        answer.extra = vec![
            ("idempotency-key", key.clone()),
            ("original-request", replay.request_id.clone()),
            ("idempotent-replayed", "true".to_owned()),
        ];
        return Ok(answer);
    }
    let mut answer = carry_out(state, books, endpoint, asked)?;
    answer.extra = vec![("idempotency-key", key.clone()), ("original-request", asked.request_id.clone())];
    let replay = Replay {
        request,
        body: answer.body.clone(),
        status: answer.status,
        request_id: asked.request_id.clone(),
    };
    // Stripe forgets keys after a day; here, when there are very many.
    if replays.len() >= MOST_REPLAYS {
        replays.clear();
    }
    replays.insert(key.clone(), replay);
    Ok(answer)
}

fn carry_out(state: &State, books: &Books, endpoint: &Endpoint, asked: &Asked) -> Result<Answer, ApiError> {
    let now = state.now();
    let body = books.write(|world, changes| {
        let mut write = Write { world, changes, now, asked };
        match endpoint {
            Endpoint::Create(Kind::Customer) => write.create_customer(),
            Endpoint::Update(Kind::Customer, id) => write.update_customer(id),
            Endpoint::Delete(Kind::Customer, id) => write.delete_customer(id),
            Endpoint::Create(Kind::Refund) => write.create_refund(),
            Endpoint::Update(Kind::Charge, id) => write.update_charge(id),
            Endpoint::Delete(Kind::Subscription, id) => write.cancel_subscription(id),
            _ => Err(ApiError::unknown_url(asked.method.as_str(), &asked.path)),
        }
    })?;
    let mut answer = Answer::ok(body);
    answer.should_retry = Some(false);
    Ok(answer)
}

struct Write<'a> {
    world: &'a World,
    changes: &'a mut Changes,
    now: i64,
    asked: &'a Asked,
}

impl Write<'_> {
    fn view(&self) -> View<'_> {
        View { world: self.world, changes: self.changes }
    }

    fn params(&self) -> &Params {
        &self.asked.params
    }

    fn find(&self, kind: Kind, id: &str) -> Result<u64, ApiError> {
        let found = self.view().find(kind, id).filter(|index| !self.view().deleted(kind, *index));
        found.ok_or_else(|| ApiError::no_such(kind, id, kind.names().param, true))
    }

    fn checked(&self, kind: Kind, known: &[&str]) -> Result<Expand, ApiError> {
        let expand = lists::expansions(kind, false, self.params())?;
        lists::refuse_unknown(self.params(), &|name| name == "expand" || known.contains(&name))?;
        Ok(expand)
    }

    fn object(&self, kind: Kind, index: u64, expand: &Expand) -> Vec<u8> {
        whole(|json| render::object(json, self.view(), kind, index, expand))
    }

    fn value(&self, kind: Kind, index: u64) -> Value {
        serde_json::from_slice(&self.object(kind, index, &NOTHING)).unwrap_or_default()
    }

    fn event(&mut self, kind: &str, object: Value, before: Option<&Value>) {
        let previous = before.map(|before| differences(before, &object));
        self.changes.events.push(AddedEvent {
            created: self.now,
            kind: kind.to_owned(),
            object,
            previous,
            request: self.asked.request_id.clone(),
            idempotency_key: self.asked.idempotency_key.clone(),
        });
    }

    fn metadata(&self, base: Map<String, Value>) -> Result<Option<Map<String, Value>>, ApiError> {
        if !self.params().has("metadata") {
            return Ok(None);
        }
        let mut metadata = base;
        for (key, value) in self.params().hash("metadata")? {
            // An empty value removes the key.
            if value.is_empty() {
                metadata.remove(&key);
            } else {
                metadata.insert(key, Value::String(value));
            }
        }
        Ok(Some(metadata))
    }

    fn customer_fields(&self, base: Map<String, Value>) -> Result<Map<String, Value>, ApiError> {
        let mut fields = Map::new();
        for name in CUSTOMER_FIELDS {
            if let Some(value) = self.params().text(name)? {
                fields.insert(name.to_owned(), if value.is_empty() { Value::Null } else { value.into() });
            }
        }
        if let Some(balance) = self.params().int("balance")? {
            fields.insert("balance".to_owned(), balance.into());
        }
        if let Some(metadata) = self.metadata(base)? {
            fields.insert("metadata".to_owned(), Value::Object(metadata));
        }
        Ok(fields)
    }

    fn create_customer(&mut self) -> Result<Vec<u8>, ApiError> {
        let expand =
            self.checked(Kind::Customer, &["description", "email", "name", "phone", "balance", "metadata"])?;
        let fields = self.customer_fields(Map::new())?;
        let index = ADDED + self.changes.added_customers;
        let change = CustomerChange { deleted: false, created: Some(self.now), fields };
        self.changes.customers.insert(index, change);
        self.changes.added_customers += 1;
        let object = self.value(Kind::Customer, index);
        self.event("customer.created", object, None);
        Ok(self.object(Kind::Customer, index, &expand))
    }

    fn update_customer(&mut self, id: &str) -> Result<Vec<u8>, ApiError> {
        let expand =
            self.checked(Kind::Customer, &["description", "email", "name", "phone", "balance", "metadata"])?;
        let index = self.find(Kind::Customer, id)?;
        let before = self.value(Kind::Customer, index);
        let base = before.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
        let fields = self.customer_fields(base)?;
        self.changes.customers.entry(index).or_default().fields.extend(fields);
        let after = self.value(Kind::Customer, index);
        if after != before {
            self.event("customer.updated", after, Some(&before));
        }
        Ok(self.object(Kind::Customer, index, &expand))
    }

    fn delete_customer(&mut self, id: &str) -> Result<Vec<u8>, ApiError> {
        self.checked(Kind::Customer, &[])?;
        let index = self.find(Kind::Customer, id)?;
        let before = self.value(Kind::Customer, index);
        let subscribed = index < ADDED
            && self.world.subscribed(index)
            && subscription::state(self.view(), index) != SubscriptionState::Canceled;
        if subscribed {
            self.cancel(index);
        }
        self.changes.customers.entry(index).or_default().deleted = true;
        self.event("customer.deleted", before, None);
        Ok(self.object(Kind::Customer, index, &NOTHING))
    }

    fn create_refund(&mut self) -> Result<Vec<u8>, ApiError> {
        let expand =
            self.checked(Kind::Refund, &["charge", "payment_intent", "amount", "reason", "metadata"])?;
        let (kind, name) = if self.params().has("charge") {
            (Kind::Charge, "charge")
        } else {
            (Kind::PaymentIntent, "payment_intent")
        };
        let Some(id) = self.params().text(name)?.map(str::to_owned) else {
            return Err(ApiError::bad_request(
                "One of the following params should be provided for this request: payment_intent or charge.",
            ));
        };
        let charge = self.view().find(kind, &id).ok_or_else(|| ApiError::no_such(kind, &id, name, false))?;
        let reason = self.params().text("reason")?.map(str::to_owned);
        const REASONS: &[&str] = &["duplicate", "fraudulent", "requested_by_customer"];
        if reason.as_deref().is_some_and(|reason| !REASONS.contains(&reason)) {
            return Err(ApiError::invalid_enum("reason", REASONS));
        }
        let wanted = self.params().int("amount")?;
        let metadata = self.metadata(Map::new())?.unwrap_or_default();
        let amount = self.refundable(charge, wanted)?;
        let index = ADDED + self.changes.refunds.len() as u64;
        self.changes.refunds.push(AddedRefund { charge, amount, created: self.now, reason, metadata });
        self.changes.charges.entry(charge).or_default().refunds.push(index);
        let object = self.value(Kind::Refund, index);
        self.event("refund.created", object, None);
        let after = self.value(Kind::Charge, charge);
        self.event("charge.refunded", after, None);
        Ok(self.object(Kind::Refund, index, &expand))
    }

    fn refundable(&self, charge: u64, wanted: Option<i64>) -> Result<i64, ApiError> {
        let id = self.view().id(Kind::Charge, charge);
        let left = match self.world.sale(charge).filter(crate::world::sale::Sale::earned) {
            Some(sale) => sale.amount - render::charge::amount_refunded(self.view(), &sale),
            None => 0,
        };
        match wanted.unwrap_or(left) {
            _ if left == 0 => Err(ApiError::charge_already_refunded(&id)),
            amount if amount < 1 => Err(ApiError::invalid_integer("amount", &amount.to_string())),
            amount if amount > left => Err(ApiError::bad_request(format!(
                "Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
            ))
            .param("amount")),
            amount => Ok(amount),
        }
    }

    fn update_charge(&mut self, id: &str) -> Result<Vec<u8>, ApiError> {
        let expand = self.checked(Kind::Charge, &["description", "metadata"])?;
        let index = self.find(Kind::Charge, id)?;
        let before = self.value(Kind::Charge, index);
        let base = before.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
        let metadata = self.metadata(base)?;
        let description = self.params().text("description")?.map(|text| match text {
            "" => Value::Null,
            text => text.into(),
        });
        let change = self.changes.charges.entry(index).or_default();
        if metadata.is_some() {
            change.metadata = metadata;
        }
        if description.is_some() {
            change.description = description;
        }
        let after = self.value(Kind::Charge, index);
        if after != before {
            self.event("charge.updated", after, Some(&before));
        }
        Ok(self.object(Kind::Charge, index, &expand))
    }

    fn cancel_subscription(&mut self, id: &str) -> Result<Vec<u8>, ApiError> {
        let expand = self.checked(Kind::Subscription, &["cancellation_details", "invoice_now", "prorate"])?;
        let index = self.find(Kind::Subscription, id)?;
        if subscription::state(self.view(), index) == SubscriptionState::Canceled {
            return Err(ApiError::no_such(Kind::Subscription, id, "id", true));
        }
        self.cancel(index);
        Ok(self.object(Kind::Subscription, index, &expand))
    }

    fn cancel(&mut self, index: u64) {
        self.changes.canceled.insert(index, self.now);
        let object = self.value(Kind::Subscription, index);
        self.event("customer.subscription.deleted", object, None);
    }
}

/// `previous_attributes`: the earlier values of what is different now, hashes by their members.
fn differences(before: &Value, after: &Value) -> Value {
    let (Value::Object(before), Value::Object(after)) = (before, after) else { return before.clone() };
    let mut previous = Map::new();
    for (name, new) in after {
        let old = before.get(name).unwrap_or(&Value::Null);
        if old == new {
            continue;
        }
        let shown = if old.is_object() && new.is_object() { differences(old, new) } else { old.clone() };
        previous.insert(name.clone(), shown);
    }
    for (name, old) in before.iter().filter(|(name, _)| !after.contains_key(*name)) {
        previous.insert(name.clone(), old.clone());
    }
    Value::Object(previous)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn previous_attributes_name_what_changed() {
        let before = json!({"name": null, "metadata": {"a": "1", "gone": "2"}, "email": "x"});
        let after = json!({"name": "N", "metadata": {"a": "1", "k": "v"}, "email": "x"});
        assert_eq!(differences(&before, &after), json!({"name": null, "metadata": {"k": null, "gone": "2"}}));
    }
}
