//! What is open, issued and granted: consent pages, codes, access tokens, refresh tokens.
//!
//! All under one lock, so that of two who use a code or a refresh token at once only one succeeds. It knows neither HTTP
//! nor who may ask. Read next: `token.rs`.

use std::collections::HashMap;
use std::time::Duration;

use super::{FlatError, OAuthServer};
use crate::accounts::Party;
use crate::dice::spread;
use crate::ident::letters;

/// A consent page can be left open for so long.
const PAGE_LIFETIME: Duration = Duration::from_secs(3_600);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    ReadOnly,
    ReadWrite,
    /// What an app may is in its manifest, not in its scope.
    StripeApps,
}

impl Scope {
    pub fn name(self) -> &'static str {
        match self {
            Scope::ReadOnly => "read_only",
            Scope::ReadWrite => "read_write",
            Scope::StripeApps => "stripe_apps",
        }
    }

    /// A scope of Connect.
    pub fn of_connect(name: &str) -> Option<Self> {
        [Self::ReadOnly, Self::ReadWrite].into_iter().find(|scope| scope.name() == name)
    }
}

/// How long tokens last, and whether a refresh token works once.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    pub access: Option<Duration>,
    pub refresh: Option<Duration>,
    pub rolls: bool,
}

/// A consent page that waits for its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    pub server: OAuthServer,
    pub redirect: String,
    pub state: Option<String>,
    pub scope: Scope,
}

struct Code {
    server: OAuthServer,
    party: Party,
    scope: Scope,
    until: Duration,
    used: bool,
}

struct Grant {
    server: OAuthServer,
    party: Party,
    scope: Scope,
    revoked: bool,
}

struct Token {
    grant: usize,
    scope: Scope,
    /// `None` lasts until it is revoked.
    until: Option<Duration>,
    used: bool,
}

impl Token {
    fn over(&self, now: Duration) -> bool {
        self.until.is_some_and(|until| now >= until)
    }
}

/// What an access token is good for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    pub party: Party,
    pub scope: Scope,
    pub revoked: bool,
    pub expired: bool,
}

/// What the token endpoint hands out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    pub access: String,
    pub refresh: String,
    pub publishable: String,
    pub party: Party,
    pub scope: Scope,
}

/// A grant, as the control requests tell of it; no token is shown.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct GrantNote {
    pub server: OAuthServer,
    pub account: String,
    pub scope: &'static str,
    pub revoked: bool,
    /// Access tokens that were given out for it.
    pub tokens: usize,
}

pub struct Grants {
    dice: u64,
    mode: &'static str,
    pending: HashMap<String, (Pending, Duration)>,
    codes: HashMap<String, Code>,
    grants: Vec<Grant>,
    access: HashMap<String, Token>,
    refresh: HashMap<String, Token>,
}

impl Grants {
    pub fn new(dice: u64, livemode: bool) -> Self {
        Self {
            dice,
            mode: if livemode { "live" } else { "test" },
            pending: HashMap::new(),
            codes: HashMap::new(),
            grants: Vec::new(),
            access: HashMap::new(),
            refresh: HashMap::new(),
        }
    }

