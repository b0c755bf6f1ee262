//! Object schemas of the specification -> the catalog's. Follows every reference from the lists,
//! merges unions of objects into one struct, and marks what the overlay says about fields.
//!
//! Read next: `data_types` for the lists, `pinstripe_catalog::model` for the result's shape.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use pinstripe_catalog::{Field, FieldKind, Schema};
use serde_json::Value;

use super::overlay::Overlay;
use super::spec::{Spec, enum_values, nested_list_entry, schema_name};

/// Collects the schemas that lists can reach.
pub struct SchemaCollector<'spec> {
    spec: &'spec Spec,
    overlay: &'spec Overlay,
    collected: BTreeMap<String, Schema>,
    /// Schemas being built further up the call stack; the specification is recursive.
    started: BTreeSet<String>,
}

impl<'spec> SchemaCollector<'spec> {
    pub fn new(spec: &'spec Spec, overlay: &'spec Overlay) -> Self {
        SchemaCollector { spec, overlay, collected: BTreeMap::new(), started: BTreeSet::new() }
    }

    pub fn finish(self) -> BTreeMap<String, Schema> {
        self.collected
    }

    pub fn insert(&mut self, name: &str, schema: Schema) {
        self.collected.insert(name.to_owned(), schema);
    }

    /// Collects what an entry of a list is and returns the name of its schema.
    pub fn entry(&mut self, entry: &Value, owner: &str) -> Result<String> {
        match self.kind(entry, owner, "data")? {
            FieldKind::Object(name) => Ok(name),
            other => anyhow::bail!("an entry of {owner} is {other:?}, expected an object"),
        }
    }

