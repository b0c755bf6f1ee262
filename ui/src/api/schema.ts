/** The server's types, written by `npm run types` from its OpenAPI description. Do not edit. */

export type AccessName = "readable" | "not_permitted" | "not_enabled" | "needs_parameter" | "failed";

export type Aggregate = "count" | "distinct" | "sum" | "mean" | "median" | "min" | "max";

/** What the page is told of an error. */
export type ApiError = {
  error: ErrorInfo;
};

/** Rows with a value from the first up to, without, the second. */
export type Bin = {
  count: number;
  from: Cell;
  to: Cell;
};

export type Bucket = "hour" | "day" | "week" | "month" | "quarter" | "year";

export type Cell = null | boolean | string | number;

export type ChangedColumn = {
  column: string;
  /** Rows in which it differs. */
  rows: number;
};

export type ChartColumn = {
  bucket: Bucket | null;
  /** Flat dotted name. */
  column: string;
};

export type ChartKind = "bar" | "line" | "area" | "pie" | "histogram" | "scatter" | "pivot";

export type ChartMeasure = {
  aggregate: Aggregate;
  /** What is measured; rows where it is `null`. */
  column: string | null;
};

export type ChartResult = {
  /** The currencies of the measure, most used first. */
  currencies: string[];
  /** What is worth knowing about what is shown, and what is not. */
  note: string | null;
  pivot: Pivot | null;
  /** Rows that meet the conditions. */
  rows: number;
  /** Whether only some of the rows are shown. */
  sampled: boolean;
  series: ChartSeries[];
  /** As given, with what was chosen for what was open. */
  settings: ChartSettings;
  /** The query whose rows the chart shows. */
  sql: string;
  x_type: XType | null;
};

/**
 * Points that belong together. Amounts are in the smallest unit of the series' currency. Times are
 * the beginning of their bucket, RFC 3339 with the offset of the time zone.
 */
export type ChartSeries = {
  /** Of a histogram: how wide a bin is. */
  bin_width: number | null;
  color: string | null;
  currency: string | null;
  name: string;
  points: ([null | boolean | string | number, null | boolean | string | number])[];
  split: string | null;
};

export type ChartSettings = {
  /** The column whose values are series. */
  color: string | null;
  /** The one currency whose amounts count; `null` for a series each. */
  currency: string | null;
  filters: Filter[];
  kind: ChartKind;
  /** Categories at most; what is beyond them is "Other". */
  limit: number;
  pivot_columns: ChartColumn | null;
  /** The column whose values are charts of their own. */
  split: string | null;
  stacked: boolean;
  /** Where days begin; empty for UTC. */
  time_zone: string;
  x: ChartColumn | null;
  y: ChartMeasure;
};

/** One flat column. */
export type Column = {
  description: string | null;
  /** Whether no row has a value; `null` where that is not known. */
  empty: boolean | null;
  /** The column of the frame that it is a part of. */
  leaf_of: string | null;
  /** The data type that its ids are of. */
  link: string | null;
  money: Money | null;
  /** Flat dotted name: `billing_details.address.city`, `metadata.order_id`. */
  name: string;
  type: ColumnType;
  /** What Stripe documents an enum to hold; it may send others. */
  values: string[] | null;
};

/** One column of a frame. */
export type ColumnSummary = {
  column: string;
  /** Of amounts, distinct with their currency. `null` for lists and maps. */
  distinct: number | null;
  /** Else within about one per cent. */
  distinct_exact: boolean;
  /** Of numbers and times. */
  histogram: Bin[];
  max: Cell;
  mean: number | null;
  median: Cell;
  /** Of amounts in several currencies there is none, as of the next three. */
  min: Cell;
  missing: number;
  /** Of amounts, by currency, the most used one first. */
  money: MoneyStats[] | null;
  /** Rows with a value that is none of those. */
  other: number;
  rows: number;
  /** The median and the histogram come from a sample. */
  sampled: boolean;
  /** The most frequent values of texts and booleans, most frequent first. */
  top: ValueCount[];
  type: ColumnType;
};

