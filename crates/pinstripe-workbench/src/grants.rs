//! OAuth as the page goes through it: a person is asked on Stripe's page, the answer comes back to
//! this machine or is pasted, and the grant becomes a connection. One request at a time, since one
//! port waits for the answer. Codes and tokens go from here to the core alone.
//!
//! Read next: `routes/oauth.rs` for what the page asks, `pinstripe_connections::oauth` for the core.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pinstripe_client::{ApiBase, ErrorKind};
use pinstripe_connections::ConnectionRecord;
use pinstripe_connections::oauth::redirect::ANSWER_WITHIN;
use pinstripe_connections::oauth::{Code, Consent, Listening, OAuthApp, OAuthError, OAuthKind};
use pinstripe_library::{Failure, Field};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::connections::failure;
use crate::connections::info::ConnectionInfo;
use crate::connections::stored::data_types;
use crate::workbench::Workbench;

/// Requests that ended are told of for a while, to the page that began them.
const REMEMBERED: usize = 8;
/// A port that was let go of is free in a moment.
const PORT_TRIES: u32 = 20;
const PORT_WAIT: Duration = Duration::from_millis(50);

#[derive(Default)]
pub(crate) struct Grants {
    asked: Mutex<Vec<Arc<Asked>>>,
    /// Held while a request begins: the one before it ends first.
    beginning: tokio::sync::Mutex<()>,
}

/// One request for consent.
pub(crate) struct Asked {
    pub id: String,
    pub kind: OAuthKind,
    /// Stripe's page.
    pub address: String,
    /// Whether the answer finds its way here by itself.
    pub comes_back_here: bool,
    consent: Arc<Consent>,
    progress: Mutex<Progress>,
    paste: Mutex<Option<oneshot::Sender<Code>>>,
    task: Mutex<Option<JoinHandle<()>>>,
}

/// How far a request is.
#[derive(Clone)]
pub(crate) enum Progress {
    /// Somebody is on Stripe's page.
    Waiting,
    /// The answer came; Stripe is asked for the grant, and the grant is tried.
    Exchanging,
    Authorized(Box<ConnectionInfo>),
    Failed(Box<Failure>),
    Cancelled,
}

/// What is to become of the grant.
pub(crate) struct Wanted {
    pub kind: OAuthKind,
    pub name: String,
    /// The connection that gets the grant in place of the one it has.
    pub replaced: Option<ConnectionRecord>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Asked {
    pub fn progress(&self) -> Progress {
        lock(&self.progress).clone()
    }

    /// Notes how far it is, unless it has ended already.
    fn note(&self, next: Progress) {
        let mut progress = lock(&self.progress);
        if matches!(*progress, Progress::Waiting | Progress::Exchanging) {
            *progress = next;
        }
    }

    fn stop(&self) {
        if let Some(task) = lock(&self.task).take() {
            task.abort();
        }
        self.note(Progress::Cancelled);
    }
}

impl Workbench {
    /// Begins to ask for consent. What can be known to fail later is refused now: nobody should say
    /// yes on Stripe's page for nothing.
    pub(crate) async fn ask_for_grant(self: &Arc<Self>, wanted: Wanted) -> Result<Arc<Asked>, Failure> {
        let _beginning = self.grants.beginning.lock().await;
        let connections = &self.connections;
        let name = match &wanted.replaced {
            Some(record) => record.name.clone(),
            None => connections.check_name(&wanted.name, None)?,
        };
        let (app, consent) = connections.stored.begin_grant(wanted.kind).await.map_err(failure)?;
        let stopped = self.grants.stop_all();
        let listening = match app.comes_back_here() {
            true => Some(listen(&app, stopped).await?),
            false => None,
        };
        let (paste, pasted) = oneshot::channel();
        let consent = Arc::new(consent);
        let asked = Arc::new(Asked {
            id: new_id()?,
            kind: wanted.kind,
            address: consent.address.to_string(),
            comes_back_here: listening.is_some(),
            consent: Arc::clone(&consent),
            progress: Mutex::new(Progress::Waiting),
            paste: Mutex::new(Some(paste)),
            task: Mutex::default(),
        });
        self.grants.remember(Arc::clone(&asked));
        let (workbench, followed) = (Arc::clone(self), Arc::clone(&asked));
        let wanted = Wanted { name, ..wanted };
        let task = tokio::spawn(async move {
            let code = answer(listening, consent, pasted).await;
            followed.note(Progress::Exchanging);
            workbench.connections.changed();
            let ended = match code {
                Ok(code) => workbench.take_grant(&app, wanted, &code).await,
                Err(error) => Err(failure(error.into())),
            };
            followed.note(match ended {
                Ok(connection) => Progress::Authorized(Box::new(connection)),
                Err(failure) => Progress::Failed(Box::new(failure)),
            });
            workbench.connections.changed();
        });
        *lock(&asked.task) = Some(task);
        Ok(asked)
    }

