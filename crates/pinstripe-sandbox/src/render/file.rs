//! Writes files: evidence, logos, reports. There are no contents behind them.
//!
//! `links` is always there and empty, as in Stripe's own sample objects. Read next: `account.rs`.

use super::{empty_array, head};
use crate::calendar::DAY;
use crate::changes::View;
use crate::dice::Topic;
use crate::json::Json;
use crate::kind::Kind;

/// What a file is for, and its type.
pub fn purpose(view: View<'_>, index: u64) -> (&'static str, &'static str) {
    match view.world.dice(Topic::File, index) % 10 {
        0..4 => ("dispute_evidence", "pdf"),
        4 => ("business_logo", "png"),
        5 => ("business_icon", "png"),
        6 => ("identity_document", "jpg"),
        7 => ("customer_signature", "png"),
        8 => ("finance_report_run", "csv"),
        _ => ("tax_document_user_upload", "pdf"),
    }
}

pub fn file(json: &mut Json, view: View<'_>, index: u64) {
    let id = view.id(Kind::File, index);
    let created = view.created(Kind::File, index);
    let (purpose, kind) = purpose(view, index);
    let dice = view.world.dice(Topic::File, index);
    json.open_object();
    head(json, &id, "file");
    json.int("created", created);
    json.int_or_null("expires_at", (purpose == "finance_report_run").then_some(created + 365 * DAY));
    let name = match dice >> 8 & 7 {
        0 => format!("kvittering nr. {index} – æøå.{kind}"),
        1 => format!("領収書_{index}.{kind}"),
        _ => format!("{purpose}_{index}.{kind}"),
    };
    json.str_or_null("filename", (dice >> 12 & 15 != 0).then_some(name.as_str()));
    json.object("links", |json| {
        json.plain("object", "list");
        empty_array(json, "data");
        json.bool("has_more", false);
        json.plain("url", &format!("/v1/file_links?file={}", &*id));
    });
    json.plain("purpose", purpose);
    json.int("size", 400 + (dice >> 20) as i64 % 4_000_000);
    json.str_or_null("title", (dice >> 44 & 3 == 0).then_some("Signed, \"final\" version"));
    json.plain("type", kind);
    json.plain("url", &format!("https://files.stripe.com/v1/files/{}/contents", &*id));
    json.close_object();
}
