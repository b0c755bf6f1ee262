//! Request plans: what is sent, what is filtered here, what is refused.

use super::*;
use pinstripe_catalog::catalog;

fn ask(request: &PlanRequest<'_>) -> Result<RequestPlan, QueryError> {
    plan(catalog(), request, Timestamp::from_second(1_795_000_000).unwrap())
}

fn make(data_type: &str, query: &str) -> Result<RequestPlan, QueryError> {
    ask(&PlanRequest { data_type, query, time_zone: Some("UTC"), ..PlanRequest::default() })
}

fn sent(plan: &RequestPlan) -> Vec<String> {
    plan.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect()
}

#[test]
fn the_documented_example_is_filtered_here() {
    let plan = make("charges", "currency=jpy&amount[gt]=100000").unwrap();
    assert!(plan.parameters.is_empty());
    insta::assert_snapshot!(plan.sentence(), @"everything up to 2026-11-18 11:06 UTC; filtered here by currency=jpy and amount[gt]=100000, since Stripe's list cannot");
}

#[test]
fn what_a_list_takes_goes_to_stripe_as_it_is() {
    for (data_type, query, expected) in [
        ("subscriptions", "status=all", "status=all"),
        ("subscriptions", "automatic_tax[enabled]=true", "automatic_tax[enabled]=true"),
        ("subscriptions", "current_period_end[gte]=5", "current_period_end[gte]=5"),
        ("subscriptions", "price=price_1", "price=price_1"),
        ("balance_transactions", "type=charge", "type=charge"),
        ("balance_transactions", "payout=po_1", "payout=po_1"),
        ("balance_transactions", "currency=jpy", "currency=jpy"),
        ("payouts", "arrival_date[gte]=2026-01-01", "arrival_date[gte]=1767225600"),
        ("payouts", "arrival_date=1767225600", "arrival_date=1767225600"),
        ("payouts", "status=paid", "status=paid"),
        ("events", "delivery_success=false", "delivery_success=false"),
        ("events", "type=charge.*", "type=charge.*"),
        ("files", "purpose=dispute_evidence", "purpose=dispute_evidence"),
        ("customers", "email=a+b@example.com", "email=a+b@example.com"),
        ("customers", "test_clock=clock_1", "test_clock=clock_1"),
        ("charges", "transfer_group=group", "transfer_group=group"),
        ("disputes", "charge=ch_1", "charge=ch_1"),
        ("refunds", "payment_intent=pi_1", "payment_intent=pi_1"),
        ("transfers", "destination=acct_1", "destination=acct_1"),
    ] {
        let plan = make(data_type, query).unwrap();
        assert_eq!(
            (sent(&plan).join("&").as_str(), plan.filters.len()),
            (expected, 0),
            "{data_type} {query}"
        );
    }
    assert_eq!(sent(&make("events", "types[]=charge.failed&types[]=refund.created").unwrap()).len(), 2);
}

#[test]
fn everything_else_is_filtered_here() {
    for (data_type, query) in [
        ("charges", "billing_details.address.country=JP"),
        ("charges", "billing_details[address][country]=JP"),
        ("charges", "metadata[order_id]=6735"),
        ("charges", "metadata.order.id=6735"),
        ("charges", "status=succeeded&status=pending"),
        ("charges", "customer=null"),
        ("charges", "customer=cus_1&customer=cus_2"),
        ("charges", "description=caf%C3%A9 #5"),
        ("charges", "payment_method_details.konbini.store.chain=lawson"),
        ("charges", "shipping=null"),
        ("charges", "expand[]=data.customer&customer.email=a@example.com"),
        ("charges", "expand[]=data.refunds&refunds.data.amount[gt]=5"),
        ("subscriptions", "items.data.price.id=price_1"),
        ("subscriptions", "items.price.id=price_1"),
        ("subscriptions", "expand[]=data.items.data.price.product&items.price.product.name=Gold"),
        ("subscriptions", "items.data.0.price.unit_amount_decimal[gte]=0.5"),
        ("subscriptions", "trial_end[gt]=2026-01-01"),
        ("balance_transactions", "available_on[gte]=2026-01-01T12:00:00Z"),
        ("balance_transactions", "exchange_rate[lt]=0.9"),
        ("balance_transactions", "fee_details.type=stripe_fee"),
        ("customers", "delinquent=true"),
        ("files", "size[gt]=1000000"),
    ] {
        let plan = make(data_type, query).unwrap();
        assert_eq!((sent(&plan).len(), plan.filters.len()), (0, 1), "{data_type} {query}");
        let text = serde_json::to_string(&plan).unwrap();
        assert_eq!(serde_json::from_str::<RequestPlan>(&text).unwrap(), plan, "a plan is plain data");
    }
}

#[test]
fn bounds_on_one_parameter_narrow_each_other() {
    for (query, expected) in [
        ("arrival_date[gte]=500&arrival_date[gte]=100", "arrival_date[gte]=500"),
        ("arrival_date[lt]=500&arrival_date[lte]=99", "arrival_date[lt]=100"),
        ("arrival_date[gt]=5&arrival_date[lte]=9", "arrival_date[gte]=6&arrival_date[lt]=10"),
        ("arrival_date=7&arrival_date[gte]=1", "arrival_date=7"),
    ] {
        assert_eq!(sent(&make("payouts", query).unwrap()).join("&"), expected, "{query}");
    }
    for query in ["arrival_date=7&arrival_date[gte]=8", "arrival_date[gt]=7&arrival_date[lt]=8"] {
        assert!(make("payouts", query).unwrap_err().to_string().contains("nothing is left"), "{query}");
    }
}

