//! Frames for tests, made of known rows: every kind of column, in files and row groups of any size,
//! with the rows themselves beside them to compare with.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Decimal128Array, Float64Array, Int64Array, ListBuilder, MapBuilder,
    MapFieldNames, RecordBatch, StringArray, StringBuilder, StructArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{Field, Fields, Schema};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use pinstripe_query::PlanRequest;

use crate::delta::{DataFile, commit};
use crate::ledger::FrameRecord;
use crate::library::Library;

/// One row of a fixture.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    pub id: String,
    pub amount: Option<i64>,
    pub currency: Option<String>,
    pub created: Option<i64>,
    pub paid: Option<bool>,
    pub rate: Option<f64>,
    pub share: Option<i128>,
    pub city: Option<String>,
    /// Whether there is an address for the city to be in.
    pub has_address: bool,
    pub tags: Option<Vec<String>>,
    pub order: Option<String>,
}

pub(crate) struct Fixture {
    pub library: Library,
    pub frame: FrameRecord,
    pub rows: Vec<Row>,
    _folder: tempfile::TempDir,
}

impl Fixture {
    /// A frame of these rows, in files of so many rows, in row groups of so many.
    pub async fn of(rows: Vec<Row>, file_rows: usize, group_rows: usize) -> Fixture {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let request = PlanRequest { data_type: "charges", ..PlanRequest::default() };
        let plan = pinstripe_query::plan(pinstripe_catalog::catalog(), &request, jiff::Timestamp::UNIX_EPOCH);
        let frame = FrameRecord {
            id: 1,
            name: "charges".to_owned(),
            folder: "charges".to_owned(),
            data_type: "charges".to_owned(),
            rows: rows.len() as u64,
            columns: 0,
            version: 0,
            imported_at: 0,
            plan: plan.unwrap(),
            source: crate::ledger::Source::default(),
            kind: crate::ledger::FrameKind::Import,
            sql: None,
            accounts: None,
            missing_accounts: Vec::new(),
        };
        let target = library.frame_path(&frame);
        std::fs::create_dir_all(&target).unwrap();
        let mut files = Vec::new();
        let empty: &[Row] = &[];
        let chunks = if rows.is_empty() { vec![empty] } else { rows.chunks(file_rows).collect() };
        let schema = batch(empty).schema();
        for (number, chunk) in chunks.into_iter().enumerate() {
            let name = format!("run-{number:05}.parquet");
            let properties = WriterProperties::builder()
                .set_max_row_group_row_count(Some(group_rows))
                .set_data_page_row_count_limit(16)
                .set_write_batch_size(8)
                .set_statistics_enabled(EnabledStatistics::Chunk)
                .build();
            let file = std::fs::File::create(target.join(&name)).unwrap();
            let mut writer = ArrowWriter::try_new(file, schema.clone(), Some(properties)).unwrap();
            writer.write(&batch(chunk)).unwrap();
            writer.close().unwrap();
            let bytes = target.join(&name).metadata().unwrap().len();
            files.push(DataFile { name, rows: chunk.len() as u64, bytes });
        }
        commit(&target, "charges", &schema, &files, "run").await.unwrap();
        Fixture { library, frame, rows, _folder: folder }
    }

    /// So many rows that are all different in most ways, and have gaps.
    pub fn some_rows(count: usize) -> Vec<Row> {
        let mut dice = 0x9e37_79b9_7f4a_7c15_u64;
        let mut roll = move |sides: u64| {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            dice % sides
        };
        let cities = [
            "Oslo",
            "oslo",
            "Åsane",
            "Tokyo",
            "",
            "<script>alert(1)</script>",
            "\u{202e}abc",
            "a,\"b\"\n=1+1",
        ];
        (0..count)
            .map(|number| {
                let has_address = roll(10) > 1;
                Row {
                    id: format!("ch_{number:04}"),
                    amount: (roll(8) > 0).then(|| roll(50) as i64 - 10),
                    currency: (roll(9) > 0).then(|| ["usd", "jpy", "eur"][roll(3) as usize].to_owned()),
                    created: (roll(20) > 0).then(|| 1_700_000_000 + roll(300) as i64 * 3_600),
                    paid: (roll(5) > 0).then(|| roll(2) == 0),
                    rate: (roll(5) > 0).then(|| roll(40) as f64 / 8.0 - 1.0),
                    share: (roll(5) > 0).then(|| i128::from(roll(1_000)) * 125_000_000_000),
                    city: (has_address && roll(5) > 0).then(|| cities[roll(8) as usize].to_owned()),
                    has_address,
                    tags: (roll(4) > 0).then(|| (0..roll(3)).map(|tag| format!("Tag{tag}")).collect()),
                    order: (roll(3) > 0).then(|| format!("order-{}", roll(7))),
                }
            })
            .collect()
    }
}

fn batch(rows: &[Row]) -> RecordBatch {
    let texts = |of: &dyn Fn(&Row) -> Option<String>| -> ArrayRef {
        Arc::new(rows.iter().map(of).collect::<StringArray>())
    };
    let city = texts(&|row| row.city.clone());
    let has_address: Vec<bool> = rows.iter().map(|row| row.has_address).collect();
    let address = StructArray::new(
        Fields::from(vec![Field::new("city", city.data_type().clone(), true)]),
        vec![city],
        Some(has_address.into()),
    );
    let names = MapFieldNames { entry: "key_value".into(), key: "key".into(), value: "value".into() };
    let mut metadata = MapBuilder::new(Some(names), StringBuilder::new(), StringBuilder::new());
    let mut tags = ListBuilder::new(StringBuilder::new()).with_field(Field::new(
        "element",
        arrow::datatypes::DataType::Utf8,
        true,
    ));
    for row in rows {
        if let Some(order) = &row.order {
            metadata.keys().append_value("order");
            metadata.values().append_value(order);
        }
        metadata.append(true).unwrap();
        for tag in row.tags.iter().flatten() {
            tags.values().append_value(tag);
        }
        tags.append(row.tags.is_some());
    }
    let created = rows.iter().map(|row| row.created.map(|second| second * 1_000_000));
    let share = Decimal128Array::from_iter(rows.iter().map(|row| row.share));
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", texts(&|row| Some(row.id.clone()))),
        ("amount", Arc::new(rows.iter().map(|row| row.amount).collect::<Int64Array>())),
        ("currency", texts(&|row| row.currency.clone())),
        ("created", Arc::new(created.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))),
        ("paid", Arc::new(rows.iter().map(|row| row.paid).collect::<BooleanArray>())),
        ("rate", Arc::new(rows.iter().map(|row| row.rate).collect::<Float64Array>())),
        ("share", Arc::new(share.with_precision_and_scale(38, 12).unwrap())),
        ("address", Arc::new(address)),
        ("tags", Arc::new(tags.finish())),
        ("metadata", Arc::new(metadata.finish())),
        ("nothing", texts(&|_| None)),
    ];
    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap()
}
