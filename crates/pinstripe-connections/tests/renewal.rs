//! Tokens that end: renewed in time, by one program, and kept.

use pinstripe_client::{Client, ErrorKind, MaxRate};
use pinstripe_connections::oauth::OAuthKind;
use pinstripe_sandbox::{Fault, FaultKind, OAuthServer};

use super::grants::{connected, with_app};

async fn ask(client: &Client) -> Result<(), pinstripe_client::ClientError> {
    client.get("/v1/charges", &[("limit".to_owned(), "1".to_owned())]).await.map(|_| ())
}

#[tokio::test]
async fn a_token_that_ended_is_renewed_and_the_request_goes_on() {
    let (world, connections) = with_app(OAuthKind::App).await;
    let record = connected(&world, &connections, OAuthKind::App).await;
    let client = Client::new(connections.options(&record, MaxRate::default()).unwrap()).unwrap();
    ask(&client).await.unwrap();
    for _ in 0..3 {
        world.sandbox.expire_tokens(Some(OAuthServer::App), None, false);
        // Several at once renew it once.
        let answers = futures::future::join_all((0..8).map(|_| ask(&client))).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    }
    let renewals = world.sandbox.counts().get("POST /v1/oauth/token").unwrap().total;
    assert_eq!(renewals, 1 + 3);
    // The vault has the newest.
    let later = world.connections();
    let client = Client::new(later.options(&record, MaxRate::default()).unwrap()).unwrap();
    ask(&client).await.unwrap();
}

#[tokio::test]
async fn two_programs_at_once_do_not_lose_the_grant() {
    let (world, connections) = with_app(OAuthKind::App).await;
    let record = connected(&world, &connections, OAuthKind::App).await;
    let clients: Vec<Client> = (0..4)
        .map(|_| Client::new(world.connections().options(&record, MaxRate::default()).unwrap()).unwrap())
        .collect();
    for round in 0..5 {
        world.sandbox.expire_tokens(Some(OAuthServer::App), None, false);
        let answers = futures::future::join_all(clients.iter().map(ask)).await;
        assert!(answers.iter().all(Result::is_ok), "round {round}: {answers:?}");
    }
    let asked = world.sandbox.counts().get("POST /v1/oauth/token").unwrap().total;
    assert_eq!(asked, 1 + 5);
}

#[tokio::test]
async fn a_grant_that_was_taken_back_says_so() {
    let (world, connections) = with_app(OAuthKind::App).await;
    let record = connected(&world, &connections, OAuthKind::App).await;
    let client = Client::new(connections.options(&record, MaxRate::default()).unwrap()).unwrap();
    ask(&client).await.unwrap();
    assert!(world.sandbox.revoke_grant(OAuthServer::App, world.sandbox.account_id()));
    // While the token lasts Stripe says that access was taken back; then it cannot be renewed.
    let error = ask(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Permission, "{error}");
    assert!(error.hint().unwrap().contains("connect it again"), "{:?}", error.hint());
}

#[tokio::test]
async fn a_grant_that_ended_says_so() {
    let (world, connections) = with_app(OAuthKind::App).await;
    let record = connected(&world, &connections, OAuthKind::App).await;
    let client = Client::new(connections.options(&record, MaxRate::default()).unwrap()).unwrap();
    world.sandbox.expire_tokens(Some(OAuthServer::App), None, true);
    let error = ask(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::KeyRefused, "{error}");
    assert!(error.to_string().contains("has ended"), "{error}");
    assert_eq!(error.hint().unwrap(), "pinstripe connect Granted --oauth app --replace");
}

#[tokio::test]
async fn a_token_server_that_fails_is_asked_again() {
    let (world, connections) = with_app(OAuthKind::App).await;
    let record = connected(&world, &connections, OAuthKind::App).await;
    let client = Client::new(connections.options(&record, MaxRate::default()).unwrap()).unwrap();
    world.sandbox.expire_tokens(Some(OAuthServer::App), None, false);
    world.sandbox.add_fault(Fault {
        path: Some("/v1/oauth/token".to_owned()),
        nth: 1,
        times: 2,
        kind: FaultKind::ServerError { status: 500 },
    });
    ask(&client).await.unwrap();
}

#[tokio::test]
async fn an_answer_that_is_lost_with_the_new_token_is_said_plainly() {
    let (world, connections) = with_app(OAuthKind::App).await;
    let record = connected(&world, &connections, OAuthKind::App).await;
    let client = Client::new(connections.options(&record, MaxRate::default()).unwrap()).unwrap();
    world.sandbox.expire_tokens(Some(OAuthServer::App), None, false);
    // Stripe rolled the refresh token, and a proxy's page came instead of the new one.
    world.sandbox.add_fault(Fault {
        path: Some("/v1/oauth/token".to_owned()),
        nth: 1,
        times: 1,
        kind: FaultKind::Html,
    });
    let error = ask(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotStripe, "{error}");
    let error = ask(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::KeyRefused, "{error}");
    assert!(error.hint().unwrap().contains("--replace"));
}