/** A column's type, for people. */
export type ColumnType = "text" | "integer" | "number" | "decimal" | "boolean" | "timestamp" | "list" | "map" | "object" | "json";

/** What the page is shown of a connection: never the key. */
export type ConnectionInfo = {
  /** What it could read when it was tried. */
  access: TypeAccessInfo[];
  /** `acct_...`, where Stripe has told it. */
  account: string | null;
  account_name: string | null;
  id: string;
  /** Where the secret is. */
  kept_in: string | null;
  /** How the key begins and ends. */
  key_hint: string | null;
  kind: ConnectionKind;
  /** Whether the key may do more than read. */
  may_write: boolean;
  mode: ConnectionMode;
  name: string;
  /** What that place protects from, in a sentence. */
  protection: string | null;
  /** The server that is asked. */
  server: string;
  /** Whether it outlives the process. */
  stored: boolean;
  tried_at: string | null;
};

export type ConnectionKind = "sandbox" | "environment" | "key" | "connect" | "app";

export type ConnectionMode = "sandbox" | "test" | "live";

/** One list of Stripe's that can be imported. */
export type DataTypeInfo = {
  /** Its list can be cut by `created`. */
  created_range: boolean;
  description: string;
  /** One of the ten of everyday use. */
  featured: boolean;
  label: string;
  name: string;
  /** The permission a restricted key needs. */
  permission: string | null;
  /** Parameters that Stripe refuses to list without. */
  required: string[];
  /** Stripe's Search knows it. */
  search: boolean;
};

/** A date range with its value as typed; an empty value is everything. */
export type DateRangeInput = ({
  range: "all";
  value?: string | null;
}) | {
  range: "after";
  value: string;
} | {
  range: "last_hours";
  value: string;
} | {
  range: "last_days";
  value: string;
} | {
  range: "last_weeks";
  value: string;
} | {
  range: "last_months";
  value: string;
} | {
  range: "last_years";
  value: string;
} | {
  range: "between";
  until: string;
  value: string;
};

export type ErrorInfo = {
  causes: string[];
  field: FieldName | null;
  /** What to do about it. */
  hint: string | null;
  /** As in the table of errors: `input`, `not found`, ... */
  kind: string;
  message: string;
  position: TextPosition | null;
  /** What state things are in now. */
  state: string | null;
};

/** Who tests a condition. */
export type ExactAt = "stripe" | "here";

/** Ids of some of the rows. */
export type Examples = {
  added: string[];
  changed: string[];
  removed: string[];
};

/** An input of the import dialog or of a form. */
export type FieldName = "name" | "connection" | "data_type" | "date_range" | "value" | "time_zone" | "query";

/** One condition on one column. A row must meet all conditions of a list. */
export type Filter = {
  /** Flat dotted name: `billing_details.address.city`, `metadata.order_id`. */
  column: string;
  op: FilterOp;
  value?: Cell | null;
  /** Of `in`, the values; of `between`, the two ends: from the first up to, without, the second. */
  values?: Cell[] | null;
};

export type FilterOp = "eq" | "ne" | "gt" | "gte" | "lt" | "lte" | "contains" | "in" | "is_null" | "not_null" | "between";

/** A data frame. */
export type Frame = {
  /** Accounts of a platform that were chosen, where accounts were. */
  accounts: number | null;
  columns: number;
  connection: string | null;
  data_type: string | null;
  data_type_label: string | null;
  /** `null` while its first import is under way. */
  imported_at: string | null;
  kind: FrameKindName;
  /** Of its newest run, when that failed. */
  last_error: string | null;
  /** Accounts among them whose rows are not here. */
  missing_accounts: MissingAccountInfo[];
  name: string;
  request: ImportRequest | null;
  rows: number;
  /** Not Stripe itself, but a server that answers like it. */
  sandbox: boolean;
  /** What was asked for. */
  sentence: string | null;
  /** The query of a view, or of a frame that a query made. */
  sql: string | null;
  state: FrameState;
  time_zone: string | null;
  version: number;
};

