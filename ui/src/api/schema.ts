/** The server's types, written by `npm run types` from its OpenAPI description. Do not edit. */

/** What the page is told of an error. */
export type ApiError = {
  error: ErrorInfo;
};

export type Cell = null | boolean | string | number;

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

/** A column's type, for people. */
export type ColumnType = "text" | "integer" | "number" | "decimal" | "boolean" | "timestamp" | "list" | "map" | "object" | "json";

/** What the page is shown of a connection: never the key. */
export type ConnectionInfo = {
  id: string;
  /** How the key begins and ends. */
  key_hint: string | null;
  kind: ConnectionKind;
  mode: ConnectionMode;
  name: string;
  /** Whether it outlives the process. */
  stored: boolean;
};

export type ConnectionKind = "sandbox" | "environment" | "key";

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

/** An input of the import dialog or of a form. */
export type FieldName = "name" | "connection" | "data_type" | "date_range" | "value" | "time_zone" | "query";

/** A data frame. */
export type Frame = {
  columns: number;
  connection: string | null;
  data_type: string | null;
  data_type_label: string | null;
  /** `null` while its first import is under way. */
  imported_at: string | null;
  kind: FrameKindName;
  /** Of its newest run, when that failed. */
  last_error: string | null;
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

/** What is to be imported, as typed. */
export type ImportRequest = {
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

/** Where an amount's currency is found. */
export type Money = {
  /** The one currency of all rows. */
  currency: string | null;
  /** The flat column that holds it, row by row. */
  currency_column: string | null;
};

/** A key and the name people will know it by. It has no `Debug`: nothing may print it. */
export type NewConnection = {
  key: string;
  name: string;
};

export type NewName = {
  name: string;
};

export type NewSandbox = {
  customers?: number | null;
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

/** One run of an import. */
export type Run = {
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

/** A place in a text; both count from 1. */
export type TextPosition = {
  column: number;
  line: number;
};

/** Brings a removed frame back. */
export type Undo = {
  undo: string;
};
