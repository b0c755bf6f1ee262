//! The description of all routes, from which the page's types are made. `openapi.json` beside this
//! crate's manifest is the same, kept so by a test.

use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::response::Response;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{ContentBuilder, InfoBuilder, OpenApi, Ref, RefOr};

use crate::refusal::ApiError;
use crate::routes;

/// Properties that a request may leave out. All others are always there, `null` or not.
const LEFT_OUT_AT_WILL: [(&str, &str); 4] =
    [("DateRangeInput", "value"), ("Filter", "value"), ("Filter", "values"), ("NewSandbox", "customers")];

pub fn openapi() -> OpenApi {
    let (_, mut openapi) =
        utoipa_axum::router::OpenApiRouter::new().nest("/api", routes::all()).split_for_parts();
    openapi.info = InfoBuilder::new()
        .title("pinstripe workbench")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("What the workbench's page asks of the program. No promise to anybody else."))
        .build();
    let components = openapi.components.get_or_insert_default();
    add_schema::<ApiError>(components);
    for (name, schema) in &mut components.schemas {
        require_all(name, schema);
    }
    for item in openapi.paths.paths.values_mut() {
        operations(item).for_each(add_refusal);
    }
    openapi
}

fn add_schema<T: utoipa::ToSchema>(components: &mut utoipa::openapi::Components) {
    let mut schemas = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut schemas);
    components.schemas.extend(schemas);
}

fn require_all(name: &str, schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::Object(object)) => {
            let by_itself = std::mem::take(&mut object.required);
            let may_be_missing = |property: &String| {
                LEFT_OUT_AT_WILL.contains(&(name, property.as_str())) && !by_itself.contains(property)
            };
            let required = object.properties.keys().filter(|property| !may_be_missing(property));
            object.required = required.cloned().collect();
        }
        RefOr::T(Schema::OneOf(one_of)) => {
            one_of.items.iter_mut().for_each(|schema| require_all(name, schema));
        }
        _ => {}
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch]
        .into_iter()
        .filter_map(Option::as_mut)
}

/// Whatever is no success is an `ApiError`.
fn add_refusal(operation: &mut Operation) {
    let mut refusal = Response::new("what was wrong");
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("ApiError"))).build();
    refusal.content.insert("application/json".to_owned(), content.into());
    operation.responses.responses.insert("default".to_owned(), RefOr::T(refusal));
}
