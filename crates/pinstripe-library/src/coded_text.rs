//! Which texts of a file have so few values that reading them as dictionaries is worth it: those
//! that Parquet itself holds as dictionaries throughout. It only looks at a file's metadata.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use datafusion::parquet::arrow::arrow_reader::ArrowReaderMetadata;
use datafusion::parquet::basic::Encoding;
use datafusion::parquet::file::metadata::ColumnChunkMetaData;

/// The schema of a file, with such texts as dictionaries. Texts in lists and maps stay as they are.
pub(crate) fn coded_schema(metadata: &ArrowReaderMetadata) -> SchemaRef {
    let schema = metadata.schema();
    let mut path = Vec::new();
    let fields: Vec<FieldRef> =
        schema.fields().iter().map(|field| coded_field(field, &mut path, metadata)).collect();
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

fn coded_field(field: &FieldRef, path: &mut Vec<String>, metadata: &ArrowReaderMetadata) -> FieldRef {
    path.push(field.name().clone());
    let data_type = match field.data_type() {
        DataType::Struct(children) => {
            DataType::Struct(children.iter().map(|child| coded_field(child, path, metadata)).collect())
        }
        DataType::Utf8 if is_coded(path, metadata) => {
            DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
        }
        other => other.clone(),
    };
    path.pop();
    if data_type == *field.data_type() {
        return field.clone();
    }
    Arc::new(Field::new(field.name(), data_type, field.is_nullable()).with_metadata(field.metadata().clone()))
}

fn is_coded(path: &[String], metadata: &ArrowReaderMetadata) -> bool {
    let schema = metadata.parquet_schema();
    let Some(leaf) = (0..schema.num_columns()).find(|index| schema.column(*index).path().parts() == path)
    else {
        return false;
    };
    let groups = metadata.metadata().row_groups();
    groups.iter().filter_map(|group| group.columns().get(leaf)).all(all_in_dictionary)
}

/// Whether a dictionary holds every value of a chunk: nothing fell back to plain text.
pub(crate) fn all_in_dictionary(chunk: &ColumnChunkMetaData) -> bool {
    if chunk.dictionary_page_offset().is_none() {
        return false;
    }
    let coded =
        |encoding: Encoding| matches!(encoding, Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY);
    if let Some(mask) = chunk.page_encoding_stats_mask() {
        return mask.is_only(Encoding::RLE_DICTIONARY) || mask.is_only(Encoding::PLAIN_DICTIONARY);
    }
    match chunk.page_encoding_stats() {
        Some(pages) => pages
            .iter()
            .filter(|page| format!("{:?}", page.page_type).starts_with("DATA_PAGE"))
            .all(|page| coded(page.encoding)),
        None => false,
    }
}