#[test]
fn what_means_something_to_stripe_alone_is_not_tested_here() {
    assert!(make("events", "type=charge.*").is_ok());
    assert!(make("events", "type=charge.*&type=plan.created").is_err());
    assert!(make("events", "type=charge.failed&types[]=plan.created").is_err());
}

#[test]
fn several_statuses_of_subscriptions_bring_the_canceled_ones_too() {
    let plan = make("subscriptions", "status=active&status=canceled").unwrap();
    assert_eq!((sent(&plan), plan.filters.len()), (vec!["status=all".to_owned()], 1));
}

#[test]
fn dates_are_days_of_the_time_zone() {
    let request = PlanRequest {
        data_type: "charges",
        query: "created[gte]=2026-10-01&created[lte]=2026-10-31",
        time_zone: Some("Asia/Tokyo"),
        ..PlanRequest::default()
    };
    let plan = ask(&request).unwrap();
    insta::assert_snapshot!(plan.sentence(), @"created from 2026-10-01 00:00 Asia/Tokyo to before 2026-11-01 00:00");
}

#[test]
fn another_time_can_be_what_the_date_range_is_about() {
    let about = |data_type, date_field| {
        ask(&PlanRequest {
            data_type,
            date_range: DateRange::Last { count: 1, unit: crate::date_range::Unit::Weeks },
            date_field: Some(date_field),
            time_zone: Some("UTC"),
            ..PlanRequest::default()
        })
    };
    insta::assert_snapshot!(about("payouts", "arrival_date").unwrap().sentence(), @"arrival_date from 2026-11-11 00:00 UTC on; Stripe filters by arrival_date[gte]=1794355200");
    insta::assert_snapshot!(about("balance_transactions", "available_on").unwrap().sentence(), @"available_on from 2026-11-11 00:00 UTC on; filtered here by available_on[gte]=1794355200, since Stripe's list cannot");
    assert!(about("charges", "arrival_date").unwrap_err().to_string().contains("no time `arrival_date`"));
    assert!(about("tax_codes", "created").is_err());
}

#[test]
fn search_says_what_it_can_and_refuses_the_rest() {
    let search = |data_type, query| {
        ask(&PlanRequest { data_type, query, search: true, time_zone: Some("UTC"), ..PlanRequest::default() })
    };
    let plan = search("charges", "currency=jpy&amount[gt]=100000&metadata[a\"b]=x").unwrap();
    insta::assert_snapshot!(plan.search.as_deref().unwrap(), @r#"currency:"jpy" AND amount>100000 AND metadata["a\"b"]:"x""#);
    assert_eq!((plan.path.as_str(), plan.filters.len()), ("/v1/charges/search", 3));
    for (data_type, query) in [
        ("refunds", "currency=jpy"),
        ("charges", "description=x"),
        ("charges", "status=succeeded&status=pending"),
        ("charges", ""),
        ("customers", "name[gt]=a"),
    ] {
        assert!(search(data_type, query).is_err(), "{data_type} {query}");
    }
}

#[test]
fn a_date_field_without_a_date_range_is_no_silent_everything() {
    let request =
        PlanRequest { data_type: "payouts", date_field: Some("arrival_date"), ..PlanRequest::default() };
    let error = ask(&request).unwrap_err();
    assert_eq!(error.input(), Input::DateRange);
    assert!(ask(&PlanRequest { date_field: Some("created"), ..request }).is_ok());
}

#[test]
fn what_cannot_be_asked_is_refused_with_a_way_out() {
    let mut table = String::new();
    for (data_type, query) in [
        ("chrages", ""),
        ("charges", "custmer=cus_1"),
        ("charges", "billing_details.adress.city=x"),
        ("charges", "limit=0"),
        ("charges", "limit=abc"),
        ("charges", "limit[gt]=5"),
        ("charges", "starting_after=ch_1"),
        ("charges", "amount=lots"),
        ("charges", "amount=1e5"),
        ("charges", "amount=99999999999999999999"),
        ("charges", "currency=JPY"),
        ("charges", "currency[gt]=jpy"),
        ("charges", "status=succeded"),
        ("charges", "refunded=yes"),
        ("charges", "created[gte]=11/03/2015"),
        ("charges", "created[gte]=9999999999"),
        ("charges", "created[gte]=10&created[lt]=10"),
        ("charges", "amount[gt]=10&amount[lt]=5"),
        ("charges", "amount=5&amount[gt]=10"),
        ("charges", "customer.email=x"),
        ("charges", "refunds.data.amount[gt]=5"),
        ("charges", "billing_details=x"),
        ("charges", "amount[gt]=null"),
        ("charges", "expand[]=data.custmer"),
        ("payouts", "arrival_date[gte]=yesterday"),
        ("events", "delivery_success=maybe"),
        ("events", "data.object.amount=5"),
        ("balance_transactions", "type=bogus"),
        ("subscriptions", "automatic_tax=true"),
        ("subscription_items", ""),
        ("charges", "currency"),
        ("charges", "amount>=5"),
        ("charges", "amount[ne]=5"),
        ("charges", "created[gte]=2015"),
    ] {
        let error = make(data_type, query).unwrap_err();
        let hint = error.hint().unwrap_or("NO HINT");
        table.push_str(&format!("{data_type} {query}\n  {error}\n  hint: {hint}\n"));
    }
    assert!(!table.contains("NO HINT"), "{table}");
    insta::assert_snapshot!(table);
}

proptest::proptest! {
    #[test]
    fn no_query_string_makes_the_planner_panic(query in "\\PC{0,60}", noise in "[a-z_\\[\\].=&%#+0-9]{0,80}") {
        for data_type in ["charges", "subscriptions", "events"] {
            let _ = make(data_type, &query);
            let _ = make(data_type, &noise);
            let _ = make(data_type, &format!("amount[gt]={query}&status={noise}&items.{noise}={query}"));
        }
    }
}
