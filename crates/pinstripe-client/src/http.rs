//! The real exchange: HTTP to Stripe with the key and the pinned version, and the whole body.
//!
//! It never logs, and its errors never hold the key or an address. Read next: [`crate::client`],
//! which decides when a request is sent and what its answer means.

use futures::future::BoxFuture;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};

use crate::api_base::ApiBase;
use crate::client::ClientOptions;
use crate::error::ClientError;
use crate::exchange::{Answer, BODY_LIMIT_BYTES, ConnectionProblem, Exchange, ExchangeFailure};
use crate::key::ApiKey;

/// What every connection to Stripe's servers keeps to.
pub fn http_client(server: &ApiBase) -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder()
        .user_agent(concat!("pinstripe/", env!("CARGO_PKG_VERSION")))
        // A redirect could carry the key elsewhere; Stripe's API has none.
        .redirect(reqwest::redirect::Policy::none());
    if server.is_loopback() { builder.no_proxy() } else { builder }
}

/// HTTP connections to one server, with one key.
#[derive(Debug)]
pub(crate) struct HttpExchange {
    http: reqwest::Client,
    options: ClientOptions,
}

impl HttpExchange {
    pub(crate) fn new(options: ClientOptions) -> Result<HttpExchange, ClientError> {
        let builder = http_client(&options.api_base)
            .connect_timeout(options.connect_timeout)
            .read_timeout(options.read_timeout)
            .timeout(options.timeout)
            .tcp_nodelay(true);
        let http = builder.build().map_err(ClientError::Setup)?;
        Ok(HttpExchange { http, options })
    }

    /// Asks with the key of now; once more where that was a token that has ended meanwhile.
    async fn answer(
        &self,
        account: Option<&str>,
        path: &str,
        parameters: &[(String, String)],
    ) -> Result<Answer, ExchangeFailure> {
        let Some(source) = &self.options.key_source else {
            return self.whole_answer(account, path, parameters, &self.options.key).await;
        };
        let no_key = |error| ExchangeFailure::NoKey(Box::new(error));
        let key = source.key(None).await.map_err(no_key)?;
        let answer = self.whole_answer(account, path, parameters, &key).await?;
        if answer.status != 401 {
            return Ok(answer);
        }
        let renewed = source.key(Some(&key)).await.map_err(no_key)?;
        self.whole_answer(account, path, parameters, &renewed).await
    }

    async fn whole_answer(
        &self,
        account: Option<&str>,
        path: &str,
        parameters: &[(String, String)],
        key: &ApiKey,
    ) -> Result<Answer, ExchangeFailure> {
        let address = self.options.api_base.address(path, parameters);
        let request = self.http.get(address).headers(headers(key, account)?);
        let mut response = request.send().await.map_err(|error| broken(before_answer(&error), error))?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();

        let mut body = Vec::with_capacity(response.content_length().unwrap_or(0).min(8 << 20) as usize);
        let cut = |error| broken(ConnectionProblem::CutBody, error);
        while let Some(chunk) = response.chunk().await.map_err(cut)? {
            if body.len() + chunk.len() > BODY_LIMIT_BYTES {
                return Err(ExchangeFailure::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, headers, body })
    }
}

fn headers(key: &ApiKey, account: Option<&str>) -> Result<HeaderMap, ExchangeFailure> {
    let mut authorization =
        HeaderValue::try_from(format!("Bearer {}", key.expose())).map_err(|_| ExchangeFailure::Key)?;
    authorization.set_sensitive(true);
    let mut headers = HeaderMap::with_capacity(3);
    headers.insert(AUTHORIZATION, authorization);
    headers.insert("stripe-version", HeaderValue::from_static(pinstripe_catalog::api_version()));
    if let Some(account) = account {
        let account = HeaderValue::try_from(account).map_err(|_| ExchangeFailure::Account)?;
        headers.insert("stripe-account", account);
    }
    Ok(headers)
}

impl Exchange for HttpExchange {
    fn send<'a>(
        &'a self,
        account: Option<&'a str>,
        path: &'a str,
        parameters: &'a [(String, String)],
    ) -> BoxFuture<'a, Result<Answer, ExchangeFailure>> {
        Box::pin(self.answer(account, path, parameters))
    }
}

