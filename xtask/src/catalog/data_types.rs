//! Lists of the specification -> the catalog's data types, with the overlay's words for people.

use anyhow::{Context, Result, bail};
use pinstripe_catalog::{
    DataType, Field, FieldKind, Paging, Parameter, ParameterKind, Schema, SearchField, SearchFieldKind,
};
use serde_json::Value;

use super::overlay::{DataTypeNote, NewerList, Overlay};
use super::schemas::SchemaCollector;
use super::spec::{ListOperation, Spec, enum_values};

const PAGING_PARAMETERS: [&str; 4] = ["limit", "starting_after", "ending_before", "expand"];

/// Every data type, the featured ten first, the others by name.
pub fn data_types(
    spec: &Spec,
    overlay: &Overlay,
    schemas: &mut SchemaCollector<'_>,
) -> Result<Vec<DataType>> {
    let events = spec.event_types()?;
    let mut found = Vec::new();
    for list in spec.top_level_lists()? {
        let retired = list.legacy || overlay.retired.iter().any(|retired| retired.path == list.path);
        if !retired {
            found.push(data_type(spec, &list, schemas, &events)?);
        }
    }
    for newer in &overlay.newer {
        if !spec.has_path(&newer.path) {
            found.push(newer_data_type(newer, schemas)?);
        }
    }
    found.sort_by(|left, right| left.name.cmp(&right.name));

    let mut ordered = Vec::new();
    for note in &overlay.featured {
        let position = found.iter().position(|data_type| data_type.path == note.path);
        let position = position.with_context(|| format!("the specification has no list {}", note.path))?;
        let mut data_type = found.remove(position);
        data_type.featured = true;
        apply(note, &mut data_type);
        ordered.push(data_type);
    }
    for note in &overlay.described {
        if let Some(data_type) = found.iter_mut().find(|data_type| data_type.path == note.path) {
            apply(note, data_type);
        }
    }
    ordered.extend(found);
    for data_type in &mut ordered {
        data_type.search_fields = search_fields(overlay, data_type)?;
    }
    Ok(ordered)
}

fn search_fields(overlay: &Overlay, data_type: &DataType) -> Result<Vec<SearchField>> {
    let listed = overlay.search_fields.get(&data_type.name).map(Vec::as_slice).unwrap_or_default();
    if listed.is_empty() == data_type.search_path.is_some() {
        bail!("overlay.toml: search_fields and the Search endpoint of {} do not agree", data_type.name);
    }
    let field = |text: &String| {
        let kind = match text.rsplit_once(':') {
            Some((_, "n")) => SearchFieldKind::Numeric,
            Some((_, "t")) => SearchFieldKind::Token,
            Some((_, "s")) => SearchFieldKind::String,
            _ => bail!("overlay.toml: `{text}` says no kind of search field"),
        };
        Ok(SearchField { name: text[..text.len() - 2].to_owned(), kind })
    };
    listed.iter().map(field).collect()
}

fn data_type(
    spec: &Spec,
    list: &ListOperation<'_>,
    schemas: &mut SchemaCollector<'_>,
    events: &[(String, String)],
) -> Result<DataType> {
    let schema = schemas.entry(list.entry, list.path)?;
    let takes = |name: &str| list.parameters.iter().any(|parameter| parameter["name"].as_str() == Some(name));
    let mut parameters = Vec::new();
    for parameter in &list.parameters {
        let name = parameter["name"]
            .as_str()
            .with_context(|| format!("{} has a parameter without a name", list.path))?;
        if PAGING_PARAMETERS.contains(&name) {
            continue;
        }
        parameters.push(Parameter {
            name: name.to_owned(),
            kind: parameter_kind(name, &parameter["schema"]),
            required: parameter["required"].as_bool().unwrap_or(false),
        });
    }
    let search_path = format!("{}/search", list.path);
    let mut event_types: Vec<String> = events
        .iter()
        .filter(|(object, _)| *object == schema)
        .map(|(_, event_type)| event_type.clone())
        .collect();
    event_types.sort();
    let name = name_of(list.path);
    Ok(DataType {
        label: label_of(&name),
        description: format!("Every {} of the account.", schema.replace(['_', '.'], " ")),
        aliases: Vec::new(),
        featured: false,
        path: list.path.to_owned(),
        schema,
        parameters,
        paging: Paging {
            limit: takes("limit"),
            starting_after: takes("starting_after"),
            ending_before: takes("ending_before"),
        },
        expand: takes("expand"),
        search_path: spec.has_path(&search_path).then_some(search_path),
        search_fields: Vec::new(),
        event_types,
        permission: None,
        completeness: Vec::new(),
        schema_unknown: false,
        name,
    })
}

