/** What the import dialog holds while it is open, and the request that comes of it. */
import type { ApiError, ConnectionInfo, Frame, ImportRequest } from "../api/types";
import { type RangeName, type RangeValues, rangeInput, rangeValues } from "./dateRanges";

export interface ImportForm {
  name: string;
  /** A name that was typed is no longer proposed. */
  nameTyped: boolean;
  connection: string | null;
  dataType: string | null;
  range: RangeName;
  values: RangeValues;
  timeZone: string | null;
  query: string;
  search: boolean;
  columnsLeftOut: string[];
  /** Of a platform; a frame that was made with them keeps them. */
  accounts: string[];
}

export type FieldName = NonNullable<ApiError["error"]["field"]>;

export function emptyForm(connection: string | null, dataType: string | null): ImportForm {
  return {
    name: "",
    nameTyped: false,
    connection,
    dataType: dataType ?? "charges",
    // With no value this brings everything, and a date can be typed at once.
    range: "after",
    values: { date: "", count: "", until: "" },
    timeZone: null,
    query: "",
    search: false,
    columnsLeftOut: [],
    accounts: [],
  };
}

export function formOf(frame: Pick<Frame, "name">, request: ImportRequest): ImportForm {
  return {
    name: frame.name,
    nameTyped: true,
    connection: request.connection,
    dataType: request.data_type,
    range: request.date_range.range,
    values: rangeValues(request.date_range),
    timeZone: request.time_zone,
    query: request.query,
    search: request.search,
    columnsLeftOut: request.columns_left_out,
    accounts: request.accounts,
  };
}

export function requestOf(form: ImportForm): ImportRequest {
  return {
    data_type: form.dataType ?? "",
    connection: form.connection,
    date_range: rangeInput(form.range, form.values),
    time_zone: form.timeZone,
    query: form.query.trim(),
    search: form.search,
    columns_left_out: form.columnsLeftOut,
    accounts: form.accounts,
  };
}

const key = "pinstripe.connection";

/** The connection used last, else the only sensible one: the first. */
export function usualConnection(connections: ConnectionInfo[]): string | null {
  let last: string | null = null;
  try {
    last = window.localStorage.getItem(key);
  } catch {
    // Then the first.
  }
  const found = connections.find((connection) => connection.id === last) ?? connections[0];
  return found?.id ?? null;
}

export function keepConnection(id: string | null) {
  try {
    if (id !== null) window.localStorage.setItem(key, id);
  } catch {
    // Then the next dialog begins with the first.
  }
}

/** A connection's second line: what it reaches, and by which key. */
export function aboutConnection(connection: ConnectionInfo): string {
  if (connection.mode === "sandbox") return "Sandbox: made-up data";
  const mode = connection.mode === "live" ? "Live data" : "Test data";
  const from = connection.kind === "environment" ? ", from the environment" : "";
  const account = connection.account_name ?? connection.account;
  const reached = account ? `${mode} of ${account}` : mode;
  return connection.key_hint ? `${reached}, key ${connection.key_hint}${from}` : `${reached}${from}`;
}