export type FrameKindName = "import" | "sql" | "view";

export type FrameState = "ready" | "importing" | "failed" | "stale";

/** A request for consent, and how far it is. */
export type GrantInfo = {
  /** Stripe's page, to be opened. */
  address: string;
  comes_back_here: boolean;
  connection: ConnectionInfo | null;
  error: ErrorInfo | null;
  id: string;
  kind: OAuthAppKind;
  state: GrantState;
};

export type GrantState = "waiting" | "exchanging" | "authorized" | "failed" | "cancelled";

/** What is to be imported, as typed. */
export type ImportRequest = {
  /** The accounts of a platform: ids, `all` or `self`. None for the key's own, unnamed. */
  accounts: string[];
  /** Columns that are not kept, by dotted name. */
  columns_left_out: string[];
  /** Id of a connection. */
  connection: string | null;
  data_type: string;
  date_range: DateRangeInput;
  query: string;
  /** Ask Stripe's Search instead of the list. */
  search: boolean;
  /** `null` is the system's. */
  time_zone: string | null;
};

/** An import that has begun. */
export type ImportStarted = {
  frame: string;
  run_id: string;
};

/** Stripe's pages that make a key which may read the chosen data types and nothing else. */
export type KeyPages = {
  live: string;
  /** What the key will be allowed, in Stripe's names. */
  permissions: string[];
  test: string;
};

export type KeyPagesAsked = {
  data_types: string[];
  /** What the key will be called at Stripe. */
  name: string;
};

/** An account whose rows are not there. */
export type MissingAccountInfo = {
  account: string;
  /** What to do about it. */
  hint: string | null;
  /** In a few words. */
  reason: string;
};

/** Where an amount's currency is found. */
export type Money = {
  /** The one currency of all rows. */
  currency: string | null;
  /** The flat column that holds it, row by row. */
  currency_column: string | null;
};

/** The amounts of one currency, in its smallest unit. */
export type MoneyStats = {
  count: number;
  /** As Stripe writes it, in lower case; empty for amounts whose row has none. */
  currency: string;
  histogram: Bin[];
  max: Cell;
  mean: number;
  median: Cell;
  min: Cell;
  /** A number, or text where a page's numbers cannot hold it. */
  sum: Cell;
};

/** A key and the name people will know it by. It has no `Debug`: nothing may print it. */
export type NewConnection = {
  /** The data types that it is tried for; `null` for those of everyday use. */
  data_types: string[] | null;
  key: string;
  name: string;
};

export type NewConnectionName = {
  name: string;
};

export type NewGrant = {
  kind: OAuthAppKind;
  /** Of the connection that it will be. */
  name: string;
  /** Id of the connection that gets it instead. */
  replaces: string | null;
};

/** Another key for a connection. It has no `Debug`, either. */
export type NewKey = {
  /** The data types that it is tried for; `null` for those of everyday use. */
  data_types: string[] | null;
  key: string;
};

export type NewName = {
  name: string;
};

/** It has no `Debug`: nothing may print the secret. */
export type NewOAuthApp = {
  client_id: string;
  redirect_uri: string;
  secret: string;
};

export type NewSandbox = {
  customers?: number | null;
};

/** The team's own platform or app, without its secret. */
export type OAuthAppInfo = {
  client_id: string;
  /** Whether Stripe's answer finds its way here by itself; else its code is pasted. */
  comes_back_here: boolean;
  /** Where the secret is. */
  kept_in: string;
  /** How the secret begins and ends. */
  key_hint: string | null;
  kind: OAuthAppKind;
  label: string;
  mode: ConnectionMode;
  redirect_uri: string;
};

/** Which of Stripe's two. */
export type OAuthAppKind = "connect" | "app";