fn newer_data_type(list: &NewerList, schemas: &mut SchemaCollector<'_>) -> Result<DataType> {
    let mut parameters = Vec::new();
    for text in &list.parameters {
        parameters.push(newer_parameter(text)?);
    }
    let field = |name: &str, kind: FieldKind, required: bool| Field {
        name: name.to_owned(),
        kind,
        nullable: false,
        required,
        sparse: false,
        currency_field: None,
    };
    // What every listed object of Stripe's has or may have; nothing else is certain.
    let fields = vec![
        field("id", FieldKind::String, true),
        field("object", FieldKind::String, true),
        field("created", FieldKind::Timestamp, false),
        field("livemode", FieldKind::Boolean, false),
        field("metadata", FieldKind::Map(Box::new(FieldKind::String)), false),
    ];
    schemas.insert(&list.object, Schema { object: Some(list.object.clone()), fields });
    let name = name_of(&list.path);
    Ok(DataType {
        label: label_of(&name),
        description: format!("Every {} of the account.", list.object.replace(['_', '.'], " ")),
        aliases: Vec::new(),
        featured: false,
        path: list.path.clone(),
        schema: list.object.clone(),
        parameters,
        paging: Paging { limit: true, starting_after: true, ending_before: true },
        expand: true,
        search_path: None,
        search_fields: Vec::new(),
        event_types: Vec::new(),
        permission: None,
        completeness: Vec::new(),
        schema_unknown: true,
        name,
    })
}

fn newer_parameter(text: &str) -> Result<Parameter> {
    let (text, required) = match text.strip_suffix('!') {
        Some(text) => (text, true),
        None => (text, false),
    };
    let (name, kind) = match text.split_once(':') {
        None => (text, ParameterKind::String),
        Some((name, "boolean")) => (name, ParameterKind::Boolean),
        Some((name, "range")) => (name, ParameterKind::Range { exact: true, unix_time: true }),
        Some((name, "list")) => (name, ParameterKind::List(Box::new(ParameterKind::String))),
        Some((_, other)) => bail!("overlay.toml: `{text}` has the unknown kind `{other}`"),
    };
    Ok(Parameter { name: name.to_owned(), kind, required })
}

fn apply(note: &DataTypeNote, data_type: &mut DataType) {
    if let Some(label) = &note.label {
        data_type.label.clone_from(label);
    }
    if let Some(description) = &note.description {
        data_type.description.clone_from(description);
    }
    data_type.aliases.clone_from(&note.aliases);
    data_type.permission.clone_from(&note.permission);
    data_type.completeness.clone_from(&note.completeness);
}

fn parameter_kind(name: &str, schema: &Value) -> ParameterKind {
    if let Some(options) = schema.get("anyOf").and_then(Value::as_array) {
        let exact = options.iter().any(|option| option["type"] == "integer");
        return match options.iter().find(|option| is_range(option)) {
            Some(_) => ParameterKind::Range { exact, unix_time: is_time(name) },
            None => options
                .iter()
                .find(|option| option["enum"] != serde_json::json!([""]))
                .map_or(ParameterKind::String, |option| parameter_kind(name, option)),
        };
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("boolean") => ParameterKind::Boolean,
        Some("integer") => ParameterKind::Integer,
        Some("number") => ParameterKind::Number,
        Some("array") => ParameterKind::List(Box::new(parameter_kind(name, &schema["items"]))),
        Some("object") if is_range(schema) => ParameterKind::Range { exact: false, unix_time: is_time(name) },
        Some("object") => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            ParameterKind::Object(
                properties.map(|(name, property)| (name.clone(), parameter_kind(name, property))).collect(),
            )
        }
        _ => enum_values(schema).map_or(ParameterKind::String, ParameterKind::Enum),
    }
}

fn is_range(schema: &Value) -> bool {
    schema["properties"].as_object().is_some_and(|map| map.contains_key("gte") && map.contains_key("lt"))
}

/// Of the range parameters only amounts are not times.
fn is_time(name: &str) -> bool {
    !name.contains("amount")
}

fn name_of(path: &str) -> String {
    path.trim_start_matches("/v1/").replace('/', "_")
}

fn label_of(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let mut letters = word.chars();
        match letters.next() {
            Some(first) => first.to_uppercase().chain(letters).collect::<String>(),
            None => String::new(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}
