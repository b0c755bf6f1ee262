//! The hand-kept half of the catalog: the shape of `overlay.toml`. Merging is done in `data_types`
//! and `schemas`; this file only reads.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overlay {
    pub featured: Vec<DataTypeNote>,
    pub described: Vec<DataTypeNote>,
    pub retired: Vec<RetiredPath>,
    pub newer: Vec<NewerList>,
    /// Data type to `name:kind` of what Search knows.
    pub search_fields: BTreeMap<String, Vec<String>>,
    /// Union schema to the variants every file has.
    pub common_variants: BTreeMap<String, Vec<String>>,
    /// Schema to fields that files leave out until a row has them.
    pub sparse_fields: BTreeMap<String, Vec<String>>,
    /// `schema.field` to the name of the field with its currency.
    pub currency_fields: BTreeMap<String, String>,
    pub not_amounts: FieldNames,
    pub amounts: FieldNames,
    pub timestamps: FieldNames,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataTypeNote {
    pub path: String,
    pub label: Option<String>,
    #[serde(default)]
    pub aliases: Vec<String>,
    pub description: Option<String>,
    pub permission: Option<String>,
    #[serde(default)]
    pub completeness: Vec<pinstripe_catalog::CompletenessNote>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetiredPath {
    pub path: String,
}

/// A list the specification does not have yet.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewerList {
    pub path: String,
    pub object: String,
    /// `name`, `name!` where required, `name:kind` with kind `boolean`, `range` or `list`.
    pub parameters: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldNames {
    pub fields: Vec<String>,
}

impl Overlay {
    pub fn parse(text: &str) -> Result<Overlay> {
        toml::from_str(text).context("overlay.toml does not have the expected shape")
    }
}