    fn word(&mut self, length: usize) -> String {
        self.dice = spread(self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15));
        letters(self.dice, length)
    }

    /// Notes a consent page, and gives the id that its form sends back.
    pub fn open(&mut self, pending: Pending, now: Duration) -> String {
        self.pending.retain(|_, (_, until)| now < *until);
        let id = self.word(32);
        self.pending.insert(id.clone(), (pending, now + PAGE_LIFETIME));
        id
    }

    /// The page of an id, once.
    pub fn close(&mut self, id: &str, now: Duration) -> Option<Pending> {
        self.pending.remove(id).filter(|(_, until)| now < *until).map(|(pending, _)| pending)
    }

    pub fn issue_code(&mut self, pending: &Pending, party: Party, until: Duration) -> String {
        let code = format!("ac_{}", self.word(32));
        let Pending { server, scope, .. } = *pending;
        self.codes.insert(code.clone(), Code { server, party, scope, until, used: false });
        code
    }

    pub fn exchange(
        &mut self,
        server: OAuthServer,
        text: &str,
        now: Duration,
        last: Lifetimes,
    ) -> Result<Issued, FlatError> {
        let found = self.codes.get_mut(text).filter(|code| code.server == server);
        let Some(code) = found else {
            return Err(FlatError::grant(format!("Authorization code does not exist: {text}")));
        };
        if code.used {
            // In spite of the second sentence the tokens go on working, as users of Stripe report.
            return Err(FlatError::grant(
                "This authorization code has already been used. All tokens issued with this code have been revoked.",
            ));
        }
        if now >= code.until {
            return Err(FlatError::grant(format!("Authorization code expired: {text}")));
        }
        code.used = true;
        let (party, scope) = (code.party, code.scope);
        self.grants.push(Grant { server, party, scope, revoked: false });
        Ok(self.issue(self.grants.len() - 1, scope, None, now, last))
    }

    pub fn renew(
        &mut self,
        server: OAuthServer,
        text: &str,
        wanted: Option<Scope>,
        now: Duration,
        last: Lifetimes,
    ) -> Result<Issued, FlatError> {
        let missing = || FlatError::grant(format!("Refresh token does not exist: {text}"));
        let token = self.refresh.get_mut(text).ok_or_else(missing)?;
        let grant = &self.grants[token.grant];
        if grant.server != server || grant.revoked || token.used {
            return Err(missing());
        }
        if token.over(now) {
            return Err(FlatError::grant(format!("Refresh token expired: {text}")));
        }
        let scope = match wanted {
            Some(Scope::ReadWrite) if token.scope == Scope::ReadOnly => {
                return Err(FlatError::new(
                    400,
                    "invalid_scope",
                    "A refresh can narrow the scope, not widen it",
                ));
            }
            Some(wanted) => wanted,
            None => token.scope,
        };
        let grant = token.grant;
        token.used = last.rolls;
        let kept = (!last.rolls).then(|| text.to_owned());
        Ok(self.issue(grant, scope, kept, now, last))
    }

    /// `kept`: the refresh token that stays good.
    fn issue(
        &mut self,
        grant: usize,
        scope: Scope,
        kept: Option<String>,
        now: Duration,
        last: Lifetimes,
    ) -> Issued {
        let mode = self.mode;
        let access = format!("sk_{mode}_51{}", self.word(97));
        let publishable = format!("pk_{mode}_51{}", self.word(97));
        let until = |length: Option<Duration>| length.map(|length| now + length);
        self.access.insert(access.clone(), Token { grant, scope, until: until(last.access), used: false });
        let refresh = kept.unwrap_or_else(|| {
            let refresh = format!("rt_{}", self.word(48));
            let token = Token { grant, scope, until: until(last.refresh), used: false };
            self.refresh.insert(refresh.clone(), token);
            refresh
        });
        Issued { access, refresh, publishable, party: self.grants[grant].party, scope }
    }

    pub fn access(&self, text: &str, now: Duration) -> Option<Access> {
        let token = self.access.get(text)?;
        let grant = &self.grants[token.grant];
        Some(Access {
            party: grant.party,
            scope: token.scope,
            revoked: grant.revoked,
            expired: token.over(now),
        })
    }

    /// Ends all grants of an account, and the codes that nobody has used yet.
    pub fn revoke(&mut self, server: OAuthServer, party: Party) -> bool {
        let mut found = false;
        for grant in &mut self.grants {
            if grant.server == server && grant.party == party && !grant.revoked {
                grant.revoked = true;
                found = true;
            }
        }
        self.codes.retain(|_, code| code.used || code.server != server || code.party != party);
        found
    }

    pub fn expire(
        &mut self,
        server: Option<OAuthServer>,
        party: Option<Party>,
        refresh: bool,
        now: Duration,
    ) -> usize {
        let grants = &self.grants;
        let meant = |token: &Token| {
            let grant = &grants[token.grant];
            server.is_none_or(|server| server == grant.server)
                && party.is_none_or(|party| party == grant.party)
        };
        let mut count = 0;
        for token in self.access.values_mut().filter(|token| meant(token) && !token.over(now)) {
            token.until = Some(now);
            count += 1;
        }
        if refresh {
            for token in self.refresh.values_mut().filter(|token| meant(token)) {
                token.until = Some(now);
            }
        }
        count
    }

    pub fn notes(&self, account: impl Fn(Party) -> String) -> Vec<GrantNote> {
        let note = |(index, grant): (usize, &Grant)| GrantNote {
            server: grant.server,
            account: account(grant.party),
            scope: grant.scope.name(),
            revoked: grant.revoked,
            tokens: self.access.values().filter(|token| token.grant == index).count(),
        };
        self.grants.iter().enumerate().map(note).collect()
    }
}
