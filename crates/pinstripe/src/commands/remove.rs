//! `pinstripe remove`.

use crate::failure::Failure;
use crate::report;
use crate::settings::Settings;

pub fn run(name: &str, settings: &Settings) -> Result<(), Failure> {
    let moved_to = settings.open_library()?.remove(name)?.folder;
    if settings.json {
        return report::json(&serde_json::json!({"removed": name, "moved_to": moved_to}));
    }
    report::talk(&format!("`{name}` is removed; its files are kept in {}", moved_to.display()));
    Ok(())
}
