//! Connections against the sandbox: what keys may read, how grants come, are renewed and end.

#![allow(clippy::unwrap_used)]

mod grants;
mod keys;
mod renewal;

use pinstripe_client::ApiBase;
use pinstripe_connections::{Connections, Keeper, Places};
use pinstripe_sandbox::{Sandbox, SandboxConfig};
use tempfile::TempDir;

/// A small sandbox, and connections in a folder of their own.
struct World {
    sandbox: Sandbox,
    folder: TempDir,
}

impl World {
    async fn new(config: SandboxConfig) -> World {
        let sandbox = Sandbox::start(SandboxConfig { customers: 20, ..config }).await.unwrap();
        World { sandbox, folder: tempfile::tempdir().unwrap() }
    }

    fn api_base(&self) -> ApiBase {
        ApiBase::parse(self.sandbox.url()).unwrap()
    }

    /// As another program on the same library sees them, too.
    fn connections(&self) -> Connections {
        let places = Places {
            library: self.folder.path().to_owned(),
            config: self.folder.path().join("config"),
            passphrase: None,
            keeper: Some(Keeper::File),
        };
        Connections::open(places).unwrap()
    }

    /// Whether a text is anywhere in what was written.
    fn holds(&self, text: &str) -> bool {
        fn files(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { files(&path, found) } else { found.push(path) }
            }
        }
        let mut found = Vec::new();
        files(self.folder.path(), &mut found);
        assert!(!found.is_empty());
        found.iter().any(|path| {
            let bytes = std::fs::read(path).unwrap();
            bytes.windows(text.len()).any(|window| window == text.as_bytes())
        })
    }
}
