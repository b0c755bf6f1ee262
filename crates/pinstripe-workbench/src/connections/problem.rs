//! What goes wrong with connections, as the page is told: at the field it belongs to, with a way out
//! that a page has. No secret is in it.

use pinstripe_client::{ClientError, ErrorKind};
use pinstripe_connections::ConnectionError;
use pinstripe_connections::oauth::OAuthError;
use pinstripe_library::{Failure, Field};

pub(crate) fn failure(error: ConnectionError) -> Failure {
    let field = match (&error, error.kind()) {
        (ConnectionError::Taken { .. } | ConnectionError::BadName { .. }, _) => Some(Field::Name),
        (ConnectionError::OAuth(_), _) => None,
        (_, ErrorKind::Key | ErrorKind::KeyRefused | ErrorKind::Permission) => Some(Field::Connection),
        _ => None,
    };
    if let ConnectionError::KeyRefused { message, hint } = &error {
        return refused(message, hint);
    }
    Failure { hint: hint(&error), field, ..Failure::of(error.kind(), &error) }
}

/// What is the matter with the key comes first, and what Stripe answered last: whoever pasted it has
/// not seen a request in their life.
fn refused(answer: &str, hint: &str) -> Failure {
    let (matter, way_out) = match hint.split_once(": ") {
        Some((matter, way_out)) => (matter, Some(way_out.to_owned())),
        None => (hint, None),
    };
    let failure = Failure::new(ErrorKind::KeyRefused, matter).about(Field::Connection);
    Failure { causes: vec![answer.to_owned()], hint: way_out, ..failure }
}

/// Where the core's hint is a command, the page has a button.
fn hint(error: &ConnectionError) -> Option<String> {
    let own = match error {
        ConnectionError::Unknown { .. } => return None,
        ConnectionError::Taken { .. } => "choose another name",
        ConnectionError::SecretGone { .. } => "give it a key again with Replace key",
        ConnectionError::OtherAccount { .. } => "add it as a connection of its own",
        ConnectionError::Client(ClientError::KeyMissing) => "paste a key that begins with rk_ or sk_",
        ConnectionError::OAuth(OAuthError::NoApp { .. }) => "set its client id and secret first",
        ConnectionError::OAuth(OAuthError::Port { .. }) => {
            "end the other program that uses it, or register another redirect address with Stripe and set it here"
        }
        ConnectionError::OAuth(OAuthError::Denied { .. }) => "connect again and choose to allow it",
        _ => return error.hint(),
    };
    Some(own.to_owned())
}
