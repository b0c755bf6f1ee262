//! Files and query results in every format: whole, readable, and never half written.

use std::path::PathBuf;

use serde_json::Value;

use super::business::business;
use super::harness::{Cli, assert_says, config, sandbox};

fn export(cli: &Cli, frame: &str, file: &str) -> (Value, Vec<u8>) {
    let report = cli.json(&["export", frame, "--to", file]);
    let bytes = std::fs::read(cli.folder().join(file)).unwrap();
    assert_eq!(report["bytes"], bytes.len());
    (report, bytes)
}

/// Records of a CSV text; quoted fields may hold commas, quotes and line ends.
fn records(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            other => field.push(other),
        }
    }
    assert!(!quoted && field.is_empty() && record.is_empty(), "the text ends in the middle of a record");
    records
}

#[test]
fn csv_has_a_header_and_every_row_with_every_column() {
    let cli = &business().cli;
    let (report, bytes) = export(cli, "charges", "charges.csv");
    let records = records(&String::from_utf8(bytes).unwrap());
    assert_eq!(report["rows"], 1_200);
    assert_eq!(records.len(), 1_201);
    let header = &records[0];
    assert!(records.iter().all(|record| record.len() == header.len()));
    let column = |name: &str| header.iter().position(|column| column == name).unwrap();
    let expected = cli.sql(
        "select id, cast(amount as varchar) as amount, description, billing_details.address.city as city, \
         to_char(created, '%Y-%m-%dT%H:%M:%SZ') as created from charges",
    );
    let created: Vec<&String> = records[1..].iter().map(|record| &record[column("created")]).collect();
    assert!(created.is_sorted_by(|newer, older| newer >= older), "newest first");
    for record in &records[1..] {
        let row = expected.iter().find(|row| row["id"] == record[column("id")].as_str()).unwrap();
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        assert_eq!(record[column("amount")], text("amount"));
        assert_eq!(record[column("created")], text("created"));
        assert_eq!(record[column("description")], text("description"));
        assert_eq!(record[column("billing_details.address.city")], text("city"));
    }
    assert!(header.iter().any(|name| name.starts_with("metadata.")), "{header:?}");
    assert!(!header.iter().any(|name| name == "_shape"));
}

#[test]
fn binary_files_are_of_the_kind_their_ending_says() {
    let cli = &business().cli;
    for (file, begins, ends) in [
        ("payouts.xlsx", b"PK\x03\x04".as_slice(), b"".as_slice()),
        ("payouts.parquet", b"PAR1", b"PAR1"),
        ("payouts.arrow", b"ARROW1", b"ARROW1"),
        ("payouts.feather", b"ARROW1", b"ARROW1"),
    ] {
        let (report, bytes) = export(cli, "payouts", file);
        assert_eq!(report["rows"], cli.sql("select id from payouts").len(), "{file}");
        assert!(bytes.starts_with(begins) && bytes.ends_with(ends), "{file}");
        assert!(bytes.len() > 2_000, "{file}: {}", bytes.len());
    }
}

#[test]
fn frames_without_rows_can_be_exported_in_every_format() {
    let sandbox = sandbox(config(0));
    let cli = Cli::new(&sandbox);
    cli.json(&["import", "charges"]);
    for ending in ["csv", "xlsx", "parquet", "arrow", "jsonl"] {
        let (report, bytes) = export(&cli, "charges", &format!("charges.{ending}"));
        assert_eq!(report["rows"], 0, "{ending}");
        assert_eq!(bytes.is_empty(), ending == "jsonl", "{ending}");
        if ending == "csv" {
            let records = records(&String::from_utf8(bytes).unwrap());
            assert_eq!(records.len(), 1);
            assert!(records[0].iter().any(|name| name == "billing_details.address.city"));
        }
    }
}

