//! Pages of Stripe's JSON to Arrow record batches and back, by the catalog's types.
//!
//! Bytes go straight into columns: no tree in between, no schema from the data, no I/O, no async.
//! What a column cannot hold is kept beside it, so that every object comes back as it was sent:
//! zero, false, null, left out, empty text, `{}` and `[]` stay apart.
//!
//! Read next: [`RowSchema`] for the columns of a request plan, [`PageDecoder`] for JSON to batches,
//! [`complete_lists`] for nested lists that Stripe cut off, [`JsonEncoder`] for the way back.

mod assemble;
mod buffer;
mod decoder;
mod encode_patch;
mod encode_value;
mod encoder;
mod envelope;
mod error;
mod expand;
pub mod fields;
mod guesses;
mod keys;
mod lanes;
mod leftover;
mod nested_list;
mod nodes;
mod number;
mod plain;
mod row_schema;
mod scan;
mod shape;
mod sparse;
mod splice;
mod walk;

pub use decoder::{DecodedBatch, Misfits, PageDecoder, PageOutcome, PageSummary};
pub use encoder::JsonEncoder;
pub use error::{DecodeError, EncodeError, RowSchemaError};
pub use row_schema::{Column, RowSchema};
pub use sparse::SparseFields;
pub use splice::{IncompleteList, complete_lists};