    /// Exchanges the answer, tries what came, and keeps it. A grant that cannot be tried now is kept
    /// all the same: its owner would have to be asked again.
    async fn take_grant(
        &self,
        app: &OAuthApp,
        wanted: Wanted,
        code: &Code,
    ) -> Result<ConnectionInfo, Failure> {
        let stored = &self.connections.stored;
        let secret = stored.end_grant(wanted.kind, code).await.map_err(failure)?;
        let api_base = ApiBase::parse(&app.api_base)?;
        let key = secret.key().map_err(failure)?;
        let tried = stored.try_new(&api_base, &key, &data_types(None)?).await;
        if let Err(error) = &tried {
            tracing::warn!(%error, "a new grant could not be tried");
        }
        self.connections.keep(wanted.replaced, wanted.name, api_base, secret, tried.ok()).await
    }

    /// Takes what a person brings from Stripe's page by hand: the code, or the address it led to.
    pub(crate) fn paste_answer(&self, id: &str, text: &str) -> Result<Arc<Asked>, Failure> {
        let asked = self.grants.find(id)?;
        let code = asked.consent.pasted(text).map_err(|error| {
            let failure = failure(error.into());
            failure.about(Field::Value)
        })?;
        let over = || {
            let failure = Failure::user("this request was answered already, or was given up");
            failure.about(Field::Value).with_hint("begin again")
        };
        if !matches!(asked.progress(), Progress::Waiting) {
            return Err(over());
        }
        let paste = lock(&asked.paste).take().ok_or_else(over)?;
        paste.send(code).map_err(|_| over())?;
        Ok(asked)
    }
}

impl Grants {
    pub fn find(&self, id: &str) -> Result<Arc<Asked>, Failure> {
        let found = lock(&self.asked).iter().find(|asked| asked.id == id).cloned();
        found.ok_or_else(|| Failure::new(ErrorKind::NotFound, "this request for access is over"))
    }

    pub fn cancel(&self, id: &str) -> Result<Arc<Asked>, Failure> {
        let asked = self.find(id)?;
        asked.stop();
        Ok(asked)
    }

    /// Whether there was one to stop.
    fn stop_all(&self) -> bool {
        let asked = lock(&self.asked);
        let waiting = asked.iter().filter(|asked| matches!(asked.progress(), Progress::Waiting));
        // One that is being exchanged is let through: its code is used up.
        waiting.map(|asked| asked.stop()).count() > 0
    }

    fn remember(&self, new: Arc<Asked>) {
        let mut asked = lock(&self.asked);
        asked.push(new);
        let surplus = asked.len().saturating_sub(REMEMBERED);
        asked.drain(..surplus);
    }
}

/// Takes the redirect's port; one that this program has just let go of may need a moment.
async fn listen(app: &OAuthApp, let_go: bool) -> Result<Listening, Failure> {
    let tries = if let_go { PORT_TRIES } else { 3 };
    let mut tried = 1;
    loop {
        match Listening::new(app).await {
            Ok(listening) => return Ok(listening),
            Err(OAuthError::Port { .. }) if tried < tries => tokio::time::sleep(PORT_WAIT).await,
            Err(error) => return Err(failure(error.into())),
        }
        tried += 1;
    }
}

/// The answer, whichever way it comes first.
async fn answer(
    listening: Option<Listening>,
    consent: Arc<Consent>,
    pasted: oneshot::Receiver<Code>,
) -> Result<Code, OAuthError> {
    let comes_back = async {
        match listening {
            Some(listening) => listening.answer(consent, ANSWER_WITHIN).await,
            None => {
                tokio::time::sleep(ANSWER_WITHIN).await;
                Err(OAuthError::TimedOut { minutes: ANSWER_WITHIN.as_secs() / 60 })
            }
        }
    };
    tokio::select! {
        answered = comes_back => answered,
        Ok(code) = pasted => Ok(code),
    }
}

/// Nobody has to guess it: it names a request to the session that began it.
fn new_id() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Failure::internal(error.to_string()))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