    fn kind(&mut self, schema: &Value, owner: &str, field: &str) -> Result<FieldKind> {
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            return self.reference(schema_name(reference)?);
        }
        if let Some(resources) = schema["x-expansionResources"]["oneOf"].as_array() {
            let names = reference_names(resources)?;
            return match names.is_empty() {
                true => Ok(FieldKind::String),
                false => Ok(FieldKind::Expandable(self.union(&names)?)),
            };
        }
        if let Some(options) = schema.get("anyOf").and_then(Value::as_array) {
            return self.any_of(options, owner, field);
        }
        if let Some(entry) = nested_list_entry(schema) {
            return Ok(FieldKind::NestedList(self.entry(entry, &format!("{owner}.{field}"))?));
        }
        match schema.get("type").and_then(Value::as_str) {
            Some("string") => Ok(string_kind(schema)),
            Some("boolean") => Ok(FieldKind::Boolean),
            Some("number") => Ok(FieldKind::Number),
            Some("integer") => Ok(match schema.get("format").and_then(Value::as_str) {
                Some("unix-time") => FieldKind::Timestamp,
                _ => FieldKind::Integer,
            }),
            Some("array") => {
                let items = schema.get("items").with_context(|| format!("{owner}.{field} has no items"))?;
                Ok(FieldKind::Array(Box::new(self.kind(items, owner, field)?)))
            }
            Some("object") => self.object(schema, owner, field),
            _ => Ok(FieldKind::Json),
        }
    }

    fn any_of(&mut self, options: &[Value], owner: &str, field: &str) -> Result<FieldKind> {
        // `""` stands among the options of fields that can be cleared; it is never answered.
        let options: Vec<&Value> =
            options.iter().filter(|option| option["enum"] != serde_json::json!([""])).collect();
        if let [only] = options.as_slice() {
            return self.kind(only, owner, field);
        }
        if options.iter().all(|option| option.get("$ref").is_some()) {
            let names = reference_names(options.iter().copied())?;
            return Ok(FieldKind::Object(self.union(&names)?));
        }
        let mut kinds = Vec::new();
        for option in options {
            kinds.push(self.kind(option, owner, field)?);
        }
        Ok(kinds.into_iter().reduce(merge_kinds).unwrap_or(FieldKind::Json))
    }

    fn object(&mut self, schema: &Value, owner: &str, field: &str) -> Result<FieldKind> {
        if schema.get("properties").and_then(Value::as_object).is_some_and(|map| !map.is_empty()) {
            let name = format!("{owner}.{field}");
            return self.build(&name, schema).map(|()| FieldKind::Object(name));
        }
        match schema.get("additionalProperties") {
            Some(values) if values.is_object() => {
                Ok(FieldKind::Map(Box::new(self.kind(values, owner, field)?)))
            }
            _ => Ok(FieldKind::Json),
        }
    }

    fn reference(&mut self, name: &str) -> Result<FieldKind> {
        let target = self.spec.schemas()?.get(name).with_context(|| format!("no schema is called {name}"))?;
        if let Some(options) = target.get("anyOf").and_then(Value::as_array) {
            let names = reference_names(options)?;
            return Ok(FieldKind::Object(self.union(&names)?));
        }
        if target["properties"].as_object().is_none_or(serde_json::Map::is_empty) {
            // An object without fields cannot be a column of fields; its text can be kept.
            return Ok(FieldKind::Json);
        }
        self.build(name, target)?;
        Ok(FieldKind::Object(name.to_owned()))
    }

    /// One schema that can hold any of several objects: all their fields.
    fn union(&mut self, names: &[String]) -> Result<String> {
        let mut members = Vec::new();
        for name in names {
            if let FieldKind::Object(member) = self.reference(name)? {
                members.push(member);
            }
        }
        members.dedup();
        let union_name = members.join("|");
        if members.len() == 1 || self.started.contains(&union_name) {
            return Ok(union_name);
        }
        self.started.insert(union_name.clone());
        // Members of a recursive union may still be under construction: build them apart.
        let mut merged: Vec<Field> = Vec::new();
        for member in &members {
            let schema = self.spec.schemas()?.get(member.as_str());
            let fields = match schema {
                Some(schema) => self.fields(member, schema)?,
                None => self.collected[member].fields.clone(),
            };
            merge_fields(&mut merged, fields);
        }
        self.collected.insert(union_name.clone(), Schema { object: None, fields: merged });
        Ok(union_name)
    }

    fn build(&mut self, name: &str, schema: &Value) -> Result<()> {
        if !self.started.insert(name.to_owned()) {
            return Ok(());
        }
        let fields = self.fields(name, schema)?;
        let object = schema
            .get("x-resourceId")
            .and_then(Value::as_str)
            .or_else(|| schema["properties"]["object"]["enum"].get(0).and_then(Value::as_str));
        self.collected.insert(name.to_owned(), Schema { object: object.map(str::to_owned), fields });
        Ok(())
    }

    fn fields(&mut self, name: &str, schema: &Value) -> Result<Vec<Field>> {
        let properties =
            schema["properties"].as_object().with_context(|| format!("{name} has no properties"))?;
        let required: BTreeSet<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let variants = union_variants(schema);
        let common = self.overlay.common_variants.get(name);
        let rare = self.overlay.sparse_fields.get(name);
        let mut fields = Vec::new();
        for (field_name, property) in properties {
            let mut kind = self.kind(property, name, field_name)?;
            let full_name = format!("{name}.{field_name}");
            if kind == FieldKind::Integer && self.overlay.timestamps.fields.contains(&full_name) {
                kind = FieldKind::Timestamp;
            }
            let is_common = common.is_some_and(|list| list.contains(field_name));
            let is_rare = rare.is_some_and(|list| list.contains(field_name));
            fields.push(Field {
                currency_field: self.currency_field(&full_name, field_name, &kind),
                nullable: property["nullable"].as_bool().unwrap_or(false)
                    && !absent_unless_expanded(&kind, &required, field_name),
                required: required.contains(field_name.as_str()),
                sparse: is_rare || (variants.contains(field_name) && !is_common),
                name: field_name.clone(),
                kind,
            });
        }
        identity_first(&mut fields);
        Ok(fields)
    }

    fn currency_field(&self, full_name: &str, field: &str, kind: &FieldKind) -> Option<String> {
        if let Some(currency) = self.overlay.currency_fields.get(full_name) {
            return Some(currency.clone());
        }
        if *kind != FieldKind::Integer || self.overlay.not_amounts.fields.iter().any(|name| name == field) {
            return None;
        }
        let listed = self.overlay.amounts.fields.iter().any(|name| name == full_name);
        (listed || looks_like_amount(field)).then(|| "currency".to_owned())
    }
}