export type OAuthApps = {
  apps: OAuthAppInfo[];
  /** Whether a sandbox runs here that has a platform and an app to try. */
  sandbox: boolean;
};

export type Overview = {
  connection: string;
  /** Most used first. */
  currencies: string[];
  currency: string | null;
  frames: OverviewFrame[];
  /** The first day. */
  from: string;
  interval: Bucket;
  sandbox: boolean;
  tiles: OverviewTile[];
  time_zone: string;
  /** The last day; it is in, as far as it has come. */
  to: string;
};

export type OverviewFrame = {
  data_type: string;
  /** The data frame that is taken for it. */
  frame: string | null;
  label: string;
};

export type OverviewTile = {
  currency: string | null;
  /** The data frames it reads. */
  from_frame: string | null;
  key: string;
  label: string;
  /** The same for as many days before the first one. */
  previous: number | null;
  /** The first day of each step, and its value. */
  series: ([string, number | null])[];
  /** The query that gives the value. */
  sql: string;
  unit: TileUnit;
  /** Money in the smallest unit, shares from 0 to 1, numbers of things; `null` where it is not known. */
  value: number | null;
  /** Why the value may not be the whole truth. */
  warning: string | null;
  /** Why there is no value. */
  why_missing: string | null;
};

/** What a person brings from Stripe's page. It has no `Debug`: a code is in it. */
export type PastedAnswer = {
  text: string;
};

export type Pivot = {
  columns: string[];
  rows: PivotRow[];
};

export type PivotRow = {
  cells: Cell[];
  currency: string | null;
  name: string;
};

/** What Stripe would be asked for, and what would be filtered here. */
export type PlanInfo = {
  /** Where the estimate is from, in a sentence. */
  estimate_basis: string | null;
  estimated_requests: number | null;
  estimated_rows: number | null;
  filtered_here: string[];
  /** The beginning of the date range; `null` is everything. */
  from: string | null;
  /** The same for people, with the time zone. */
  from_text: string | null;
  notes: string[];
  sent: string[];
  sentence: string;
  /** Its end: the cut-off where the range is open. */
  to: string;
  to_text: string;
};

export type PreviewResult = {
  columns: Column[];
  /** Whether the list goes on after them. */
  has_more: boolean;
  /** Objects that were looked at to find them. */
  objects: number;
  plan: PlanInfo;
  requests: number;
  rows: Cell[][];
};

/** One field that a condition can be about. */
export type QueryField = {
  description: string | null;
  exact_at: ExactAt;
  /** As it is written: `billing_details.address.city`, `types[]`. */
  name: string;
  /** `=` and those in brackets, as they are written. */
  operators: string[];
  /** Stripe refuses to list without it. */
  required: boolean;
  type: string;
  /** What is documented to stand there; Stripe may know more. */
  values: string[] | null;
};

/** What became of a connection that was removed. */
export type RemovedConnection = {
  /** Why Stripe could not be told that its grant is given back. */
  not_given_back: string | null;
};

/** Which rows and columns are wanted. */
export type RowsRequest = {
  /** All where there are none. */
  columns: string[] | null;
  filters: Filter[];
  /** At most 1,000. */
  limit: number;
  offset: number;
  /** Newest first where there is none. */
  sort: Sort[];
  /** The last one where none is named. */
  version: number | null;
};

export type RowsResult = {
  columns: string[];
  /** The number of each row in this version of the frame. */
  positions: number[];
  rows: Cell[][];
  /** Rows that meet the filters. */
  total: number;
};

