//! Stripe's errors: status, type, code, message, param, and the JSON around them.
//!
//! The texts are Stripe's own, as recorded; members come by the alphabet and absent ones are left out, as on the wire.
//! Errors of the sandbox itself are in `config.rs`. Read next: `answer.rs`.

use crate::json::Json;
use crate::kind::Kind;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ApiError {
    pub status: u16,
    pub code: Option<&'static str>,
    pub message: String,
    pub param: Option<String>,
    /// `invalid_request_error` unless said otherwise.
    pub kind: Option<&'static str>,
    /// `Stripe-Rate-Limited-Reason`.
    pub reason: Option<String>,
    /// `Stripe-Should-Retry`.
    pub should_retry: Option<bool>,
    /// The key was not accepted: there is no account whose log could be linked.
    pub anonymous: bool,
}

impl ApiError {
    fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), ..Self::default() }
    }

    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    fn code(self, code: &'static str) -> Self {
        Self { code: Some(code), ..self }
    }

    pub fn param(self, param: impl Into<String>) -> Self {
        Self { param: Some(param.into()), ..self }
    }

    fn anonymous(self) -> Self {
        Self { anonymous: true, ..self }
    }

    pub fn unknown_parameters(names: &[String]) -> Self {
        let message = match names {
            [name] => format!("Received unknown parameter: {name}"),
            names => format!("Received unknown parameters: {}", names.join(", ")),
        };
        let first = names.first().cloned().unwrap_or_default();
        Self::bad_request(message).code("parameter_unknown").param(first)
    }

    pub fn invalid_integer(param: &str, value: &str) -> Self {
        Self::bad_request(format!("Invalid integer: {value}")).code("parameter_invalid_integer").param(param)
    }

    pub fn missing_parameter(param: &str) -> Self {
        Self::bad_request(format!("Missing required param: {param}.")).code("parameter_missing").param(param)
    }

    /// `Invalid status: must be one of a, b, or c`
    pub fn invalid_enum(param: &str, allowed: &[&str]) -> Self {
        let list = match allowed {
            [only] => (*only).to_owned(),
            [first, second] => format!("{first} or {second}"),
            [rest @ .., last] => format!("{}, or {last}", rest.join(", ")),
            [] => String::new(),
        };
        Self::bad_request(format!("Invalid {param}: must be one of {list}")).param(param)
    }

    pub fn both_cursors() -> Self {
        Self::bad_request(
            "Received both starting_after and ending_before parameters. Please pass in only one.",
        )
    }

    /// 400 where an id in a parameter names nothing, 404 where the path does.
    pub fn no_such(kind: Kind, id: &str, param: &str, in_path: bool) -> Self {
        Self::new(if in_path { 404 } else { 400 }, format!("No such {}: '{id}'", kind.names().missing))
            .code("resource_missing")
            .param(param)
    }

    pub fn unknown_url(method: &str, path: &str) -> Self {
        let hint = if path.ends_with('/') {
            " If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make \
             sure you passed a valid (non-empty) identifier in your code."
        } else {
            ""
        };
        Self::new(
            404,
            format!(
                "Unrecognized request URL ({method}: {path}).{hint} Please see https://stripe.com/docs or we can help at \
                 https://support.stripe.com/."
            ),
        )
    }

    pub fn missing_key() -> Self {
        Self::new(
            401,
            "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer \
             auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for \
             details, or we can help at https://support.stripe.com/.",
        )
        .anonymous()
    }

    pub fn invalid_key(masked: &str) -> Self {
        Self::new(401, format!("Invalid API Key provided: {masked}")).anonymous()
    }

    pub fn expired_key(masked: &str) -> Self {
        Self::new(401, format!("Expired API Key provided: {masked}")).code("api_key_expired").anonymous()
    }

    pub fn publishable_key() -> Self {
        Self::new(
            401,
            "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of \
             your API keys at https://dashboard.stripe.com/account/apikeys.",
        )
        .code("secret_key_required")
        .anonymous()
    }

    /// Form A of the text, and form B for prices, whose permission has another name.
    pub fn missing_permission(masked: &str, account: &str, permission: &str, title: &str) -> Self {
        let start = format!(
            "The provided key '{masked}' does not have the required permissions for this endpoint on account '{account}'."
        );
        Self::new(
            403,
            match permission {
                "plan_read" => format!(
                    "Permission denied. {start} Enabling \"{title}\" ('{permission}') permissions on this key would allow \
                     this request to continue."
                ),
                _ => format!(
                    "{start} Having the 'rak_{permission}' permission would allow this request to continue."
                ),
            },
        )
    }

    pub fn no_access(masked: &str, account: &str) -> Self {
        Self::new(
            403,
            format!(
                "The provided key '{masked}' does not have access to account '{account}' (or that account does not exist). \
                 Application access may have been revoked."
            ),
        )
        .code("account_invalid")
    }

    pub fn not_a_platform() -> Self {
        Self::new(
            403,
            "Only Stripe Connect platforms can work with other accounts. If you specified a client_id parameter, make sure \
             it's correct.",
        )
    }

    /// For a token that was given to an application.
    pub fn application_permission(account: &str) -> Self {
        Self::new(
            403,
            format!(
                "This application does not have the required permissions for this endpoint on account '{account}'."
            ),
        )
        .code("more_permissions_required_for_application")
    }

    pub fn wrong_address() -> Self {
        Self::new(403, "The API key provided does not allow requests from your IP address.").anonymous()
    }

    /// A product that the account has not been set up for.
    pub fn not_set_up(product: &str) -> Self {
        let page = product.to_lowercase();
        Self::bad_request(format!(
            "Your account is not set up to use {product}. Please visit https://dashboard.stripe.com/{page}/overview to get \
             started."
        ))
    }

    pub fn invalid_version(version: &str) -> Self {
        Self::bad_request(format!("Invalid Stripe API version: {version}")).anonymous()
    }

    pub fn search_too_old(version: &str) -> Self {
        Self::bad_request(format!(
            "Search is not supported on api version {version}. Update your API version, or set the API Version of this \
             request to 2020-08-27 or greater."
        ))
    }

    pub fn rate_limited(reason: &str, livemode: bool) -> Self {
        let what = if livemode {
            "Request rate limit exceeded."
        } else {
            "Testmode request rate limit exceeded, the rate limits in testmode are lower than livemode."
        };
        let more = "You can learn more about rate limits here https://stripe.com/docs/rate-limits.";
        Self {
            reason: Some(reason.to_owned()),
            should_retry: Some(false),
            ..Self::new(429, format!("{what} {more}")).code("rate_limit")
        }
    }

    pub fn lock_timeout() -> Self {
        Self {
            should_retry: Some(true),
            ..Self::new(
                429,
                "This object cannot be accessed right now because another API request or Stripe process is currently \
                 accessing it. If you see this error intermittently, retry the request. If you see this error frequently \
                 and are making multiple concurrent requests to a single object, make your requests serially or at a lower \
                 rate.",
            )
            .code("lock_timeout")
        }
    }

    /// The text is assumed; the status is documented.
    pub fn conflict() -> Self {
        Self::new(409, "There is currently another in-progress request using this object.")
    }

    pub fn server(status: u16) -> Self {
        Self {
            kind: Some("api_error"),
            should_retry: Some(true),
            ..Self::new(
                status,
                "Sorry, something went wrong. We've already been notified of the problem, but if you need any help, you \
                 can reach us at https://support.stripe.com/contact.",
            )
        }
    }

    pub fn idempotency(key: &str) -> Self {
        Self {
            kind: Some("idempotency_error"),
            ..Self::bad_request(format!(
                "Keys for idempotent requests can only be used with the same parameters they were first used with. Try \
                 using a key other than '{key}' if you meant to execute a different request."
            ))
        }
    }

    pub fn charge_already_refunded(charge: &str) -> Self {
        Self::bad_request(format!("Charge {charge} has already been refunded."))
            .code("charge_already_refunded")
    }

    pub fn body(&self, log_url: Option<&str>) -> Vec<u8> {
        let mut json = Json::with_capacity(512);
        json.open_object();
        json.object("error", |json| {
            if let Some(code) = self.code {
                json.plain("code", code);
                json.plain(
                    "doc_url",
                    &format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-")),
                );
            }
            json.str("message", &self.message);
            if let Some(param) = &self.param {
                json.str("param", param);
            }
            if let Some(url) = log_url.filter(|_| !self.anonymous) {
                json.plain("request_log_url", url);
            }
            json.plain("type", self.kind.unwrap_or("invalid_request_error"));
        });
        json.close_object();
        json.bytes.push(b'\n');
        json.bytes
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn members_come_by_the_alphabet_and_absent_ones_do_not_come() {
        let body = ApiError::unknown_parameters(&["wat".to_owned()]).body(Some("https://x"));
        assert_eq!(
            String::from_utf8(body).unwrap(),
            "{\n  \"error\": {\n    \"code\": \"parameter_unknown\",\n    \"doc_url\": \
             \"https://stripe.com/docs/error-codes/parameter-unknown\",\n    \"message\": \"Received unknown parameter: \
             wat\",\n    \"param\": \"wat\",\n    \"request_log_url\": \"https://x\",\n    \"type\": \
             \"invalid_request_error\"\n  }\n}\n"
        );
    }

    #[test]
    fn enums_are_listed_in_words() {
        let error = ApiError::invalid_enum("tax_exempt", &["none", "reverse", "exempt"]);
        assert_eq!(error.message, "Invalid tax_exempt: must be one of none, reverse, or exempt");
    }
}
