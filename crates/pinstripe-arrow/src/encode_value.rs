//! One value of an array as JSON.
//!
//! A field that `extra` names is written from there, unless both sides are objects or lists, which
//! are written together. Nulls follow the field's metadata, then the row's shape. Never changes
//! an array's type. Read next: `encode_patch.rs`.

use std::io::Write;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{
    DataType, Decimal128Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimeUnit,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};

use crate::encode_patch::{Patch, Shape};
use crate::encoder::{FieldPlan, ValuePlan};
use crate::error::EncodeError;
use crate::number::decimal_text;

/// Writes the fields of one slot as an object.
pub(crate) fn object(
    plans: &[FieldPlan],
    columns: &[ArrayRef],
    slot: usize,
    patch: Option<&Patch<'_>>,
    shape: Option<&Shape<'_>>,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    out.push(b'{');
    let mut separate = false;
    let mut comma = |out: &mut Vec<u8>| {
        if std::mem::replace(&mut separate, true) {
            out.push(b',');
        }
    };
    for plan in plans {
        let array = columns.get(plan.column).ok_or_else(other_columns)?;
        let over = patch.and_then(|patch| patch.get(&plan.name));
        if array.is_null(slot) && over.is_none() {
            let says = |names: &[&str]| names.contains(&plan.name.as_str());
            let is_left_out = match shape {
                Some(shape) if plan.null_is_absent => !says(&shape.null),
                Some(shape) => says(&shape.left_out),
                None => plan.null_is_absent,
            };
            if !is_left_out {
                comma(out);
                out.extend_from_slice(&plan.key);
                out.extend_from_slice(b"null");
            }
            continue;
        }
        comma(out);
        out.extend_from_slice(&plan.key);
        let below = shape.and_then(|shape| shape.field(&plan.name));
        value(&plan.value, array.as_ref(), slot, over, below, out)?;
    }
    // What no column has: unknown fields, and nulls of columns that the file left out.
    let is_column = |name: &str| plans.iter().any(|plan| plan.name == name);
    for entry in patch.map(|patch| patch.entries.as_slice()).unwrap_or_default() {
        if !plans.iter().any(|plan| entry.is_named(&plan.name)) {
            comma(out);
            out.push(b'"');
            out.extend_from_slice(entry.key);
            out.extend_from_slice(b"\":");
            out.extend_from_slice(entry.value.as_bytes());
        }
    }
    for name in shape.map(|shape| shape.null.as_slice()).unwrap_or_default() {
        if !is_column(name) {
            comma(out);
            string(name, out);
            out.extend_from_slice(b":null");
        }
    }
    out.push(b'}');
    Ok(())
}

/// Writes one slot, a null as `null`; `over` is what `extra` has for it.
fn value(
    plan: &ValuePlan,
    array: &dyn Array,
    slot: usize,
    over: Option<&str>,
    shape: Option<&Shape<'_>>,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let is_nested = matches!(plan, ValuePlan::Struct(_) | ValuePlan::List(_) | ValuePlan::Map(_));
    let patch = match over {
        Some(text) if is_nested && !array.is_null(slot) => Patch::parse(text),
        _ => None,
    };
    if let (Some(text), None) = (over, &patch) {
        out.extend_from_slice(text.as_bytes());
        return Ok(());
    }
    if array.is_null(slot) {
        out.extend_from_slice(b"null");
        return Ok(());
    }
    match plan {
        ValuePlan::Struct(plans) => {
            let structs = array.as_struct_opt().ok_or_else(other_columns)?;
            object(plans, structs.columns(), slot, patch.as_ref(), shape, out)
        }
        ValuePlan::List(element) => list(element, array, slot, patch.as_ref(), shape, out),
        ValuePlan::Map(values) => map(values, array, slot, patch.as_ref(), shape, out),
        _ => plain(plan, array, slot, out),
    }
}

fn list(
    plan: &ValuePlan,
    array: &dyn Array,
    slot: usize,
    patch: Option<&Patch<'_>>,
    shape: Option<&Shape<'_>>,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let elements = match array.data_type() {
        DataType::List(_) => array.as_list::<i32>().value(slot),
        DataType::LargeList(_) => array.as_list::<i64>().value(slot),
        DataType::ListView(_) => array.as_list_view::<i32>().value(slot),
        DataType::LargeListView(_) => array.as_list_view::<i64>().value(slot),
        _ => return Err(other_columns()),
    };
    out.push(b'[');
    for index in 0..elements.len() {
        if index > 0 {
            out.push(b',');
        }
        let over = patch.and_then(|patch| patch.get(&index.to_string()));
        let below = shape.and_then(|shape| shape.element(index));
        value(plan, elements.as_ref(), index, over, below, out)?;
    }
    out.push(b']');
    Ok(())
}

