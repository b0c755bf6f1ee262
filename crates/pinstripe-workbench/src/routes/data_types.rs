//! What Stripe offers, from the catalog: the data types, and what a custom query on one can name.

use axum::Json;
use pinstripe_catalog::catalog;
use pinstripe_library::query_fields::{QueryField, query_fields};
use pinstripe_library::{Failure, Field};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Routes;
use crate::input::Path;
use crate::refusal::Refusal;

pub(crate) fn routes() -> Routes {
    Routes::default().routes(routes!(list_data_types)).routes(routes!(list_query_fields))
}

/// One list of Stripe's that can be imported.
#[derive(Serialize, ToSchema)]
struct DataTypeInfo {
    name: String,
    label: String,
    description: String,
    /// One of the ten of everyday use.
    featured: bool,
    /// Stripe's Search knows it.
    search: bool,
    /// Its list can be cut by `created`.
    created_range: bool,
    /// The permission a restricted key needs.
    permission: Option<String>,
    /// Parameters that Stripe refuses to list without.
    required: Vec<String>,
}

/// Every data type, those of everyday use first.
#[utoipa::path(get, path = "/data-types", responses((status = 200, body = Vec<DataTypeInfo>)))]
async fn list_data_types() -> Json<Vec<DataTypeInfo>> {
    let infos = catalog().data_types.iter().map(|data_type| DataTypeInfo {
        name: data_type.name.clone(),
        label: data_type.label.clone(),
        description: data_type.description.clone(),
        featured: data_type.featured,
        search: data_type.search_path.is_some(),
        created_range: data_type.has_created_range(),
        permission: data_type.permission.clone(),
        required: data_type.required_parameters().map(|parameter| parameter.name.clone()).collect(),
    });
    Json(infos.collect())
}

/// What a custom query on a data type can name.
#[utoipa::path(
    get,
    path = "/data-types/{name}/fields",
    params(("name" = String, Path)),
    responses((status = 200, body = Vec<QueryField>))
)]
async fn list_query_fields(Path(name): Path<String>) -> Result<Json<Vec<QueryField>>, Refusal> {
    let data_type = catalog().data_type(&name).map_err(|unknown| {
        let kind = pinstripe_client::ErrorKind::NotFound;
        Failure::new(kind, format!("`{}` is no data type", unknown.name)).about(Field::DataType)
    })?;
    Ok(Json(query_fields(data_type)?))
}
