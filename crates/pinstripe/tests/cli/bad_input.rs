//! Whatever else can be typed wrong: refused before any request, with what was expected and a hint.

use super::harness::{Cli, Output, assert_says, config, sandbox};

/// Runs commands that must be refused without a request. Gives what each said.
fn refusals(commands: &[&[&str]]) -> (Cli, String) {
    let sandbox = sandbox(config(1));
    let cli = Cli::new(&sandbox);
    let mut said = String::new();
    for command in commands {
        let text = cli.run(command).failed(1);
        let shown: Vec<String> = command
            .iter()
            .map(|argument| argument.chars().take(30).flat_map(char::escape_debug).collect())
            .collect();
        said.push_str(&format!("{}\n{text}\n", shown.join(" ")));
    }
    assert_eq!(sandbox.requests(), []);
    (cli, said)
}

#[test]
fn an_unknown_data_type_is_met_with_the_nearest() {
    let commands: &[&[&str]] = &[
        &["import", "chrages"],
        &["preview", "costumers"],
        &["describe", "payuots"],
        &["import", "weather"],
        &["import", ""],
    ];
    let (cli, said) = refusals(commands);
    assert_says!(cli, said, @r"
    import chrages
    error: `chrages` is no data type

    hint: did you mean `charges`?

    preview costumers
    error: `costumers` is no data type

    hint: did you mean `customers`?

    describe payuots
    error: `payuots` is no data type

    hint: pinstripe describe payouts

    import weather
    error: `weather` is no data type

    hint: pinstripe types

    import 
    error: `` is no data type

    hint: pinstripe types
    ");
}

#[test]
fn parameters_that_the_list_does_not_have_are_refused() {
    let query = |query: &'static str| ["import", "charges", "--query", query];
    let (cli, said) = refusals(&[
        &query("custmer=cus_1"),
        &query("wat=1"),
        &query("starting_after=ch_1"),
        &query("ending_before=ch_1"),
        &["import", "subscription_items"],
    ]);
    assert_says!(cli, said, @r#"
    import charges --query custmer=cus_1
    error: `charges` has no field `custmer`

    hint: did you mean `customer` or `outcome`?

    import charges --query wat=1
    error: `charges` has no field `wat`

    hint: pinstripe describe charges

    import charges --query starting_after=ch_1
    error: `starting_after` cannot be set: pages are walked by pinstripe itself

    hint: leave it out, or use a date range to begin elsewhere

    import charges --query ending_before=ch_1
    error: `ending_before` cannot be set: pages are walked by pinstripe itself

    hint: leave it out, or use a date range to begin elsewhere

    import subscription_items
    error: Stripe lists Subscription Items only for one `subscription`: expected it in the query

    hint: pinstripe import subscription_items --query "subscription=..."
    "#);
}

#[test]
fn values_that_a_parameter_does_not_take_are_refused() {
    let query = |query: &'static str| ["import", "charges", "--query", query];
    let (cli, said) = refusals(&[
        &query("limit=0"),
        &query("limit=-5"),
        &query("limit=many"),
        &query("created[gte]=yesterday"),
        &query("created[gte]=10&created[lt]=10"),
        &query("customer"),
        &query("customer="),
        &["import", "subscriptions", "--query", "status=activ"],
        &["import", "events", "--query", "delivery_success=maybe"],
    ]);
    assert_says!(cli, said, @"
    import charges --query limit=0
    error: `limit=0`: expected a positive whole number of rows

    hint: limit=1000

    import charges --query limit=-5
    error: `limit=-5`: expected a positive whole number of rows

    hint: limit=1000

    import charges --query limit=many
    error: `limit=many`: expected a positive whole number of rows

    hint: limit=1000

    import charges --query created[gte]=yesterday
    error: `created[gte]=yesterday`: expected a date, a date and time, or Unix seconds

    hint: created[gte]=2026-01-31, created[gte]=2026-01-31T12:00:00Z or created[gte]=1769860800

    import charges --query created[gte]=10&created[lt]=10
    error: `created[lt]=10` contradicts the date range or another condition on `created`: nothing is left

    hint: leave one of them out

    import charges --query customer
    error: `customer` is no condition: expected field=value

    hint: write conditions as `currency=jpy&amount[gt]=100000`

    import charges --query customer=
    error: `customer=` has no value

    hint: leave the condition out, or give it a value

    import subscriptions --query status=activ
    error: `status=activ`: expected one of active, all, canceled, ended, incomplete, incomplete_expired, past_due, paused, trialing, unpaid

    hint: did you mean `status=active`?

    import events --query delivery_success=maybe
    error: `delivery_success=maybe`: expected true or false

    hint: delivery_success=true
    ");
}

#[test]
fn keys_that_cannot_work_are_refused_and_never_repeated() {
    let sandbox = sandbox(config(1));
    let mut cli = Cli::new(&sandbox);
    let mut said = String::new();
    for key in
        ["", "  ", "pk_test_SeCrEt", "whsec_SeCrEt", "acct_SeCrEt", "sk_test_Se CrEt", "sk_test_SeCrÉt"]
    {
        cli.key = key.to_owned();
        said.push_str(&cli.run(&["import", "charges"]).failed(1));
        let previewed = cli.run(&["preview", "charges"]).failed(1);
        assert!(said.ends_with(&previewed), "{previewed}");
        said.push('\n');
    }
    assert!(!said.contains("SeCr"), "{said}");
    let mut command = cli.command(&["import", "charges"]);
    command.env_remove("STRIPE_API_KEY");
    assert!(super::harness::read(command).failed(1).starts_with("error: no Stripe key is set\n"));
    assert_eq!(sandbox.requests(), []);
    assert_says!(cli, said, @r"
    error: no Stripe key is set

    hint: keep a key with `pinstripe connect NAME`, or set STRIPE_API_KEY to a restricted key (https://dashboard.stripe.com/apikeys/create), or try `pinstripe demo`, which needs none

    error: no Stripe key is set

    hint: keep a key with `pinstripe connect NAME`, or set STRIPE_API_KEY to a restricted key (https://dashboard.stripe.com/apikeys/create), or try `pinstripe demo`, which needs none

    error: this is a publishable key (pk_...), expected a secret or restricted key

    hint: use a restricted key (rk_...) from https://dashboard.stripe.com/apikeys

    error: this is not the form of a Stripe key

    hint: expected a key that begins with rk_ or sk_

    error: this is not the form of a Stripe key

    hint: expected a key that begins with rk_ or sk_

    error: this is not the form of a Stripe key

    hint: expected letters, digits and underscores without spaces

    error: this is not the form of a Stripe key

    hint: expected letters, digits and underscores without spaces
    ");
}

#[test]
fn servers_to_which_no_key_may_be_sent_are_refused() {
    let cli = Cli::at("http://127.0.0.1:9", "sk_test_1");
    let mut said = String::new();
    for server in [
        "http://api.stripe.com",
        "http://192.0.2.1:12111",
        "ftp://127.0.0.1",
        "api.stripe.com",
        "",
        "https://example.com/v1",
        "https://user:SeCrEt@example.com",
    ] {
        let Output { code, stderr, .. } = cli.run(&["import", "charges", "--api-base", server]);
        assert_eq!(code, 1, "{server}: {stderr}");
        said.push_str(&stderr);
        said.push('\n');
    }
    assert!(!said.contains("SeCrEt"));
    assert_says!(cli, said, @r"
    error: `http://api.stripe.com` cannot be used as the server: expected https, since the key would travel in clear

    hint: --api-base https://api.stripe.com

    error: `http://192.0.2.1:12111` cannot be used as the server: expected https, since the key would travel in clear

    hint: --api-base https://api.stripe.com

    error: `ftp://127.0.0.1` cannot be used as the server: expected https (or http on this machine)

    hint: --api-base https://api.stripe.com

    error: `api.stripe.com` cannot be used as the server: expected an address such as https://api.stripe.com

    hint: --api-base https://api.stripe.com

    error: `` cannot be used as the server: expected an address such as https://api.stripe.com

    hint: --api-base https://api.stripe.com

    error: `https://example.com/v1` cannot be used as the server: expected no path; pinstripe adds /v1/... itself

    hint: --api-base https://api.stripe.com

    error: `example.com` cannot be used as the server: expected scheme, host and port only

    hint: --api-base https://api.stripe.com
    ");
}

#[test]
fn names_that_no_frame_may_have_are_refused() {
    let long = "x".repeat(300);
    let import = |name: &'static str| ["import", "charges", "--as", name];
    let (cli, said) = refusals(&[
        &import(""),
        &import("   "),
        &import("../x"),
        &import("/etc/x"),
        &import("a;b"),
        &import("a.b"),
        &import("a\"b"),
        &import("a\nb"),
        &import("-rf"),
        &import("\u{202e}abc"),
        &["import", "charges", "--as", &long],
        &["rename", "charges", "../x"],
    ]);
    assert!(!cli.library.exists());
    let hint = "\nhint: use letters, digits, `_`, `-` and spaces, such as --as jpy_charges\n\n";
    assert_eq!(said.matches(hint).count(), 12);
    assert_says!(cli, said.replace(hint, ""), @r#"
    import charges --as 
    error: `` cannot be a data frame's name: expected at least one letter
    import charges --as    
    error: `` cannot be a data frame's name: expected at least one letter
    import charges --as ../x
    error: `../x` cannot be a data frame's name: found '.', expected letters, digits, `_`, `-` and spaces
    import charges --as /etc/x
    error: `/etc/x` cannot be a data frame's name: found '/', expected letters, digits, `_`, `-` and spaces
    import charges --as a;b
    error: `a;b` cannot be a data frame's name: found ';', expected letters, digits, `_`, `-` and spaces
    import charges --as a.b
    error: `a.b` cannot be a data frame's name: found '.', expected letters, digits, `_`, `-` and spaces
    import charges --as a\"b
    error: `a"b` cannot be a data frame's name: found '"', expected letters, digits, `_`, `-` and spaces
    import charges --as a\nb
    error: `a?b` cannot be a data frame's name: found '\n', expected letters, digits, `_`, `-` and spaces
    import charges --as -rf
    error: `-rf` cannot be a data frame's name: expected it to begin with a letter, a digit or `_`
    import charges --as \u{202e}abc
    error: `·abc` cannot be a data frame's name: found '\u{202e}', expected letters, digits, `_`, `-` and spaces
    import charges --as xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
    error: `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx` cannot be a data frame's name: expected at most 80 characters
    rename charges ../x
    error: `../x` cannot be a data frame's name: found '.', expected letters, digits, `_`, `-` and spaces
    "#);
}

#[test]
fn names_in_any_language_are_fine() {
    let sandbox = sandbox(config(1));
    let cli = Cli::new(&sandbox);
    for name in ["請求", "übersicht-2025", "Select all"] {
        assert_eq!(cli.json(&["import", "charges", "--as", name])["frame"], name);
        assert_eq!(cli.sql(&format!("select id from \"{name}\"")).len(), 10, "{name}");
        assert_eq!(cli.objects(name).len(), 10, "{name}");
    }
    assert_eq!(cli.json(&["frames"]).as_array().unwrap().len(), 3);
}

#[test]
fn a_rate_that_is_no_rate_is_refused() {
    let rate = |rate: &'static str| ["import", "charges", "--max-rate", rate];
    let (cli, said) = refusals(&[
        &rate("0"),
        &rate("NaN"),
        &rate("fast"),
        &["import", "charges", "--max-endpoint-rate", "0"],
        &["import", "charges", "--headroom", "95"],
    ]);
    assert_says!(cli, said, @r"
    import charges --max-rate 0
    error: `--max-rate 0`: expected a number of requests a second above 0

    hint: --max-rate 25

    import charges --max-rate NaN
    error: `--max-rate NaN`: expected a number of requests a second above 0

    hint: --max-rate 25

    import charges --max-rate fast
    error: invalid value 'fast' for '--max-rate <PER_SECOND>': invalid float literal

    For more information, try '--help'.

    import charges --max-endpoint-rate 0
    error: `--max-endpoint-rate 0`: expected a number of requests a second above 0

    hint: --max-endpoint-rate 25

    import charges --headroom 95
    error: `--headroom 95`: expected a percentage from 0 to 90

    hint: --headroom 20
    ");
}