fn map(
    plan: &ValuePlan,
    array: &dyn Array,
    slot: usize,
    patch: Option<&Patch<'_>>,
    shape: Option<&Shape<'_>>,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let entries = array.as_map_opt().ok_or_else(other_columns)?.value(slot);
    let (keys, values) = (entries.column(0), entries.column(1));
    out.push(b'{');
    for index in 0..entries.len() {
        if index > 0 {
            out.push(b',');
        }
        let key = text_at(keys.as_ref(), index)?;
        string(key, out);
        out.push(b':');
        let over = patch.and_then(|patch| patch.get(key));
        let below = shape.and_then(|shape| shape.element(index));
        value(plan, values.as_ref(), index, over, below, out)?;
    }
    out.push(b'}');
    Ok(())
}

fn plain(plan: &ValuePlan, array: &dyn Array, slot: usize, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    match plan {
        ValuePlan::Text => string(text_at(array, slot)?, out),
        ValuePlan::Json => out.extend_from_slice(text_at(array, slot)?.as_bytes()),
        ValuePlan::Integer => {
            let values = array.as_primitive_opt::<Int64Type>().ok_or_else(other_columns)?;
            print(out, format_args!("{}", values.value(slot)));
        }
        ValuePlan::Timestamp(divisor) => {
            print(out, format_args!("{}", timestamp_at(array, slot)?.div_euclid(*divisor)));
        }
        ValuePlan::Number => {
            let values = array.as_primitive_opt::<Float64Type>().ok_or_else(other_columns)?;
            let value = values.value(slot);
            // Exponents where plain digits would go on for long.
            if value == 0.0 || (1e-7..1e17).contains(&value.abs()) {
                print(out, format_args!("{value}"));
            } else if value.is_finite() {
                print(out, format_args!("{value:e}"));
            } else {
                out.extend_from_slice(b"null");
            }
        }
        ValuePlan::Decimal(scale) => {
            let values = array.as_primitive_opt::<Decimal128Type>().ok_or_else(other_columns)?;
            print(out, format_args!("\"{}\"", decimal_text(values.value(slot), *scale)));
        }
        ValuePlan::Boolean => {
            let values = array.as_boolean_opt().ok_or_else(other_columns)?;
            out.extend_from_slice(if values.value(slot) { b"true" } else { b"false" });
        }
        ValuePlan::Struct(_) | ValuePlan::List(_) | ValuePlan::Map(_) => return Err(other_columns()),
    }
    Ok(())
}

fn print(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    // Writing to a vector cannot fail.
    let _ = out.write_fmt(text);
}

fn timestamp_at(array: &dyn Array, slot: usize) -> Result<i64, EncodeError> {
    let value = match array.data_type() {
        DataType::Timestamp(TimeUnit::Second, _) => array.as_primitive::<TimestampSecondType>().value(slot),
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            array.as_primitive::<TimestampMillisecondType>().value(slot)
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            array.as_primitive::<TimestampMicrosecondType>().value(slot)
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            array.as_primitive::<TimestampNanosecondType>().value(slot)
        }
        _ => return Err(other_columns()),
    };
    Ok(value)
}

/// The text of a slot in any of the layouts that text has.
pub(crate) fn text_at(array: &dyn Array, slot: usize) -> Result<&str, EncodeError> {
    macro_rules! by_key {
        ($key:ty) => {{
            let dictionary = array.as_dictionary::<$key>();
            text_at(dictionary.values().as_ref(), dictionary.keys().value(slot) as usize)
        }};
    }
    match array.data_type() {
        DataType::Utf8 => Ok(array.as_string::<i32>().value(slot)),
        DataType::LargeUtf8 => Ok(array.as_string::<i64>().value(slot)),
        DataType::Utf8View => Ok(array.as_string_view().value(slot)),
        DataType::Dictionary(key, _) => match key.as_ref() {
            DataType::Int8 => by_key!(Int8Type),
            DataType::Int16 => by_key!(Int16Type),
            DataType::Int32 => by_key!(Int32Type),
            DataType::Int64 => by_key!(Int64Type),
            DataType::UInt8 => by_key!(UInt8Type),
            DataType::UInt16 => by_key!(UInt16Type),
            DataType::UInt32 => by_key!(UInt32Type),
            DataType::UInt64 => by_key!(UInt64Type),
            _ => Err(other_columns()),
        },
        _ => Err(other_columns()),
    }
}

/// Writes text as a JSON string.
pub(crate) fn string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut plain = 0;
    for (place, byte) in bytes.iter().enumerate() {
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0..0x20 => b"",
            _ => continue,
        };
        out.extend_from_slice(&bytes[plain..place]);
        if escape.is_empty() {
            print(out, format_args!("\\u{byte:04x}"));
        } else {
            out.extend_from_slice(escape);
        }
        plain = place + 1;
    }
    out.extend_from_slice(&bytes[plain..]);
    out.push(b'"');
}

#[cold]
fn other_columns() -> EncodeError {
    EncodeError::OtherColumns { found: "an array of another type".to_owned() }
}
