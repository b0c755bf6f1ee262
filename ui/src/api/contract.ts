/**
 * What the server and the page say to each other, by hand until the server describes itself.
 * Import these types from api/types.ts, never from here.
 */
// Every error response (any status >= 400) is ApiError.
export interface ApiError {
  error: {
    kind: string;
    message: string;
    causes: string[];
    hint: string | null;
    state: string | null;
    field: "name" | "connection" | "data_type" | "date_range" | "value" | "time_zone" | "query" | null; // which input it belongs to
    position: { line: number; column: number } | null;
  };
} // SQL errors, 1-based
// ---------- server
export interface Status {
  version: string;
  api_version: string;
  library: string;
  time_zone: string;
  time_zones: string[];
  demo: boolean;
} // GET /status
// ---------- catalog
export interface DataTypeInfo {
  name: string;
  label: string;
  description: string;
  featured: boolean;
  search: boolean;
  created_range: boolean;
  permission: string | null;
  required: string[];
} // GET /data-types (featured ones first, seed's order)
export interface QueryField {
  name: string;
  type: string;
  operators: string[];
  values: string[] | null;
  exact_at: "stripe" | "here";
  description: string | null;
  required: boolean;
}
// GET /data-types/{name}/fields
// ---------- connections
export interface ConnectionInfo {
  id: string;
  name: string;
  kind: "sandbox" | "environment" | "key";
  mode: "sandbox" | "test" | "live";
  key_hint: string | null /* rk_live_…abcd at most last 4 */;
  stored: boolean;
}
// GET /connections ; POST /connections {name, key} -> ConnectionInfo (tested by one cheap request first; errors as ApiError) ; DELETE /connections/{id}
// POST /sandbox {customers?: number} -> ConnectionInfo  (starts the built-in sandbox in this process and registers it as connection "Sandbox")
// ---------- import dialog
export type DateRangeInput =
  // what the dialog sends, values as typed
  | { range: "all"; value?: string }
  | { range: "after"; value: string } // "2015-11-03"; empty value = all data
  | { range: "last_hours" | "last_days" | "last_weeks" | "last_months" | "last_years"; value: string } // "30"; empty = all data
  | { range: "between"; value: string; until: string };
