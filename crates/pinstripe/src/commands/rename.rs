//! `pinstripe rename`.

use pinstripe_library::FrameName;

use crate::failure::Failure;
use crate::report;
use crate::settings::Settings;

pub fn run(name: &str, new_name: &str, settings: &Settings) -> Result<(), Failure> {
    let new_name = FrameName::parse(new_name)?;
    let frame = settings.open_library()?.rename(name, &new_name)?;
    if settings.json {
        return report::json(&serde_json::json!({"frame": frame.name}));
    }
    report::talk(&format!("`{name}` is now called `{}`", frame.name));
    Ok(())
}