/** One run of an import. */
export type Run = {
  /** Accounts of a platform that were chosen, where accounts were. */
  accounts: number | null;
  /** Accounts that have been read, while it runs. */
  accounts_done: number | null;
  bytes: number;
  can_cancel: boolean;
  /** The next import goes on with what it had brought. */
  can_continue: boolean;
  connection: string | null;
  data_type: string;
  error: string | null;
  finished_at: string | null;
  frame: string;
  from: string | null;
  from_command_line: boolean;
  hint: string | null;
  id: string;
  /** Rows among them that an earlier run had brought. */
  kept_rows: number;
  /** Accounts among them whose rows are not here. */
  missing_accounts: MissingAccountInfo[];
  notes: string[];
  objects: number;
  refused: number;
  requests: number;
  retries: number;
  rows: number;
  rows_per_second: number | null;
  seconds: number;
  seconds_left: number | null;
  /** What was asked for. */
  sentence: string;
  /** Of the date range, from 0 to 1, while it runs. */
  share: number | null;
  started_at: string;
  state: RunStateName;
  to: string | null;
  /** The version it made. */
  version: number | null;
};

export type RunStateName = "running" | "done" | "failed" | "stopped";

export type SaveAs = "frame" | "view";

export type SaveSql = {
  as: SaveAs;
  name: string;
  /** Whether a frame of that name may be replaced. */
  replace: boolean;
  sql: string;
};

export type SchemaColumn = {
  /** Flat dotted name. */
  name: string;
  type: ColumnType;
};

/** One column of an order. */
export type Sort = {
  column: string;
  descending: boolean;
};

export type SqlRequest = {
  /** Rows at most, up to 10,000. */
  limit: number;
  sql: string;
};

export type SqlResult = {
  columns: Column[];
  rows: Cell[][];
  seconds: number;
  /** All rows of the query; `null` when it is truncated: how many there are was not counted. */
  total: number | null;
  /** Whether the query has more rows than were wanted. */
  truncated: boolean;
};

export type StartImport = {
  /** Of the frame. */
  name: string;
  /** A frame of that name may be replaced. */
  replace: boolean;
  request: ImportRequest;
  /** Begin anew, even where an earlier run could be gone on with. */
  restart: boolean;
};

export type Status = {
  /** The version of Stripe's API that requests are pinned to. */
  api_version: string;
  demo: boolean;
  /** The library's folder. */
  library: string;
  /** The system's. */
  time_zone: string;
  time_zones: string[];
  version: string;
};

export type Summary = {
  columns: ColumnSummary[];
  /** Rows that meet the filters. */
  rows: number;
  /** How long it took to make. */
  seconds: number;
};

/** What to sum up. */
export type SummaryRequest = {
  /** All where there are none. */
  columns: string[] | null;
  filters: Filter[];
  /** The last one where none is named. */
  version: number | null;
};

/** What completes a query: a table and its columns. */
export type TableSchema = {
  columns: SchemaColumn[];
  frame: string;
};

/** A place in a text; both count from 1. */
export type TextPosition = {
  column: number;
  line: number;
};

export type TileUnit = "money" | "share" | "count";

export type TryConnection = {
  /** `null` for those that were tried before. */
  data_types: string[] | null;
};

/** A data type, and what a key may do with it. */
export type TypeAccessInfo = {
  access: AccessName;
  data_type: string;
  label: string;
  /** Stripe's own words, or the parameter that it wants. */
  message: string | null;
  /** The permission that the key lacks. */
  permission: string | null;
};

/** Brings a removed frame back. */
export type Undo = {
  undo: string;
};

/** How many rows have a value. */
export type ValueCount = {
  count: number;
  /** The value is longer: this is its beginning, and no row equals it. */
  cut: boolean;
  value: Cell;
};

export type VersionChanges = {
  added: number;
  changed: number;
  /** Those that differ in some row, most rows first. */
  changed_columns: ChangedColumn[];
  examples: Examples;
  /** The version before it; none before the first. */
  previous: number | null;
  removed: number;
  version: number;
};

/** One version of a frame. */
export type VersionInfo = {
  /** RFC 3339. */
  committed_at: string;
  /** `import`, `sql` or `restore`. */
  operation: string;
  rows: number;
  /** The run that made it, where the commit tells. */
  run_id: string | null;
  version: number;
};

export type XType = "time" | "category" | "number";
