//! The kinds of objects that the sandbox knows: their names in paths, ids, messages and permissions.
//!
//! Only Stripe's words live here; how many there are and what is in them is `world.rs`. Read next: `ident.rs`.

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    Account,
    BalanceTransaction,
    BankAccount,
    Charge,
    Coupon,
    Customer,
    Dispute,
    Event,
    File,
    Invoice,
    LineItem,
    PaymentIntent,
    PaymentMethod,
    Payout,
    Plan,
    Price,
    Product,
    Refund,
    Subscription,
    SubscriptionItem,
    Transfer,
    TransferReversal,
}

/// What Stripe calls a kind in its different texts.
pub struct Names {
    /// The value of `object`.
    pub object: &'static str,
    /// In `No such ...`.
    pub missing: &'static str,
    /// The `param` of a 404 by path id.
    pub param: &'static str,
    /// The `rak_` permission that reads it.
    pub permission: &'static str,
    /// In form B of the 403 text.
    pub title: &'static str,
}

const fn names(
    object: &'static str,
    missing: &'static str,
    param: &'static str,
    permission: &'static str,
    title: &'static str,
) -> Names {
    Names { object, missing, param, permission, title }
}

impl Kind {
    pub const ALL: [Kind; 22] = [
        Kind::Account,
        Kind::BalanceTransaction,
        Kind::BankAccount,
        Kind::Charge,
        Kind::Coupon,
        Kind::Customer,
        Kind::Dispute,
        Kind::Event,
        Kind::File,
        Kind::Invoice,
        Kind::LineItem,
        Kind::PaymentIntent,
        Kind::PaymentMethod,
        Kind::Payout,
        Kind::Plan,
        Kind::Price,
        Kind::Product,
        Kind::Refund,
        Kind::Subscription,
        Kind::SubscriptionItem,
        Kind::Transfer,
        Kind::TransferReversal,
    ];

    pub const fn names(self) -> Names {
        match self {
            Kind::Account => {
                names("account", "account", "account", "connected_account_read", "Connected Accounts Read")
            }
            Kind::BalanceTransaction => names(
                "balance_transaction",
                "balance transaction",
                "id",
                "balance_transaction_source_read",
                "Balance Transaction Sources Read",
            ),
            Kind::BankAccount => names("bank_account", "bank account", "id", "payout_read", "Payouts Read"),
            Kind::Charge => names("charge", "charge", "id", "charge_read", "Charges and Refunds Read"),
            Kind::Coupon => names("coupon", "coupon", "coupon", "coupon_read", "Coupons Read"),
            Kind::Customer => names("customer", "customer", "id", "customer_read", "Customers Read"),
            Kind::Dispute => names("dispute", "dispute", "dispute", "dispute_read", "Disputes Read"),
            Kind::Event => names("event", "event", "id", "event_read", "Events Read"),
            Kind::File => names("file", "file upload", "file", "file_read", "Files Read"),
            Kind::Invoice => names("invoice", "invoice", "invoice", "invoice_read", "Invoices Read"),
            Kind::LineItem => names("line_item", "invoice item", "id", "invoice_read", "Invoices Read"),
            Kind::PaymentIntent => names(
                "payment_intent",
                "payment_intent",
                "intent",
                "payment_intent_read",
                "PaymentIntents Read",
            ),
            Kind::PaymentMethod => names(
                "payment_method",
                "PaymentMethod",
                "payment_method",
                "payment_method_read",
                "PaymentMethods Read",
            ),
            Kind::Payout => names("payout", "payout", "payout", "payout_read", "Payouts Read"),
            Kind::Plan => names("plan", "plan", "plan", "plan_read", "Prices Read"),
            Kind::Price => names("price", "price", "price", "plan_read", "Prices Read"),
            Kind::Product => names("product", "product", "id", "product_read", "Products Read"),
            Kind::Refund => names("refund", "refund", "id", "charge_read", "Charges and Refunds Read"),
            Kind::Subscription => {
                names("subscription", "subscription", "id", "subscription_read", "Subscriptions Read")
            }
            Kind::SubscriptionItem => names(
                "subscription_item",
                "subscription_item",
                "item",
                "subscription_read",
                "Subscriptions Read",
            ),
            Kind::Transfer => names("transfer", "transfer", "transfer", "transfer_read", "Transfers Read"),
            Kind::TransferReversal => {
                names("transfer_reversal", "transfer reversal", "id", "transfer_read", "Transfers Read")
            }
        }
    }

    pub fn object(self) -> &'static str {
        self.names().object
    }

    pub fn from_object(object: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.object() == object)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_object(kind.object()), Some(kind));
        }
    }
}
