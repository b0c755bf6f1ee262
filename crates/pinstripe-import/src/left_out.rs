//! Columns that a plan leaves out: taken from the schema that rows are brought to when they are
//! staged, after conditions have tested them.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};

/// The schema without these columns, by dotted name. An object that loses all its fields goes too.
pub fn without(schema: &SchemaRef, left_out: &[String]) -> SchemaRef {
    if left_out.is_empty() {
        return Arc::clone(schema);
    }
    let fields = remaining(schema.fields(), "", left_out);
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

fn remaining(fields: &Fields, prefix: &str, left_out: &[String]) -> Fields {
    let keep = |field: &Arc<Field>| {
        let name = format!("{prefix}{}", field.name());
        if left_out.contains(&name) {
            return None;
        }
        let inside = format!("{name}.");
        let DataType::Struct(children) = field.data_type() else { return Some(Arc::clone(field)) };
        if !left_out.iter().any(|name| name.starts_with(&inside)) {
            return Some(Arc::clone(field));
        }
        let children = remaining(children, &inside, left_out);
        let narrowed = || field.as_ref().clone().with_data_type(DataType::Struct(children.clone()));
        (!children.is_empty()).then(|| Arc::new(narrowed()))
    };
    fields.iter().filter_map(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_go_at_any_depth_and_empty_objects_with_them() {
        let text = |name: &str| Field::new(name, DataType::Utf8, true);
        let object =
            |name: &str, fields: Vec<Field>| Field::new(name, DataType::Struct(Fields::from(fields)), true);
        let schema: SchemaRef = Arc::new(Schema::new(vec![
            text("id"),
            text("id_number"),
            object("address", vec![text("city"), object("geo", vec![text("lat")])]),
            object("gone", vec![text("one")]),
        ]));
        let names = ["address.geo.lat", "gone.one", "id_number"].map(str::to_owned);
        let expected = Schema::new(vec![text("id"), object("address", vec![text("city")])]);
        assert_eq!(*without(&schema, &names), expected);
        assert_eq!(without(&schema, &[]), schema);
    }
}
