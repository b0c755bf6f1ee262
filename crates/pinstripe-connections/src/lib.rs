//! How Stripe accounts are reached, kept from day to day: keys and OAuth grants with what is known of
//! them, and their secrets in a place that is made for secrets. It never reads rows and never prints.
//!
//! Read next: [`connections`] for all that can be done with them, [`record`] for what is known of one,
//! [`vault`] for where secrets are kept, [`tried`] for what a key may read, [`oauth`] for grants.

mod alone;
pub mod connections;
pub mod error;
pub mod key_page;
pub mod oauth;
mod random;
pub mod record;
mod register;
pub mod tried;
pub mod vault;

pub use connections::{Connections, Places};
pub use error::ConnectionError;
pub use record::{ConnectionKind, ConnectionRecord};
pub use tried::{Access, AccountSeen, Tried, TypeAccess};
pub use vault::{Keeper, Vault};
