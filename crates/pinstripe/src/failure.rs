//! A command that did not do what was asked: the library's `Failure`, which `report` prints, and
//! what the sandbox adds to it.

pub use pinstripe_library::Failure;

use pinstripe_client::ErrorKind;
use pinstripe_sandbox::SandboxError;

pub fn of_sandbox(error: SandboxError) -> Failure {
    Failure::of(ErrorKind::Input, &error)
}
