//! Nested lists that came cut off, completed from further pages.

use pinstripe_arrow::{IncompleteList, PageOutcome, complete_lists};
use serde_json::{Value, json};

use crate::json::{assert_same, complete, decoder, encode};

fn list(ids: &[&str], has_more: bool, url: &str) -> Value {
    let data: Vec<Value> = ids.iter().map(|id| json!({"id": id, "object": "refund", "amount": 1})).collect();
    json!({"object": "list", "data": data, "has_more": has_more, "url": url})
}

fn text(value: &Value, pretty: bool) -> Vec<u8> {
    if pretty { serde_json::to_vec_pretty(value).unwrap() } else { serde_json::to_vec(value).unwrap() }
}

fn rows(refunds: [Value; 4]) -> Vec<Value> {
    let row = |(number, refunds)| json!({"id": format!("ch_{number}"), "refunds": refunds});
    refunds.into_iter().enumerate().map(row).collect()
}

fn incomplete(outcome: PageOutcome) -> Vec<IncompleteList> {
    match outcome {
        PageOutcome::Incomplete(lists) => lists,
        PageOutcome::Complete(summary) => panic!("complete: {summary:?}"),
    }
}

#[test]
fn lists_in_several_rows_are_completed_promise_5() {
    for (pretty, pretty_rest) in [(true, false), (false, true), (true, true)] {
        let cut = rows([
            list(&["re_1", "re_2"], true, "/v1/charges/ch_0/refunds"),
            list(&["re_5"], false, "/v1/charges/ch_1/refunds"),
            list(&[], true, "/v1/charges/ch_2/refunds"),
            list(&["re_8"], true, "/v1/charges/ch_3/refunds"),
        ]);
        let body =
            text(&json!({"object": "list", "data": cut, "has_more": true, "url": "/v1/charges"}), pretty);
        let mut decoder = decoder("charge", &[]);
        let lists = incomplete(decoder.page(&body).unwrap());
        assert_eq!(decoder.rows(), 0);
        let said: Vec<_> = lists
            .iter()
            .map(|list| {
                (list.path.as_str(), list.url.as_str(), list.last_id.as_deref(), list.row_id.as_deref())
            })
            .collect();
        assert_eq!(
            said,
            [
                ("refunds", "/v1/charges/ch_0/refunds", Some("re_2"), Some("ch_0")),
                ("refunds", "/v1/charges/ch_2/refunds", None, Some("ch_2")),
                ("refunds", "/v1/charges/ch_3/refunds", Some("re_8"), Some("ch_3")),
            ]
        );
        let further = |ids: &[&str], has_more: bool| text(&list(ids, has_more, "/rest"), pretty_rest);
        let pages = vec![
            vec![further(&["re_3"], true), further(&["re_4"], false)],
            vec![further(&["re_6"], true), further(&[], true), further(&["re_7"], false)],
            vec![further(&[], false)],
        ];
        // The order of the lists does not matter.
        let given: Vec<_> = lists.into_iter().zip(pages).rev().collect();
        let whole = complete_lists(&body, &given).unwrap();
        let summary = complete(decoder.page(&whole).unwrap());
        assert!(summary.has_more);
        let expected = rows([
            list(&["re_1", "re_2", "re_3", "re_4"], false, "/v1/charges/ch_0/refunds"),
            list(&["re_5"], false, "/v1/charges/ch_1/refunds"),
            list(&["re_6", "re_7"], false, "/v1/charges/ch_2/refunds"),
            list(&["re_8"], false, "/v1/charges/ch_3/refunds"),
        ]);
        assert_same(&expected, &encode(&decoder.finish().unwrap().batch), "charges");
    }
}

#[test]
fn lists_of_one_object_are_completed_too() {
    let inner = |ids: &[&str], has_more| list(ids, has_more, "/inner");
    let row = json!({"id": "pi_1", "latest_charge": {"id": "ch_1", "refunds": inner(&["re_1"], true)}});
    let mut decoder = decoder("payment_intent", &["latest_charge"]);
    let lists = incomplete(decoder.object(&text(&row, true)).unwrap());
    assert_eq!((lists.len(), lists[0].path.as_str()), (1, "latest_charge.refunds"));
    let body = text(&row, true);
    let whole =
        complete_lists(&body, &[(lists[0].clone(), vec![text(&inner(&["re_2"], false), false)])]).unwrap();
    complete(decoder.object(&whole).unwrap());
    let expected =
        json!({"id": "pi_1", "latest_charge": {"id": "ch_1", "refunds": inner(&["re_1", "re_2"], false)}});
    assert_same(&[expected], &encode(&decoder.finish().unwrap().batch), "payment intent");
}

#[test]
fn what_would_leave_a_short_list_is_refused_promise_1() {
    let row = json!({"id": "ch_1", "refunds": list(&["re_1"], true, "/r")});
    let body = text(&row, true);
    let found = incomplete(decoder("charge", &[]).object(&body).unwrap()).remove(0);
    let rest = |has_more| text(&list(&["re_2"], has_more, "/r"), true);
    let fails = |body: &[u8], pages: Vec<Vec<u8>>| {
        complete_lists(body, &[(found.clone(), pages)]).err().map(|error| error.to_string())
    };
    assert_eq!(fails(&body, vec![rest(false)]), None);
    for (body, pages) in [
        (&body[..], vec![]),
        (&body[..], vec![rest(true)]),
        (&body[..], vec![rest(false), rest(false)]),
        (&body[..], vec![b"{\"error\":{}}".to_vec()]),
        (&body[..], vec![rest(false)[..20].to_vec()]),
        (&b"{}"[..], vec![rest(false)]),
    ] {
        assert!(fails(body, pages.clone()).is_some(), "{pages:?}");
    }
    let twice = [(found.clone(), vec![rest(false)]), (found.clone(), vec![rest(false)])];
    assert!(complete_lists(&body, &twice).is_err());
    // A list that says has_more but not where: nothing could complete it.
    let mut lost = row.clone();
    lost["refunds"].as_object_mut().unwrap().remove("url");
    assert!(decoder("charge", &[]).object(&text(&lost, true)).is_err());
}
