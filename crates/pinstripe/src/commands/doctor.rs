//! `pinstripe doctor`: whether everything that an import needs is there, and what to do where it is
//! not. It changes nothing, and no secret is in what it says.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use pinstripe_catalog::catalog;
use pinstripe_client::{ApiBase, Client, ClientError, MaxRate, Mode, reach};
use pinstripe_connections::{Access, ConnectionRecord, Connections, Tried};
use pinstripe_library::FrameKind;
use serde::Serialize;

use crate::account::{KEY_VARIABLE, api_base, reached};
use crate::arguments::{ConnectionArguments, DoctorArguments};
use crate::failure::Failure;
use crate::report;
use crate::settings::Settings;

/// A date range is off by as much as the clock is.
const CLOCK_OFF_SECONDS: i64 = 60;
/// Less than this and an import of some size fails.
const FREE_BYTES: u64 = 1 << 30;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Good,
    Warning,
    Bad,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    about: &'static str,
    state: State,
    found: String,
    hint: Option<String>,
}

impl Finding {
    fn new(about: &'static str, state: State, found: impl Into<String>) -> Finding {
        Finding { about, state, found: found.into(), hint: None }
    }

    fn hint(mut self, hint: impl Into<String>) -> Finding {
        self.hint = Some(hint.into());
        self
    }

    fn of(about: &'static str, failure: &Failure) -> Finding {
        let mut found = failure.message.clone();
        for cause in &failure.causes {
            found.push_str(&format!(": {cause}"));
        }
        Finding { hint: failure.hint.clone(), ..Finding::new(about, State::Bad, found) }
    }
}

pub async fn run(arguments: &DoctorArguments, settings: &Settings) -> Result<(), Failure> {
    let server = api_base(arguments.connection.api_base.as_deref())?;
    let mut findings = library(settings);
    findings.push(proxy());
    findings.extend(network(&server).await);
    findings.extend(keys(&arguments.connection, settings).await);
    let bad = findings.iter().filter(|finding| finding.state == State::Bad).count();
    if settings.json {
        report::json(&findings)?;
    } else {
        findings.iter().for_each(say);
    }
    match bad {
        0 => Ok(()),
        1 => Err(Failure::user("one thing needs mending, see above")),
        bad => Err(Failure::user(format!("{bad} things need mending, see above"))),
    }
}

fn say(finding: &Finding) {
    let mark = match finding.state {
        State::Good => "ok     ",
        State::Warning => "warning",
        State::Bad => "wrong  ",
    };
    let found: String = finding.found.chars().map(report::harmless).collect();
    report::data(&format!("{mark}  {}: {found}", finding.about));
    if let Some(hint) = &finding.hint {
        report::data(&format!("         hint: {hint}"));
    }
}

/// The library, its frames, and the room on its disk.
fn library(settings: &Settings) -> Vec<Finding> {
    let path = match settings.library_path() {
        Ok(path) => path,
        Err(failure) => return vec![Finding::of("library", &failure)],
    };
    if !path.exists() {
        let found = format!("{} is not there yet; the first import makes it", path.display());
        return vec![Finding::new("library", State::Good, found), disk(&path)];
    }
    let frames = settings.open_library().and_then(|library| {
        let frames = library.frames()?;
        let gone = frames
            .iter()
            .filter(|frame| {
                frame.kind != FrameKind::View && !library.frame_path(frame).join("_delta_log").is_dir()
            })
            .map(|frame| format!("`{}`", frame.name))
            .collect::<Vec<_>>();
        Ok((frames.len(), gone))
    });
    let finding = match frames {
        Ok((frames, gone)) if gone.is_empty() => {
            Finding::new("library", State::Good, format!("{}, {frames} data frames", path.display()))
        }
        Ok((_, gone)) => {
            Finding::new("library", State::Bad, format!("the rows of {} are gone", gone.join(", ")))
                .hint("put the library's folder `frames` back as it was, or import them again")
        }
        Err(failure) => Finding::of("library", &failure),
    };
    vec![finding, disk(&path)]
}

