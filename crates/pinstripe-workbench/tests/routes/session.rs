//! Promise 9: who is let in, and who is not.

use axum::body::Body;
use axum::http::Request;

use crate::harness::{HOST, Page};

#[tokio::test]
async fn the_printed_address_hands_out_a_cookie_and_loses_its_token() {
    let page = Page::new().await;
    let token = page.token_path();
    let deep = token.replacen("/?", "/frames/charges?tab=sql&", 1);
    for (path, location) in [(token.clone(), "/"), (deep, "/frames/charges?tab=sql")] {
        let answer = page.send(Request::get(&path).header("host", HOST)).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, location));
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with("pinstripe_4321="), "{cookie}");
        assert!(cookie.ends_with("; HttpOnly; SameSite=Strict; Path=/"), "{cookie}");
        assert!(!cookie.contains(token.strip_prefix("/?token=").unwrap()), "{cookie}");
    }
}

#[tokio::test]
async fn without_the_cookie_nothing_is_told() {
    let page = Page::new().await;
    let wrong = format!("{}x", page.cookie());
    let other = page.cookie().replace("4321", "4322");
    for path in [
        "/",
        "/frames/charges",
        "/assets/index.js",
        "/api/status",
        "/api/events",
        "/?token=wrong",
        "/?token=",
    ] {
        for cookie in ["", wrong.as_str(), other.as_str(), "pinstripe_4321="] {
            let answer = page.send(Request::get(path).header("host", HOST).header("cookie", cookie)).await;
            assert_eq!(answer.status.as_u16(), 401, "{path} {cookie}");
            assert!(answer.text().contains("the terminal printed"), "{}", answer.text());
            assert_eq!(answer.header("set-cookie"), "");
        }
    }
    let request =
        Request::post("/api/connections").header("host", HOST).header("content-type", "application/json");
    assert_eq!(page.send_body(request, Body::from("{}")).await.status.as_u16(), 401);
}

#[tokio::test]
async fn the_token_alone_changes_nothing() {
    let page = Page::new().await;
    let request = Request::post(format!("/api/connections{}", page.token_path().trim_start_matches('/')))
        .header("host", HOST)
        .header("content-type", "application/json");
    assert_eq!(page.send_body(request, Body::from("{}")).await.status.as_u16(), 401);
}

#[tokio::test]
async fn names_that_lead_here_from_elsewhere_are_refused() {
    let page = Page::new().await;
    let hosts = [
        "evil.example",
        "evil.example:4321",
        "127.0.0.1",
        "127.0.0.1:4322",
        "127.0.0.1:04321",
        "localhost.evil.example:4321",
        "127.0.0.1:4321.evil.example",
        "127.0.0.1:4321@evil.example",
        "0.0.0.0:4321",
        "[::]:4321",
        "LOCALHOST:4321 ",
        "",
    ];
    for host in hosts {
        for path in ["/", "/api/status", "/api/events", page.token_path().as_str()] {
            let answer =
                page.send(Request::get(path).header("host", host).header("cookie", page.cookie())).await;
            assert_eq!(answer.status.as_u16(), 421, "{host} {path}");
            assert_eq!(answer.header("set-cookie"), "");
        }
    }
    assert_eq!(
        page.send(Request::get("/api/status").header("cookie", page.cookie())).await.status.as_u16(),
        421
    );
    for host in ["127.0.0.1:4321", "localhost:4321", "[::1]:4321"] {
        let request = Request::get("/api/status").header("host", host).header("cookie", page.cookie());
        assert_eq!(page.send(request).await.status.as_u16(), 200, "{host}");
    }
}

#[tokio::test]
async fn other_pages_are_refused_whatever_they_send() {
    let page = Page::new().await;
    let origins = [
        "http://evil.example",
        "null",
        "https://127.0.0.1:4321",
        "http://127.0.0.1:4322",
        "http://127.0.0.1",
        "file://",
    ];
    for origin in origins {
        for (method, path) in
            [("GET", "/api/status"), ("GET", "/api/events"), ("GET", "/"), ("POST", "/api/connections")]
        {
            let request = Request::builder().method(method).uri(path).header("host", HOST);
            let request = request
                .header("cookie", page.cookie())
                .header("origin", origin)
                .header("content-type", "application/json");
            assert_eq!(page.send(request).await.status.as_u16(), 403, "{origin} {method} {path}");
        }
    }
    for site in ["cross-site", "same-site"] {
        for path in ["/api/status", "/api/events", "/"] {
            let request = Request::get(path).header("host", HOST).header("cookie", page.cookie());
            assert_eq!(
                page.send(request.header("sec-fetch-site", site)).await.status.as_u16(),
                403,
                "{site} {path}"
            );
        }
    }
    for site in ["same-origin", "none"] {
        let request = Request::get("/api/status").header("host", HOST).header("cookie", page.cookie());
        assert_eq!(page.send(request.header("sec-fetch-site", site)).await.status.as_u16(), 200, "{site}");
    }
}

#[tokio::test]
async fn whatever_changes_something_is_json() {
    let page = Page::new().await;
    for content_type in
        ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx"]
    {
        for method in ["POST", "PUT", "PATCH"] {
            let request = page.request(method, "/api/connections").header("content-type", content_type);
            assert_eq!(
                page.send_body(request, Body::from("{}")).await.status.as_u16(),
                415,
                "{method} {content_type}"
            );
        }
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_protect_the_page() {
    let page = Page::new().await;
    let answers = [
        page.get("/").await,
        page.get("/api/status").await,
        page.get("/api/nothing").await,
        page.send(Request::get("/").header("host", HOST)).await,
        page.send(Request::get("/").header("host", "evil.example")).await,
    ];
    for answer in answers {
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), "{policy}");
        assert!(!policy.contains("unsafe-eval") && !policy.contains("script-src 'self' "), "{policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value);
        }
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
    assert_eq!(page.get("/api/status").await.header("cache-control"), "no-store");
}

#[tokio::test]
async fn an_address_that_looks_like_another_host_leads_home() {
    let page = Page::new().await;
    let token = page.token_path().replacen("/?", "//evil.example/?", 1);
    let answer = page.send(Request::get(&token).header("host", HOST)).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/evil.example/"));
}
