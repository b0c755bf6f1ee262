//! What a request brings, taken apart: bodies, query strings and paths. What does not fit is refused
//! as everything else is, not in axum's own words.

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use pinstripe_library::Failure;
use serde::de::DeserializeOwned;

use crate::refusal::Refusal;

/// A JSON body.
pub struct Body<T>(pub T);

/// A query string.
pub struct Query<T>(pub T);

/// The parts of a path.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(body)) => Ok(Body(body)),
            Err(JsonRejection::JsonDataError(error)) => Err(unreadable("body", &error.body_text())),
            Err(other) => {
                let status = other.status();
                Err(unreadable("body", &other.body_text()).with_status(status))
            }
        }
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        query
            .map(|query| Query(query.0))
            .map_err(|error: QueryRejection| unreadable("query string", &error.body_text()))
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|path| Path(path.0)).map_err(|error: PathRejection| unreadable("path", &error.body_text()))
    }
}

fn unreadable(part: &str, problem: &str) -> Refusal {
    let problem = problem.trim_end_matches('.').to_owned();
    let failure = Failure::user(format!("the {part} of the request cannot be read"));
    Refusal::from(Failure { causes: vec![problem], ..failure })
}