fn disk(path: &Path) -> Finding {
    let there = path.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
    match fs4::available_space(there) {
        Ok(bytes) if bytes >= FREE_BYTES => {
            Finding::new("disk", State::Good, format!("{} free", report::bytes(bytes)))
        }
        Ok(bytes) => Finding::new("disk", State::Warning, format!("only {} free", report::bytes(bytes)))
            .hint("free some room, or put the library elsewhere: --library FOLDER"),
        Err(error) => Finding::new("disk", State::Warning, format!("its room cannot be told: {error}")),
    }
}

/// The proxy that requests go through, without the password that may be in its address.
fn proxy() -> Finding {
    let named = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
        .into_iter()
        .find_map(|name| Some((name, std::env::var(name).ok().filter(|value| !value.is_empty())?)));
    let certificates = ["SSL_CERT_FILE", "SSL_CERT_DIR"]
        .into_iter()
        .find_map(|name| Some((name, std::env::var(name).ok().filter(|value| !value.is_empty())?)));
    let mut found = match &named {
        Some((name, address)) => format!("requests go through {} ({name})", without_password(address)),
        None => "none".to_owned(),
    };
    if let Some((name, path)) = &certificates {
        found.push_str(&format!("; certificates from {path} ({name})"));
        if !Path::new(path).exists() {
            return Finding::new("proxy", State::Bad, found)
                .hint(format!("{path} is not there: set {name} anew"));
        }
    }
    Finding::new("proxy", State::Good, found)
}

fn without_password(address: &str) -> &str {
    address.rsplit_once('@').map_or(address, |(_, host)| host)
}

/// Whether Stripe answers, and what its clock says of ours.
async fn network(server: &ApiBase) -> Vec<Finding> {
    let reached = match reach(server).await {
        Ok(reached) => reached,
        Err(error) => return vec![unreached(error)],
    };
    let found = format!("{server} answers in {} ms ({})", reached.elapsed.as_millis(), reached.version);
    let mut findings = vec![Finding::new("network", State::Good, found)];
    let theirs = reached.date.and_then(|date| jiff::fmt::rfc2822::parse(&date).ok());
    if let Some(theirs) = theirs {
        findings.push(clock(theirs.timestamp(), reached.elapsed));
    }
    findings
}

fn unreached(error: ClientError) -> Finding {
    let failure = Failure::from(error);
    let finding = Finding::of("network", &failure);
    let found = finding.found.to_lowercase();
    if found.contains("unknownissuer") || found.contains("certificate") {
        return finding.hint(
            "a proxy of your company may sign its own certificates: set SSL_CERT_FILE to a file with its CA",
        );
    }
    if found.contains("dns") {
        return finding.hint("names cannot be looked up: check the connection, or set HTTPS_PROXY");
    }
    finding
}

fn clock(theirs: Timestamp, elapsed: Duration) -> Finding {
    let off = Timestamp::now().as_second() - theirs.as_second() - elapsed.as_secs() as i64;
    match off.abs() {
        0..=CLOCK_OFF_SECONDS => Finding::new("clock", State::Good, "agrees with the server's"),
        _ => {
            let word = if off > 0 { "ahead of" } else { "behind" };
            let found = format!("this machine's is {} seconds {word} the server's", off.abs());
            Finding::new("clock", State::Warning, found)
                .hint("set it by the network's time: date ranges end at it")
        }
    }
}

