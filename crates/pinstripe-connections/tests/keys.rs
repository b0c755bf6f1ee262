//! Keys: tried by one request a data type, kept, replaced, removed.

use pinstripe_catalog::{DataType, catalog};
use pinstripe_client::{ApiKey, Client, ErrorKind, MaxRate};
use pinstripe_connections::connections::NewSecret;
use pinstripe_connections::{Access, ConnectionError};
use pinstripe_sandbox::SandboxConfig;

use super::World;

fn key(text: &str) -> ApiKey {
    ApiKey::parse(text).unwrap()
}

fn types(names: &[&str]) -> Vec<&'static DataType> {
    names.iter().map(|name| catalog().data_type(name).unwrap()).collect()
}

#[tokio::test]
async fn each_data_type_says_whether_it_can_be_read() {
    let world = World::new(SandboxConfig::default()).await;
    let connections = world.connections();
    let types = types(&["charges", "customers", "payouts", "subscription_items"]);
    let tried = connections
        .try_new(&world.api_base(), &key("rk_test_without_customer_read__payout_read"), &types)
        .await
        .unwrap();
    let access: Vec<&Access> = tried.access.iter().map(|one| &one.access).collect();
    let lacks = |permission: &str| Access::NotPermitted { permission: Some(permission.to_owned()) };
    assert_eq!(
        access,
        [
            &Access::Readable,
            &lacks("rak_customer_read"),
            &lacks("rak_payout_read"),
            &Access::NeedsParameter { parameter: "subscription".to_owned() },
        ]
    );
    // A refusal names the account, whatever the key may not read.
    assert_eq!(tried.account.id.as_deref(), Some(world.sandbox.account_id()));
    assert_eq!(world.sandbox.requests().len(), 4);

    let none =
        connections.try_new(&world.api_base(), &key("rk_test_only_coupon_read"), &types).await.unwrap();
    assert_eq!(none.readable(), 0);
}

#[tokio::test]
async fn a_key_that_is_refused_says_why() {
    let world = World::new(SandboxConfig::default()).await;
    let connections = world.connections();
    let types = types(&["charges"]);
    for (text, hint) in [
        ("rk_test_sandbox_expired", "the key has expired"),
        ("sk_test_0123456789abcdefghij", "Stripe does not know this key"),
        ("rk_test_sandbox_ip", "works from some addresses only"),
    ] {
        let error = connections.try_new(&world.api_base(), &key(text), &types).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::KeyRefused, "{error}");
        assert!(error.hint().unwrap().contains(hint), "{:?}", error.hint());
        assert!(!error.to_string().contains(text), "{error}");
    }
    world.sandbox.stop().await;
}

#[tokio::test]
async fn nothing_that_answers_is_no_verdict_on_the_key() {
    let world = World::new(SandboxConfig::default()).await;
    let (connections, base) = (world.connections(), world.api_base());
    let folder = world.folder;
    world.sandbox.stop().await;
    let error = connections.try_new(&base, &key("rk_test_x"), &types(&["charges"])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    drop(folder);
}

#[tokio::test]
async fn a_key_is_kept_used_replaced_and_removed_and_is_nowhere_in_clear() {
    let world = World::new(SandboxConfig::default()).await;
    let connections = world.connections();
    let secret = key(world.sandbox.secret_key());
    let types = types(&["charges", "customers"]);
    let tried = connections.try_new(&world.api_base(), &secret, &types).await.unwrap();
    let added = connections.add("Shop", &world.api_base(), &NewSecret::Key(secret), Some(&tried)).unwrap();
    assert!(added.may_write && !added.live && added.account.is_some());
    let name = tried.account.name.clone();
    assert_eq!((added.account_name.clone(), added.access.len()), (name, 2));

    // Another program, later.
    let later = world.connections();
    let found = later.find("SHOP").unwrap();
    assert_eq!(found, added);
    let client = Client::new(later.options(&found, MaxRate::default()).unwrap()).unwrap();
    assert!(client.get("/v1/charges", &[]).await.is_ok());
    assert_eq!(client.identity(), added.id);

    let restricted = NewSecret::Key(key(world.sandbox.restricted_key()));
    let replaced = later.replace(&found, &restricted, None).unwrap();
    assert!(!replaced.may_write && replaced.id == added.id && replaced.account == added.account);
    let renamed = later.rename("shop", "Our shop").unwrap();
    let (tried_again, tried) = later.try_again(&renamed, &types).await.unwrap();
    assert_eq!((tried.readable(), tried_again.name.as_str()), (2, "Our shop"));
    for text in [world.sandbox.secret_key(), world.sandbox.restricted_key()] {
        assert!(!world.holds(text));
    }
    let removed = later.remove("Our shop").await.unwrap();
    assert_eq!(removed.record.id, added.id);
    assert!(matches!(connections.find("Our shop"), Err(ConnectionError::Unknown { .. })));
    assert!(matches!(
        connections.options(&added, MaxRate::default()),
        Err(ConnectionError::SecretGone { .. })
    ));
}

#[tokio::test]
async fn a_key_of_another_account_is_no_replacement() {
    let world = World::new(SandboxConfig::default()).await;
    let other = World::new(SandboxConfig { seed: 7, ..SandboxConfig::default() }).await;
    let connections = world.connections();
    let types = types(&["charges"]);
    let ours = key(world.sandbox.secret_key());
    let tried = connections.try_new(&world.api_base(), &ours, &types).await.unwrap();
    let added = connections.add("Shop", &world.api_base(), &NewSecret::Key(ours), Some(&tried)).unwrap();
    let theirs = key(other.sandbox.secret_key());
    let tried = connections.try_new(&other.api_base(), &theirs, &types).await.unwrap();
    let error = connections.replace(&added, &NewSecret::Key(theirs), Some(&tried)).unwrap_err();
    assert!(matches!(error, ConnectionError::OtherAccount { .. }), "{error}");
    let live = NewSecret::Key(key("rk_live_0123456789abcdef"));
    assert!(matches!(connections.replace(&added, &live, None), Err(ConnectionError::OtherAccount { .. })));
    // The old key is still there.
    let client = Client::new(connections.options(&added, MaxRate::default()).unwrap()).unwrap();
    assert!(client.get("/v1/charges", &[]).await.is_ok());
}

#[test]
fn names_are_checked_and_a_key_typed_as_one_is_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let places = pinstripe_connections::Places {
        library: folder.path().to_owned(),
        config: folder.path().to_owned(),
        passphrase: None,
        keeper: None,
    };
    let connections = pinstripe_connections::Connections::open(places).unwrap();
    for bad in ["", "  ", "a\nb", "--all", &"x".repeat(81)] {
        assert!(connections.check_name(bad, false).is_err(), "{bad:?}");
    }
    let error = connections.check_name("sk_live_0123456789", false).unwrap_err();
    assert!(!error.to_string().contains("0123"), "{error}");
    assert_eq!(connections.check_name(" Größe 1 ", false).unwrap(), "Größe 1");
    assert!(matches!(connections.check_name("x", true), Err(ConnectionError::Unknown { .. })));
    assert_eq!(connections.only().unwrap(), None);
}