export interface ImportRequest {
  data_type: string;
  connection: string | null /* id */;
  date_range: DateRangeInput;
  time_zone: string | null;
  query: string;
  search: boolean;
  columns_left_out: string[];
} // flat dotted names unticked in the preview
export interface PlanInfo {
  sentence: string;
  from: string | null;
  to: string /* cut-off */;
  from_text: string | null;
  to_text: string; // with zone, for people
  filtered_here: string[];
  sent: string[];
  estimated_requests: number | null;
  estimated_rows: number | null;
  estimate_basis: string | null /* a sentence: from the frame `charges`, from the last preview */;
  notes: string[];
}
// POST /plan ImportRequest -> PlanInfo (asks Stripe nothing)
export interface Column {
  name: string /* flat dotted */;
  type:
    | "text"
    | "integer"
    | "number"
    | "decimal"
    | "boolean"
    | "timestamp"
    | "list"
    | "map"
    | "object"
    | "json";
  money: { currency_column: string | null; currency: string | null } | null; // amounts in the smallest unit of that row's currency
  values: string[] | null /* enum */;
  link: string | null /* data type an id points at: "customers" for column customer; own type for id */;
  description: string | null;
  leaf_of: string | null /* top-level column */;
  empty: boolean | null;
}
export type Cell = null | boolean | string | number;
// Cells: integers and decimals are JSON numbers when |x| <= 2^53-1 else strings; money cells are integers in the smallest unit, as is; timestamps RFC 3339 UTC strings; list/map/json are JSON text.
export interface PreviewResult {
  columns: Column[];
  rows: Cell[][];
  objects: number /* looked at */;
  has_more: boolean;
  plan: PlanInfo;
  requests: number;
}
// POST /preview ImportRequest -> PreviewResult
// ---------- imports and runs
export interface StartImport {
  name: string;
  request: ImportRequest;
  replace: boolean /* the frame of that name may be replaced */;
  restart: boolean;
}
// POST /imports StartImport -> 202 {run_id, frame}. 409 kind "conflict"/field "name" if the frame exists and !replace. Plan errors come back at once with their field.
export interface Run {
  id: string;
  frame: string;
  data_type: string;
  connection: string | null;
  state: "running" | "done" | "failed" | "stopped";
  started_at: string;
  finished_at: string | null;
  seconds: number;
  rows: number;
  kept_rows: number;
  objects: number;
  requests: number;
  retries: number;
  refused: number;
  bytes: number;
  version: number | null;
  error: string | null;
  hint: string | null;
  sentence: string;
  from: string | null;
  to: string | null;
  share: number | null /* 0..1 of the date range, while running */;
  rows_per_second: number | null;
  seconds_left: number | null;
  can_continue: boolean;
  can_cancel: boolean;
  from_command_line: boolean;
  notes: string[];
}
// GET /runs?frame=NAME&limit=100 -> Run[] newest first. POST /runs/{id}/cancel -> 202. POST /runs/{id}/continue -> 202 {run_id, frame}
// POST /frames/{name}/refresh -> 202 {run_id, frame}   (re-import with the frame's own definition, date range anew)
// GET /events  text/event-stream: event "runs" data: Run[] (all running + those that ended in the last 10 s; every 500 ms while any runs), event "frames" data: {} (something changed: refetch /frames), event "connections"
// ---------- frames
export interface Frame {
  name: string;
  kind: "import" | "sql" | "view";
  data_type: string | null;
  data_type_label: string | null;
  rows: number;
  columns: number;
  imported_at: string | null;
  state: "ready" | "importing" | "failed" | "stale";
  connection: string | null;
  sandbox: boolean;
  version: number;
  sentence: string | null;
  request: ImportRequest | null;
  sql: string | null /* view, sql */;
  time_zone: string | null;
  last_error: string | null;
}
// stale: older than 24 h and its date range is open-ended. GET /frames -> Frame[] by name. GET /frames/{name} -> Frame
// PATCH /frames/{name} {name} -> Frame. DELETE /frames/{name} -> {undo: string}. POST /trash/{undo}/restore -> Frame
// GET /frames/{name}/columns?version= -> Column[]
// ---------- a frame's rows (Table)
export interface Filter {
  column: string;
  op: "eq" | "ne" | "gt" | "gte" | "lt" | "lte" | "contains" | "in" | "is_null" | "not_null" | "between";
  value?: Cell;
  values?: Cell[];
} // between: values [from, until) half-open; money compares smallest unit; timestamps RFC 3339
export interface Sort {
  column: string;
  descending: boolean;
}
export interface RowsRequest {
  columns: string[] | null /* null = all */;
  filters: Filter[];
  sort: Sort[];
  offset: number;
  limit: number /* <= 1000 */;
  version: number | null;
}
export interface RowsResult {
  columns: string[];
  rows: Cell[][];
  positions: number[] /* stable number of each row in this version */;
  total: number /* rows that meet the filters */;
}
// POST /frames/{name}/rows
// GET /frames/{name}/objects/{position}?version=  -> the row's object as Stripe sent it (application/json, exact)
// GET /frames/{name}/export?format=csv|xlsx|parquet|json&view=<url-encoded JSON of {columns,filters,sort}> -> download, Content-Disposition attachment
// ---------- Summary
export interface Bin {
  from: Cell;
  to: Cell;
  count: number;
}
export interface ValueCount {
  value: Cell;
  count: number;
}
export interface MoneyStats {
  currency: string;
  count: number;
  sum: number;
  min: number;
  max: number;
  mean: number;
  median: number;
  histogram: Bin[];
}
export interface ColumnSummary {
  column: string;
  type: string;
  rows: number;
  missing: number;
  distinct: number;
  distinct_exact: boolean;
  min: Cell;
  max: Cell;
  mean: number | null;
  median: Cell;
  top: ValueCount[] /* most frequent, text/boolean/enum */;
  other: number /* rows with none of top */;
  histogram: Bin[] /* numbers, timestamps */;
  money: MoneyStats[] | null;
}
export interface Summary {
  rows: number;
  columns: ColumnSummary[];
  seconds: number;
}
// POST /frames/{name}/summary {filters: Filter[], columns: string[] | null, version} -> Summary
// ---------- Chart
export type Bucket = "hour" | "day" | "week" | "month" | "quarter" | "year";
export interface ChartSettings {
  kind: "bar" | "line" | "area" | "pie" | "histogram" | "scatter" | "pivot";
  x: { column: string; bucket: Bucket | null } | null;
  y: { column: string | null; aggregate: "count" | "distinct" | "sum" | "mean" | "median" | "min" | "max" };
  color: string | null;
  split: string | null;
  pivot_columns: { column: string; bucket: Bucket | null } | null;
  filters: Filter[];
  time_zone: string;
  currency: string | null /* one, or null = a series each */;
  stacked: boolean;
  limit: number /* categories at most, rest "Other" */;
}
export interface ChartSeries {
  name: string;
  color: string | null;
  split: string | null;
  currency: string | null;
  points: [Cell, Cell][];
}
export interface ChartResult {
  settings: ChartSettings;
  x_type: "time" | "category" | "number" | null;
  series: ChartSeries[];
  currencies: string[];
  sql: string;
  note: string | null;
  rows: number;
  pivot: {
    columns: string[];
    rows: { name: string; currency: string | null; cells: (number | null)[] }[];
  } | null;
  sampled: boolean;
}
// For money y: points are in the currency's MAJOR units as exact decimal strings? no: numbers in the smallest unit; the UI divides by the currency's decimals (GET /currencies -> Record<string, number> decimals).
// POST /frames/{name}/chart ChartSettings -> ChartResult ; GET /frames/{name}/chart -> ChartSettings (saved, else a sensible first one for the data type) ; PUT /frames/{name}/chart ChartSettings
// GET /currencies -> Record<string, number>
// ---------- SQL
export interface SqlResult {
  columns: Column[];
  rows: Cell[][];
  total: number;
  truncated: boolean /* more than limit */;
  seconds: number;
}
// POST /sql {sql, limit /* <= 10000 */} -> SqlResult | ApiError with position
// POST /sql/save {sql, name, as: "frame" | "view", replace: boolean} -> Frame
// GET /sql/schema -> { frame: string; columns: { name: string; type: string }[] }[]   (completion)
// ---------- History
// GET /runs?frame=NAME gives the runs
export interface VersionInfo {
  version: number;
  committed_at: string;
  rows: number;
  run_id: string | null;
  operation: string /* import, restore, sql */;
}
export interface ChangedColumn {
  column: string;
  rows: number;
}
export interface VersionChanges {
  version: number;
  previous: number | null;
  added: number;
  removed: number;
  changed: number;
  changed_columns: ChangedColumn[];
  examples: { added: string[]; removed: string[]; changed: string[] };
}
// GET /frames/{name}/versions -> VersionInfo[] newest first ; GET /frames/{name}/versions/{v}/changes -> VersionChanges ; POST /frames/{name}/versions/{v}/restore -> Frame
// ---------- Payments overview
export interface OverviewTile {
  key:
    | "gross"
    | "net"
    | "fees"
    | "success_rate"
    | "refund_rate"
    | "dispute_rate"
    | "new_customers"
    | "payouts";
  label: string;
  value: number | null /* money smallest unit; rates 0..1; counts */;
  unit: "money" | "share" | "count";
  currency: string | null;
  previous: number | null /* the period before */;
  sql: string;
  from_frame: string | null;
  why_missing: string | null;
  series: [string /* bucket start date */, number | null][];
}
export interface Overview {
  connection: string;
  sandbox: boolean;
  currencies: string[] /* most used first */;
  currency: string | null;
  from: string;
  to: string;
  interval: Bucket;
  time_zone: string;
  tiles: OverviewTile[];
  frames: { data_type: string; label: string; frame: string | null }[];
}
// GET /overview?connection=NAME&currency=&interval=day|week|month&from=DATE&to=DATE&time_zone= ; defaults: most used currency, last 12 months, month
