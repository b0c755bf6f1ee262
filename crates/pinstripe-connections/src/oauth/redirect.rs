//! Where Stripe's page leads the browser back to: a listener on this machine alone, for one answer.
//! It never shows what it was given.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use url::Url;

use super::{Code, Consent, OAuthApp, OAuthError};

/// How long somebody may take on Stripe's page.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(10 * 60);

/// A port that waits for the browser.
#[derive(Debug)]
pub struct Listening {
    listener: TcpListener,
}

struct Waiting {
    consent: Arc<Consent>,
    answer: Mutex<Option<oneshot::Sender<Result<Code, OAuthError>>>>,
}

impl Listening {
    /// Takes the redirect's port, before anybody is sent to Stripe.
    pub async fn new(app: &OAuthApp) -> Result<Listening, OAuthError> {
        let port = Url::parse(&app.redirect_uri).ok().and_then(|redirect| redirect.port()).unwrap_or(0);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let bound = TcpListener::bind(address).await;
        Ok(Listening { listener: bound.map_err(|source| OAuthError::Port { port, source })? })
    }

    /// Waits for the answer to this consent. Answers to others are turned away, and waiting goes on.
    pub async fn answer(self, consent: Arc<Consent>, within: Duration) -> Result<Code, OAuthError> {
        let (answer, answered) = oneshot::channel();
        let waiting = Arc::new(Waiting { consent, answer: Mutex::new(Some(answer)) });
        let app = Router::new().fallback(returned).with_state(waiting);
        let (done, finished) = oneshot::channel::<()>();
        let serving = axum::serve(self.listener, app).with_graceful_shutdown(async {
            let _ = finished.await;
        });
        let serving = tokio::spawn(serving.into_future());
        let outcome = match tokio::time::timeout(within, answered).await {
            Ok(Ok(outcome)) => outcome,
            _ => Err(OAuthError::TimedOut { minutes: within.as_secs().div_ceil(60) }),
        };
        // The browser gets its page first; one that never closes is not waited for.
        let _ = done.send(());
        let _ = tokio::time::timeout(Duration::from_secs(1), serving).await;
        outcome
    }
}

async fn returned(State(waiting): State<Arc<Waiting>>, request: Request) -> Response {
    let redirect = &waiting.consent.redirect;
    if request.method() != axum::http::Method::GET || request.uri().path() != redirect.path() {
        return page(StatusCode::NOT_FOUND, "Not here", "This address waits for Stripe's answer alone.");
    }
    let mut address = redirect.clone();
    address.set_query(request.uri().query());
    let outcome = waiting.consent.answer(&address);
    if matches!(outcome, Err(OAuthError::WrongState)) {
        return page(
            StatusCode::BAD_REQUEST,
            "Not this request",
            "This answer does not belong to the request that pinstripe waits for. Go back and use the newest page.",
        );
    }
    let Some(answer) = waiting.answer.lock().unwrap_or_else(PoisonError::into_inner).take() else {
        return page(StatusCode::GONE, "Answered already", "This answer was used. Begin again in pinstripe.");
    };
    let shown = match &outcome {
        Ok(_) => page(StatusCode::OK, "Authorized", "You can close this page and go back to pinstripe."),
        Err(OAuthError::Denied { .. }) => {
            page(StatusCode::OK, "Not authorized", "Access was denied. You can close this page.")
        }
        Err(_) => page(StatusCode::OK, "Not authorized", "Stripe refused. pinstripe says why."),
    };
    let _ = answer.send(outcome);
    shown
}

/// A page without anything of the request in it.
fn page(status: StatusCode, title: &str, text: &str) -> Response {
    let body = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>{title} - pinstripe</title><h1>{title}</h1><p>{text}</p></html>"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::CONNECTION, "close"),
    ];
    (status, headers, body).into_response()
}