#[test]
fn files_that_cannot_be_written_are_refused_and_leave_nothing_behind() {
    let sandbox = sandbox(config(1));
    let cli = Cli::new(&sandbox);
    cli.json(&["import", "charges"]);
    std::fs::create_dir(cli.folder().join("folder.csv")).unwrap();
    std::fs::write(cli.folder().join("file"), "").unwrap();
    let mut said = String::new();
    for file in ["charges.txt", "charges", "", "folder.csv", "nowhere/charges.csv", "file/charges.csv"] {
        said.push_str(&format!("{file}\n{}\n", cli.run(&["export", "charges", "--to", file]).failed(1)));
    }
    let mut left: Vec<PathBuf> =
        std::fs::read_dir(cli.folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    left.sort();
    assert_eq!(left, ["file", "folder.csv", "library"].map(|name| cli.folder().join(name)));
    assert_says!(cli, said, @r"
    charges.txt
    error: `charges.txt` does not say what kind of file it is

    hint: end the name with .csv, .xlsx, .json, .jsonl, .parquet or .arrow

    charges
    error: `charges` does not say what kind of file it is

    hint: end the name with .csv, .xlsx, .json, .jsonl, .parquet or .arrow


    error: a value is required for '--to <FILE>' but none was supplied

    For more information, try '--help'.

    folder.csv
    error: `folder.csv` is a folder, expected a file

    nowhere/charges.csv
    error: cannot write nowhere/charges.csv
    caused by: No such file or directory (os error [number])

    file/charges.csv
    error: cannot write file/charges.csv
    caused by: Not a directory (os error [number])
    ");
}

#[test]
fn an_export_replaces_the_file_that_is_there() {
    let sandbox = sandbox(config(1));
    let cli = Cli::new(&sandbox);
    cli.json(&["import", "charges"]);
    std::fs::write(cli.folder().join("charges.jsonl"), "old".repeat(100_000)).unwrap();
    assert_eq!(cli.objects("charges").len(), 10);
    let output = cli.run(&["export", "charges", "--to", "charges.csv"]).ok();
    assert_eq!(output.stdout, "");
    assert!(output.stderr.starts_with("10 rows of `charges` are in charges.csv ("), "{}", output.stderr);
}

#[test]
fn a_query_is_printed_as_a_table_as_json_and_as_csv() {
    let cli = &business().cli;
    let query = "select currency, count(*) as charges, min(created) as first, null as nothing, 1.50 as share \
                 from charges where currency in ('jpy', 'usd') group by 1 order by 1";
    let text = |format: &str| cli.run(&["sql", query, "--format", format]).ok().stdout;
    assert_says!(cli, text("table"), @r"
     currency   charges   first                 nothing   share 
    ════════════════════════════════════════════════════════════
     jpy            140   2022-07-01 16:08:13               1.5 
     usd            576   2022-06-22 17:56:21               1.5
    ");
    assert_says!(cli, text("json"), @r#"[{"currency":"jpy","charges":140,"first":"2022-07-01T16:08:13Z","nothing":null,"share":1.5},{"currency":"usd","charges":576,"first":"2022-06-22T17:56:21Z","nothing":null,"share":1.5}]"#);
    assert_says!(cli, text("csv"), @r"
    currency,charges,first,nothing,share
    jpy,140,2022-07-01T16:08:13Z,,1.5
    usd,576,2022-06-22T17:56:21Z,,1.5
    ");
    assert_eq!(text("json"), cli.run(&["sql", query, "--json"]).ok().stdout);
}

#[test]
fn nested_values_stay_nested_in_json_and_have_dots_in_csv() {
    let cli = &business().cli;
    let query = "select billing_details, metadata from charges where id = (select max(id) from charges)";
    let json = &cli.sql(query)[0];
    assert!(json["billing_details"]["address"].is_object() && json["metadata"].is_object(), "{json}");
    let csv = cli.run(&["sql", query, "--format", "csv"]).ok().stdout;
    assert!(csv.starts_with("billing_details.address.city,"), "{csv}");
}

#[test]
fn a_query_without_rows_is_an_empty_array_or_only_a_header() {
    let cli = &business().cli;
    let query = "select id, amount from charges where amount < 0";
    let text = |format: &str| cli.run(&["sql", query, "--format", format]).ok().stdout;
    assert_eq!(text("json"), "[]\n");
    assert_eq!(text("csv"), "id,amount\n");
}
