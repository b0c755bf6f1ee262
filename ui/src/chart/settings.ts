/**
 * What each kind of chart lets a person pick, and how settings carry over when the kind changes, so that every choice gives a
 * chart and never an error. Never asks the server. Read next: ChartControls.tsx.
 */
import type { Bucket, ChartSettings, Column } from "../api/types";

export type Kind = ChartSettings["kind"];
export type Aggregate = ChartSettings["y"]["aggregate"];

export const KINDS: { value: Kind; label: string }[] = [
  { value: "bar", label: "Bar" },
  { value: "line", label: "Line" },
  { value: "area", label: "Area" },
  { value: "pie", label: "Pie" },
  { value: "histogram", label: "Histogram" },
  { value: "scatter", label: "Scatter" },
  { value: "pivot", label: "Pivot" },
];

export const BUCKETS: { value: Bucket; label: string }[] = [
  { value: "hour", label: "Hour" },
  { value: "day", label: "Day" },
  { value: "week", label: "Week" },
  { value: "month", label: "Month" },
  { value: "quarter", label: "Quarter" },
  { value: "year", label: "Year" },
];

export const isNumeric = (column: Column) => ["integer", "number", "decimal"].includes(column.type);
export const isTime = (column: Column) => column.type === "timestamp";
const isGroup = (column: Column) => ["text", "boolean", "integer", "timestamp"].includes(column.type);
/** Each text is one of few, or an id; what a map or a list holds is not a category. */
const isCategory = (column: Column) => column.type === "text" || column.type === "boolean";

export function xColumns(kind: Kind, columns: Column[]): Column[] {
  if (kind === "histogram" || kind === "scatter")
    return columns.filter((column) => isNumeric(column) || isTime(column));
  return columns.filter(isGroup);
}

export function yColumns(kind: Kind, aggregate: Aggregate, columns: Column[]): Column[] {
  if (kind !== "scatter" && aggregate === "distinct") return columns.filter(isGroup);
  return columns.filter(isNumeric);
}

export const groupColumns = (columns: Column[]) => columns.filter(isCategory);
export const pivotColumns = (columns: Column[]) => columns.filter(isGroup);

/** A bucket for a date and none for anything else. */
export function axisOf(name: string | null, columns: Column[], bucket: Bucket | null): ChartSettings["x"] {
  const column = columns.find((one) => one.name === name);
  if (!column) return null;
  return { column: column.name, bucket: isTime(column) ? (bucket ?? "month") : null };
}

function kept(name: string | null | undefined, among: Column[]): string | null {
  return among.find((column) => column.name === name)?.name ?? among[0]?.name ?? null;
}

/** The first number that is likely meant: an amount before a count of something. */
function likelyNumber(columns: Column[]): string | null {
  const numbers = columns.filter(isNumeric);
  return (numbers.find((column) => column.money) ?? numbers[0])?.name ?? null;
}

export function withKind(settings: ChartSettings, kind: Kind, columns: Column[]): ChartSettings {
  const next: ChartSettings = { ...settings, kind };
  if (kind === "histogram") {
    const among = xColumns(kind, columns);
    const was = settings.y.column ?? settings.x?.column;
    const x =
      among.find((column) => column.name === was && isNumeric(column))?.name ??
      likelyNumber(columns) ??
      kept(null, among);
    return { ...next, x: x ? { column: x, bucket: null } : null };
  }
  if (kind === "scatter") {
    const wasNumber = columns.some((one) => one.name === settings.y.column && isNumeric(one));
    const y = wasNumber ? settings.y.column : likelyNumber(columns);
    // A column against itself is a line.
    const among = xColumns(kind, columns).filter((column) => column.name !== y);
    const x = kept(settings.x?.column, among);
    const aggregate = settings.y.aggregate;
    return { ...next, x: x ? { column: x, bucket: null } : null, y: { column: y, aggregate } };
  }
  if (settings.kind === "histogram" || settings.kind === "scatter") {
    const time =
      columns.find((column) => column.name === "created" && isTime(column)) ?? columns.find(isTime);
    const x =
      settings.x && columns.some((one) => one.name === settings.x?.column && isGroup(one) && !isNumeric(one));
    next.x = axisOf(
      x ? (settings.x?.column ?? null) : (time?.name ?? kept(null, xColumns(kind, columns))),
      columns,
      settings.x?.bucket ?? null,
    );
  }
  if (kind === "pivot" && !next.pivot_columns) {
    const other =
      groupColumns(columns).find((column) => column.values) ??
      groupColumns(columns).find((column) => column.name === "currency");
    next.pivot_columns = axisOf(settings.color ?? other?.name ?? null, columns, null);
  }
  return next;
}

export function withAggregate(
  settings: ChartSettings,
  aggregate: Aggregate,
  columns: Column[],
): ChartSettings {
  if (aggregate === "count") return { ...settings, y: { column: null, aggregate } };
  const among = yColumns(settings.kind, aggregate, columns);
  const column = among.find((one) => one.name === settings.y.column)?.name;
  const likely = aggregate === "distinct" ? kept("customer", among) : likelyNumber(among);
  return { ...settings, y: { column: column ?? likely, aggregate } };
}

/** Whether the server can be asked: what is missing is said instead. */
export function missing(settings: ChartSettings): string | null {
  const { kind, x, y } = settings;
  if (!x) return kind === "pivot" ? "Pick a column for the rows." : "Pick a column for x.";
  if (kind === "scatter" && !y.column) return "Pick a column for y.";
  if (kind !== "histogram" && kind !== "scatter" && y.aggregate !== "count" && !y.column)
    return "Pick a column for y.";
  return null;
}