/// Checks that the overlay speaks only of schemas and fields that exist, so that it cannot rot.
pub fn check_overlay(overlay: &Overlay, schemas: &BTreeMap<String, Schema>) -> Result<()> {
    let grouped = overlay.common_variants.iter().chain(&overlay.sparse_fields);
    let grouped = grouped
        .flat_map(|(schema, fields)| fields.iter().map(move |field| (schema.as_str(), field.as_str())));
    let dotted =
        overlay.currency_fields.keys().chain(&overlay.amounts.fields).chain(&overlay.timestamps.fields);
    let dotted = dotted.filter_map(|name| name.rsplit_once('.'));
    for (schema, field) in grouped.chain(dotted) {
        let found =
            schemas.get(schema).with_context(|| format!("overlay.toml: no schema is called `{schema}`"))?;
        ensure!(found.field(field).is_some(), "overlay.toml: {schema} has no field `{field}`");
    }
    Ok(())
}

fn string_kind(schema: &Value) -> FieldKind {
    match schema.get("format").and_then(Value::as_str) {
        Some("decimal") => FieldKind::Decimal,
        Some("currency") => FieldKind::Currency,
        _ => enum_values(schema).map_or(FieldKind::String, FieldKind::Enum),
    }
}

fn reference_names<'value>(options: impl IntoIterator<Item = &'value Value>) -> Result<Vec<String>> {
    let references = options.into_iter().filter_map(|option| option.get("$ref").and_then(Value::as_str));
    references.map(|reference| Ok(schema_name(reference)?.to_owned())).collect()
}

/// A list object that Stripe sends only on request is expected to be missing, not null.
fn absent_unless_expanded(kind: &FieldKind, required: &BTreeSet<&str>, field: &str) -> bool {
    matches!(kind, FieldKind::NestedList(_)) && !required.contains(field)
}

/// Names of the fields of which only the one named by `type` is filled.
fn union_variants(schema: &Value) -> BTreeSet<String> {
    let Some(properties) = schema["properties"].as_object() else { return BTreeSet::new() };
    let Some(tag) = properties.get("type") else { return BTreeSet::new() };
    let values = enum_values(tag);
    let is_object = |property: &Value| {
        property.get("$ref").is_some()
            || (property.get("anyOf").is_some() && property.get("x-expansionResources").is_none())
    };
    let objects = properties.iter().filter(|(_, property)| is_object(property)).map(|(name, _)| name.clone());
    let variants: BTreeSet<String> = match values {
        Some(values) => objects.filter(|name| values.contains(name)).collect(),
        // Where the tag is free text, the objects that stand beside nothing else are its variants.
        None => objects
            .filter(|name| {
                !matches!(
                    name.as_str(),
                    "billing_details" | "data" | "request" | "owner" | "card_present_details"
                )
            })
            .collect(),
    };
    if variants.len() < 2 { BTreeSet::new() } else { variants }
}

fn looks_like_amount(field: &str) -> bool {
    let words: Vec<&str> = field.split('_').collect();
    let has = |word: &str| words.contains(&word);
    (has("amount") || has("amounts") || matches!(field, "fee" | "net" | "subtotal" | "total"))
        || (has("total") && !has("count"))
        || (has("balance") && !has("transaction"))
}

fn merge_fields(merged: &mut Vec<Field>, fields: Vec<Field>) {
    for field in fields {
        match merged.iter_mut().find(|known| known.name == field.name) {
            None => merged.push(Field { required: false, ..field }),
            Some(known) => {
                known.kind = merge_kinds(known.kind.clone(), field.kind);
                known.nullable |= field.nullable;
                known.sparse &= field.sparse;
            }
        }
    }
}

fn merge_kinds(left: FieldKind, right: FieldKind) -> FieldKind {
    use FieldKind::{Currency, Enum, Expandable, String};
    match (left, right) {
        (left, right) if left == right => left,
        (Enum(mut left), Enum(right)) => {
            left.extend(right);
            left.sort();
            left.dedup();
            Enum(left)
        }
        (String | Enum(_) | Currency | Expandable(_), String | Enum(_) | Currency | Expandable(_)) => String,
        _ => FieldKind::Json,
    }
}

/// People look for the id first; Stripe's own documentation begins with these two.
fn identity_first(fields: &mut [Field]) {
    fields.sort_by_key(|field| match field.name.as_str() {
        "id" => 0,
        "object" => 1,
        _ => 2,
    });
}
