//! What the workbench holds while it runs: the library, the connections, the imports under way, and
//! the secrets of its session.

use std::sync::Arc;

use pinstripe_library::Library;

use crate::connections::{Accounts, Connections};
use crate::estimates::Estimates;
use crate::grants::Grants;
use crate::imports::Imports;
use crate::session::Session;

/// What a workbench is made of.
pub struct Setup {
    pub library: Arc<Library>,
    /// The port it is served on: requests must name it.
    pub port: u16,
    /// Whether this is the demo.
    pub demo: bool,
    pub accounts: Accounts,
}

/// The state that all routes share.
pub struct Workbench {
    pub library: Arc<Library>,
    pub demo: bool,
    pub(crate) connections: Connections,
    pub(crate) estimates: Estimates,
    pub(crate) grants: Grants,
    pub(crate) imports: Imports,
    pub(crate) session: Session,
}

impl Workbench {
    pub fn new(setup: Setup) -> Arc<Workbench> {
        Arc::new(Workbench {
            library: setup.library,
            demo: setup.demo,
            connections: Connections::new(setup.accounts),
            estimates: Estimates::default(),
            grants: Grants::default(),
            imports: Imports::default(),
            session: Session::new(setup.port),
        })
    }

    /// The address that lets its opener in. It holds the session's token: for the terminal and the
    /// browser that is opened, never for a log.
    pub fn address(&self) -> String {
        self.session.address()
    }
}