fn broken(problem: ConnectionProblem, error: reqwest::Error) -> ExchangeFailure {
    // The address holds filters a person typed, such as e-mail addresses.
    ExchangeFailure::Broken { problem, source: Box::new(error.without_url()) }
}

fn before_answer(error: &reqwest::Error) -> ConnectionProblem {
    if error.is_timeout() {
        ConnectionProblem::TimedOut
    } else if error.is_connect() {
        ConnectionProblem::Unreachable
    } else {
        ConnectionProblem::Broken
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::client::Client;

    /// What the server does after it has sent its bytes.
    #[derive(Clone, Copy)]
    enum Then {
        Close,
        Silence,
    }

    /// Asks a server that answers one request with these bytes.
    async fn ask(bytes: &'static str, then: Then) -> ClientError {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = ApiBase::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            assert!(stream.read(&mut request).await.unwrap() > 0);
            stream.write_all(bytes.as_bytes()).await.unwrap();
            match then {
                Then::Close => {}
                Then::Silence => std::future::pending().await,
            }
        });
        let mut options = ClientOptions::new(base, ApiKey::parse("rk_test_secret").unwrap());
        options.read_timeout = Duration::from_millis(100);
        let filter = [("email".to_owned(), "someone@example.com".to_owned())];
        let error = Client::new(options).unwrap().get("/v1/charges", &filter).await.unwrap_err();
        server.abort();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("rk_test_secret") && !shown.contains("someone"), "{shown}");
        error
    }

    fn problem(error: &ClientError) -> ConnectionProblem {
        match error {
            ClientError::Connection { problem, .. } => *problem,
            other => panic!("expected a connection's failure, found {other:?}"),
        }
    }

    #[tokio::test]
    async fn a_connected_account_is_named_in_a_header() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = ApiBase::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let server = tokio::spawn(async move {
            let mut asked = Vec::new();
            for _ in 0..2 {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = [0; 4096];
                let length = stream.read(&mut request).await.unwrap();
                asked.push(String::from_utf8_lossy(&request[..length]).to_lowercase());
                let answer = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}";
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
            asked
        });
        let options = ClientOptions::new(base, ApiKey::parse("rk_test_secret").unwrap());
        let client = Client::new(options).unwrap();
        client.for_account("acct_1").get("/v1/charges", &[]).await.unwrap();
        client.get("/v1/charges", &[]).await.unwrap();
        let asked = server.await.unwrap();
        assert!(asked[0].contains("stripe-account: acct_1\r\n"), "{}", asked[0]);
        assert!(!asked[1].contains("stripe-account"), "{}", asked[1]);
    }

    #[tokio::test]
    async fn how_far_an_answer_came_is_told() {
        let begun = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"object\":";
        for (bytes, then, expected, said) in [
            (begun, Then::Close, ConnectionProblem::CutBody, "the answer broke off"),
            (begun, Then::Silence, ConnectionProblem::CutBody, "the server did not answer in time"),
            ("", Then::Close, ConnectionProblem::Broken, "the connection broke"),
            ("", Then::Silence, ConnectionProblem::TimedOut, "the server did not answer in time"),
        ] {
            let error = ask(bytes, then).await;
            assert_eq!(problem(&error), expected);
            assert_eq!(error.is_cut_body(), expected == ConnectionProblem::CutBody);
            assert!(error.to_string().starts_with(said), "{error}");
        }
    }

    #[tokio::test]
    async fn a_port_where_nobody_listens_cannot_be_reached() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = ApiBase::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        drop(listener);
        let options = ClientOptions::new(base, ApiKey::parse("rk_test_1").unwrap());
        let error = Client::new(options).unwrap().get("/v1/charges", &[]).await.unwrap_err();
        assert_eq!(problem(&error), ConnectionProblem::Unreachable);
        assert!(error.to_string().starts_with("the server cannot be reached"), "{error}");
    }
}
