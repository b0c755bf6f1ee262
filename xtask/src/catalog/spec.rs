//! Reading Stripe's OpenAPI file: references, nullability, lists. It knows the file's conventions
//! and nothing of the catalog; `schemas` and `data_types` turn what it finds into catalog data.

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

/// One OpenAPI file of Stripe's, in memory.
pub struct Spec {
    root: Value,
}

/// A GET operation that answers with a list object.
pub struct ListOperation<'spec> {
    pub path: &'spec str,
    /// The schema of one entry.
    pub entry: &'spec Value,
    pub parameters: Vec<&'spec Value>,
    pub legacy: bool,
}

impl Spec {
    pub fn parse(text: &str) -> Result<Spec> {
        let root: Value = serde_json::from_str(text).context("the specification is not JSON")?;
        for key in ["openapi", "info", "paths", "components"] {
            if root.get(key).is_none() {
                bail!("the specification has no `{key}`: expected an OpenAPI 3 file");
            }
        }
        Ok(Spec { root })
    }

    pub fn version(&self) -> Result<&str> {
        self.root["info"]["version"].as_str().context("the specification has no info.version")
    }

    pub fn schemas(&self) -> Result<&Map<String, Value>> {
        self.root["components"]["schemas"].as_object().context("the specification has no components.schemas")
    }

    /// The schema a `$ref` names, or the value itself, with the name where there is one.
    pub fn resolve<'spec>(&'spec self, value: &'spec Value) -> Result<(Option<&'spec str>, &'spec Value)> {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
            return Ok((None, value));
        };
        let name = schema_name(reference)?;
        let target = self.schemas()?.get(name).with_context(|| format!("`{reference}` names no schema"))?;
        Ok((Some(name), target))
    }

    /// Every top-level list of the v1 API: no path parameter, answers with a list object.
    pub fn top_level_lists(&self) -> Result<Vec<ListOperation<'_>>> {
        let paths = self.root["paths"].as_object().context("the specification has no paths")?;
        let mut lists = Vec::new();
        for (path, item) in paths {
            if !path.starts_with("/v1/") || path.contains('{') || path.ends_with("/search") {
                continue;
            }
            let Some(operation) = item.get("get") else { continue };
            let Some(entry) = self.list_entry(operation)? else { continue };
            let parameters =
                operation["parameters"].as_array().map(|list| list.iter().collect()).unwrap_or_default();
            let legacy = operation.get("x-legacy").and_then(Value::as_bool).unwrap_or(false);
            lists.push(ListOperation { path, entry, parameters, legacy });
        }
        Ok(lists)
    }

    pub fn has_path(&self, path: &str) -> bool {
        self.root["paths"].get(path).and_then(|item| item.get("get")).is_some()
    }

    fn list_entry<'spec>(&'spec self, operation: &'spec Value) -> Result<Option<&'spec Value>> {
        let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        let (_, schema) = self.resolve(schema)?;
        Ok(nested_list_entry(schema))
    }

    /// Event types by the name of the object schema they carry.
    pub fn event_types(&self) -> Result<Vec<(String, String)>> {
        let mut events = Vec::new();
        if let Some(table) = self.root.get("x-events").and_then(Value::as_object) {
            for (event_type, object) in table {
                if let Some(object) = object.as_str() {
                    events.push((object.to_owned(), event_type.clone()));
                }
            }
            return Ok(events);
        }
        // Stripe's own file marks a schema per event and names the object in its `object` property.
        for schema in self.schemas()?.values() {
            let Some(event_type) = schema["x-stripeEvent"]["type"].as_str() else { continue };
            let reference = schema["properties"]["object"]["$ref"].as_str();
            if let Some(reference) = reference {
                events.push((schema_name(reference)?.to_owned(), event_type.to_owned()));
            }
        }
        Ok(events)
    }
}

/// The entry schema when this schema is a list object (`{object: "list", data: [...], ...}`).
pub fn nested_list_entry(schema: &Value) -> Option<&Value> {
    let properties = schema.get("properties")?;
    let object = properties.get("object")?.get("enum")?.as_array()?;
    let is_list = object.iter().any(|value| value.as_str() == Some("list"));
    is_list.then(|| properties.get("data")?.get("items")).flatten()
}

pub fn schema_name(reference: &str) -> Result<&str> {
    reference
        .strip_prefix("#/components/schemas/")
        .with_context(|| format!("`{reference}` is not a reference into components.schemas"))
}

pub fn enum_values(schema: &Value) -> Option<Vec<String>> {
    let values: Vec<String> = schema
        .get("enum")?
        .as_array()?
        .iter()
        .filter_map(Value::as_str)
        .filter(|value| !value.is_empty())
        .map(str::to_owned)
        .collect();
    (!values.is_empty()).then_some(values)
}
