//! `cargo xtask openapi`: writes the description of the workbench's routes, and the page's types
//! that are made from it. The test that holds it to the routes is the one that writes it.

use std::path::Path;

use anyhow::Result;

use crate::test::cargo_with;

pub fn run(root: &Path) -> Result<()> {
    // As all tests are built, so that nothing is built in another way.
    let arguments = ["test", "--workspace", "--locked", "--test", "main", "openapi"];
    cargo_with(root, &arguments, &[("PINSTRIPE_WRITE_OPENAPI", "1")])
}
