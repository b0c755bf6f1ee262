//! SQL may name any field the catalog knows, also one that no row of a frame has: a variant of a
//! union that files leave out reads as null, so a query never breaks because of which rows came.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Fields, SchemaRef};
use datafusion::common::{Result, ScalarValue, TableReference};
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult};

/// Answers for fields that are in a frame's full schema, but not in its files.
#[derive(Debug)]
pub(crate) struct MissingVariants {
    /// The full schemas of the frames of the query.
    pub full_schemas: Vec<SchemaRef>,
}

impl ExprPlanner for MissingVariants {
    fn plan_compound_identifier(
        &self,
        field: &Field,
        _qualifier: Option<&TableReference>,
        nested_names: &[String],
    ) -> Result<PlannerResult<Vec<Expr>>> {
        if nested_type(field.data_type(), nested_names).is_some() {
            return Ok(PlannerResult::Original(Vec::new()));
        }
        let known = self.full_schemas.iter().find_map(|schema| {
            let (_, full) = schema.column_with_name(field.name())?;
            nested_type(full.data_type(), nested_names)
        });
        match known {
            Some(data_type) => {
                let null = ScalarValue::try_new_null(&data_type)?;
                // Named as the column would be, so that results look alike with and without rows.
                let name = format!("{}.{}", field.name(), nested_names.join("."));
                Ok(PlannerResult::Planned(Expr::Literal(null, None).alias(name)))
            }
            None => Ok(PlannerResult::Original(Vec::new())),
        }
    }
}

fn nested_type(data_type: &DataType, names: &[String]) -> Option<DataType> {
    let Some((first, rest)) = names.split_first() else { return Some(data_type.clone()) };
    let DataType::Struct(fields) = data_type else {
        // A map is asked for keys, which are not fields.
        return matches!(data_type, DataType::Map(_, _)).then(|| data_type.clone());
    };
    nested_type(find(fields, first)?.data_type(), rest)
}

fn find<'fields>(fields: &'fields Fields, name: &str) -> Option<&'fields Arc<Field>> {
    fields.iter().find(|field| field.name() == name)
}