/// Every key there is, tried with one request a data type.
async fn keys(arguments: &ConnectionArguments, settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    let in_environment = std::env::var(KEY_VARIABLE).is_ok_and(|key| !key.trim().is_empty());
    if in_environment && arguments.connection.is_none() {
        findings.extend(environment(arguments, settings).await);
    }
    let connections = match settings.known_connections() {
        Ok(connections) => connections,
        Err(failure) => {
            findings.push(Finding::of("connections", &failure));
            None
        }
    };
    let kept = connections.as_ref().map(Connections::list).transpose();
    match kept.map_err(Failure::from) {
        Ok(kept) => {
            let wanted = |record: &ConnectionRecord| {
                arguments.connection.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(&record.name))
            };
            for record in kept.unwrap_or_default().iter().filter(|record| wanted(record)) {
                if let Some(connections) = &connections {
                    findings.extend(connection(connections, record).await);
                }
            }
        }
        Err(failure) => findings.push(Finding::of("connections", &failure)),
    }
    if findings.is_empty() {
        let found = match &arguments.connection {
            Some(name) => format!("there is no connection `{name}`"),
            None => format!("no connection is kept, and {KEY_VARIABLE} is not set"),
        };
        findings.push(Finding::new("key", State::Bad, found).hint("pinstripe connect NAME"));
    }
    findings
}

async fn environment(arguments: &ConnectionArguments, settings: &Settings) -> Vec<Finding> {
    let client = match reached(arguments, settings) {
        Ok(reached) => reached.client,
        Err(failure) => return vec![Finding::of("key", &failure)],
    };
    let types: Vec<_> = catalog().featured().collect();
    match pinstripe_connections::tried::try_key(&client, &types).await {
        Ok(tried) => {
            let mut findings = vec![judged(KEY_VARIABLE, client.key().mode(), &tried)];
            if client.key().may_write() {
                findings.push(may_write(KEY_VARIABLE));
            }
            findings.push(limits(&client));
            findings
        }
        Err(error) => vec![Finding::of("key", &Failure::from(error))],
    }
}

async fn connection(connections: &Connections, record: &ConnectionRecord) -> Vec<Finding> {
    let types: Vec<_> = catalog().featured().collect();
    let tried = match connections.try_again(record, &types).await {
        Ok((_, tried)) => tried,
        Err(error) => {
            let mut finding = Finding::of("connection", &Failure::from(error));
            finding.found = format!("`{}`: {}", record.name, finding.found);
            return vec![finding];
        }
    };
    let mut findings = vec![judged(&record.name, record.mode(), &tried)];
    if record.may_write {
        findings.push(may_write(&record.name));
    }
    let options = connections.options(record, MaxRate::default());
    if let Ok(client) = options.map_err(Failure::from).and_then(|options| Ok(Client::new(options)?)) {
        findings.push(limits(&client));
    }
    findings
}

fn judged(name: &str, mode: Mode, tried: &Tried) -> Finding {
    let account = tried.account.id.as_deref().unwrap_or("an account that Stripe does not name");
    let mode = if mode == Mode::Live { "live" } else { "test" };
    let (readable, all) = (tried.readable(), tried.access.len());
    let found = format!(
        "`{name}` reaches {account} ({mode}) and can read {readable} of the {all} best known data types"
    );
    let lacking: Vec<&str> = tried
        .access
        .iter()
        .filter_map(|one| match &one.access {
            Access::NotPermitted { permission } => {
                Some(permission.as_deref().unwrap_or(one.data_type.as_str()))
            }
            _ => None,
        })
        .collect();
    let state = if readable == 0 { State::Bad } else { State::Good };
    let finding = Finding::new("key", state, found);
    match lacking.is_empty() {
        true => finding,
        false => finding.hint(format!(
            "to read more, give the key {} at https://dashboard.stripe.com/apikeys",
            lacking.join(", ")
        )),
    }
}

fn may_write(name: &str) -> Finding {
    Finding::new(
        "key",
        State::Warning,
        format!("`{name}` may change things at Stripe, and pinstripe only reads"),
    )
    .hint(match name {
        KEY_VARIABLE => "make a restricted key: pinstripe connect NAME".to_owned(),
        name => format!("make a restricted key: pinstripe connect \"{name}\" --replace"),
    })
}

/// What Stripe allows, as the client keeps it.
fn limits(client: &Client) -> Finding {
    let second = |spacing: Duration| (1.0 / spacing.as_secs_f64().max(1e-9)).round();
    let rate = second(client.spacing("/v1/charges"));
    Finding::new("limits", State::Good, format!("{rate} requests a second for each list"))
}
