//! Queries that are kept as frames and views, versions of frames, and earlier ones restored.

use super::harness::{Cli, config, sandbox};

#[test]
fn a_query_is_kept_as_a_frame_or_as_a_view() {
    let sandbox = sandbox(config(10));
    let cli = Cli::new(&sandbox);
    cli.json(&["import", "charges"]);
    let query = "select currency, sum(amount), count(*) from charges group by 1";
    let kept = cli.json(&["sql", query, "--save", "sums"]);
    assert_eq!((&kept["frame"], &kept["kind"]), (&"sums".into(), &"sql".into()));
    let counted = cli.sql("select sum(count) as n, sum(sum_amount) as sum from sums");
    assert_eq!(counted, cli.sql("select count(*) as n, sum(amount) as sum from charges"));
    assert!(cli.run(&["sql", "select 1", "--save", "sums"]).failed(1).contains("exists already"));
    cli.json(&["sql", "select max(count) as most from sums", "--save-view", "most"]);
    assert_eq!(cli.sql("select most from most"), cli.sql("select max(count) as most from sums"));
    let circle = cli.run(&["sql", "select * from most", "--save-view", "most", "--replace"]).failed(1);
    assert!(circle.contains("most reads most"), "{circle}");
    let kinds: Vec<String> = cli
        .json(&["frames"])
        .as_array()
        .unwrap()
        .iter()
        .map(|frame| frame["kind"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["import", "view", "sql"]);
    assert!(cli.staged().is_empty());
}

#[test]
fn versions_say_what_changed_and_can_be_restored() {
    let sandbox = sandbox(config(10));
    let cli = Cli::new(&sandbox);
    let all = cli.json(&["import", "charges"])["rows"].as_u64().unwrap();
    cli.json(&["import", "charges", "--query", "limit=7"]);
    let versions = cli.json(&["history", "charges", "--versions"]);
    assert_eq!(versions[0]["version"]["rows"], 7);
    assert_eq!(versions[0]["changes"]["removed"], all - 7);
    assert_eq!(versions[1]["changes"]["added"], all);
    let restored = cli.json(&["restore", "charges", "--to-version", "0"]);
    assert_eq!((&restored["rows"], &restored["version"]), (&all.into(), &2.into()));
    assert_eq!(cli.sql("select count(*) as n from charges")[0]["n"], all);
    assert!(cli.run(&["restore", "charges", "--to-version", "9"]).failed(1).contains("no version 9"));
}
