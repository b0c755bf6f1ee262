"""Checks the sandbox with Stripe's own Python SDK: lists, search, expansion, errors, writes.

Usage: stripe_sdk.py PROGRAM. It starts the program's sandbox and says what it checked.
"""

import sys

import stripe

from sandbox import Sandbox


def walk(name, listing, least):
    ids = [item.id for item in listing.auto_paging_iter()]
    assert len(ids) == len(set(ids)), f"{name}: an object came twice"
    assert len(ids) >= least, f"{name}: expected at least {least}, found {len(ids)}"
    print(f"{name}: {len(ids)}")
    return ids


def refused(kind, call, **expected):
    try:
        call()
    except kind as error:
        for name, value in expected.items():
            found = getattr(error, name)
            assert found == value, f"{name}: expected {value!r}, found {found!r}"
        print(f"{kind.__name__}: {error.user_message}")
        return
    raise AssertionError(f"expected {kind.__name__}")


def lists(client):
    v1 = client.v1
    walk("charges", v1.charges.list({"limit": 100}), 100)
    walk("customers", v1.customers.list({"limit": 100}), 10)
    walk("balance_transactions", v1.balance_transactions.list({"limit": 100}), 100)
    walk("disputes", v1.disputes.list({"limit": 100}), 1)
    walk("events", v1.events.list({"limit": 100}), 10)
    walk("files", v1.files.list({"limit": 100}), 5)
    walk("payouts", v1.payouts.list({"limit": 100}), 5)
    walk("refunds", v1.refunds.list({"limit": 100}), 5)
    walk("transfers", v1.transfers.list({"limit": 100}), 5)
    walk("invoices", v1.invoices.list({"limit": 100}), 10)
    walk("prices", v1.prices.list({"limit": 100}), 100)
    usual = walk("subscriptions", v1.subscriptions.list({"limit": 100}), 10)
    every = walk("subscriptions, all", v1.subscriptions.list({"limit": 100, "status": "all"}), 10)
    ended = walk("subscriptions, ended", v1.subscriptions.list({"limit": 100, "status": "ended"}), 1)
    assert set(usual) < set(every) and set(ended) < set(every)
    newest = v1.charges.list({"limit": 1}).data[0]
    window = {"gte": newest.created - 86_400 * 90, "lt": newest.created}
    for charge in v1.charges.list({"limit": 100, "created": window}).auto_paging_iter():
        assert window["gte"] <= charge.created < window["lt"]
    page = v1.charges.list({"limit": 5})
    newer = v1.charges.list({"limit": 2, "ending_before": page.next_page().data[0].id})
    assert [it.id for it in newer.auto_paging_iter()] == [it.id for it in reversed(page.data)]


def nested(client):
    v1 = client.v1
    for subscription in v1.subscriptions.list({"limit": 100, "status": "all"}).auto_paging_iter():
        items = subscription["items"]
        if items.has_more:
            assert len(items.data) == 10
            rest = v1.subscription_items.list({"subscription": subscription.id, "limit": 100})
            assert len(list(rest.auto_paging_iter())) > 10
            assert len(list(items.auto_paging_iter())) > 10
            print("subscription items beyond ten")
            break
    for transfer in v1.transfers.list({"limit": 100}).auto_paging_iter():
        if transfer.reversals.has_more:
            assert len(list(transfer.reversals.auto_paging_iter())) > 10
            print("reversals beyond ten")
            break


def expansion(client):
    v1 = client.v1
    expand = ["data.customer", "data.balance_transaction.source"]
    for charge in v1.charges.list({"limit": 20, "expand": expand}).data:
        assert charge.customer is None or charge.customer.object == "customer"
        if charge.balance_transaction is not None:
            assert charge.balance_transaction.source.id == charge.id
    one = v1.charges.retrieve(charge.id, {"expand": ["refunds", "payment_intent"]})
    assert one.refunds.object == "list" and one.payment_intent.object == "payment_intent"
    print("expansion")


def search(client):
    v1 = client.v1
    found = list(v1.charges.search({"query": "currency:'jpy' AND amount>1000", "limit": 100}).auto_paging_iter())
    assert found and all(it.currency == "jpy" and it.amount > 1000 for it in found)
    print(f"search: {len(found)}")


def errors(client, url):
    v1 = client.v1
    invalid = stripe.InvalidRequestError
    refused(invalid, lambda: v1.charges.retrieve("ch_nope"), code="resource_missing", http_status=404, param="id")
    refused(invalid, lambda: v1.charges.list({"wat": 1}), code="parameter_unknown", http_status=400, param="wat")
    refused(invalid, lambda: v1.charges.list({"limit": "abc"}), code="parameter_invalid_integer")
    refused(invalid, lambda: v1.customers.list({"starting_after": "cus_x"}), code="resource_missing", http_status=400)
    refused(invalid, lambda: v1.charges.list({"expand": ["customer"]}), code=None, http_status=400)
    bad = connect(url, "sk_test_this_is_not_a_key")
    refused(stripe.AuthenticationError, lambda: bad.v1.charges.list(), http_status=401)
    narrow = connect(url, "rk_test_without_charge_read")
    refused(stripe.PermissionError, lambda: narrow.v1.charges.list(), http_status=403)
    assert narrow.v1.customers.list().data


def writes(client):
    v1 = client.v1
    customer = v1.customers.create({"name": "Nína \"Ní\" 🙂", "metadata": {"k": "v"}})
    assert v1.customers.list({"limit": 1}).data[0].id == customer.id
    v1.customers.update(customer.id, {"name": "Other"})
    assert v1.customers.delete(customer.id).deleted
    kinds = [event.type for event in v1.events.list({"limit": 3}).data]
    assert kinds == ["customer.deleted", "customer.updated", "customer.created"], kinds
    print("writes")


def connect(url, key):
    return stripe.StripeClient(key, base_addresses={"api": url}, max_network_retries=2)


def main(program):
    checks = (lists, nested, expansion, search, writes)
    with Sandbox(program) as sandbox:
        client = connect(sandbox.url, sandbox.secret_key)
        for check in checks:
            check(client)
        errors(client, sandbox.url)
    print(f"with stripe {stripe.VERSION}:")
    print(f"{len(checks) + 1} passed, 0 failed")


if __name__ == "__main__":
    main(sys.argv[1])
