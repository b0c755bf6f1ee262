/**
 * The rows of a query as an answer that the Chart tab's drawing understands. Points are drawn as the query gave them: nothing is
 * grouped or added here, and amounts in several currencies are several charts. Read next: ResultChart.tsx, ../chart/option.ts.
 */
import type { Bucket, Cell, ChartResult, ChartSeries, ChartSettings, Column, SqlResult } from "../api/types";
import type { NamedSettings } from "../chart/measure";
import { isNumeric, isTime } from "../chart/settings";
import { currencyIn } from "./resultCells";

export interface Choice {
  kind: "bar" | "line" | "area" | "pie" | "scatter";
  x: string;
  y: string;
  color: string | null;
}

const isFlat = (column: Column) => ["text", "boolean", "integer", "timestamp"].includes(column.type);

export const xChoices = (columns: Column[]) =>
  columns.filter((column) => isFlat(column) || isNumeric(column));
export const yChoices = (columns: Column[]) => columns.filter(isNumeric);
export const colorChoices = (columns: Column[]) =>
  columns.filter((column) => ["text", "boolean"].includes(column.type));

/** A date against a number as a line, anything else as bars. Null when there is no number to draw. */
export function firstChoice(columns: Column[]): Choice | null {
  const time = columns.find(isTime);
  const group = columns.find((column) => column.type === "text" && column.name !== "currency");
  const x = time ?? group ?? columns.find(isFlat) ?? columns[0];
  const y = columns.find((column) => isNumeric(column) && column !== x);
  if (!x || !y) return null;
  return { kind: time ? "line" : "bar", x: x.name, y: y.name, color: null };
}

/** Times that are all midnights are days, or months: a query that groups by time gives them so, in UTC. */
export function bucketOf(cells: Cell[]): Bucket | null {
  const times = cells.filter((cell) => cell !== null);
  if (times.length === 0) return null;
  const all = (pattern: RegExp) => times.every((cell) => pattern.test(String(cell)));
  if (all(/^\d{4}-01-01(T00:00:00(\.0+)?(Z|\+00:00)?)?$/) && times.length > 1) return "year";
  if (all(/^\d{4}-\d\d-01(T00:00:00(\.0+)?(Z|\+00:00)?)?$/)) return "month";
  return all(/^\d{4}-\d\d-\d\d(T00:00:00(\.0+)?(Z|\+00:00)?)?$/) ? "day" : null;
}

function settingsOf(
  choice: Choice,
  zone: string,
  bucket: Bucket | null,
  split: string | null,
): ChartSettings {
  const named: NamedSettings = {
    kind: choice.kind,
    x: { column: choice.x, bucket },
    // "Largest" fills no gaps and is no sum; the name is the column's own.
    y: { column: choice.y, aggregate: "max" },
    measure: choice.y,
    color: choice.kind === "pie" ? null : choice.color,
    split,
    pivot_columns: null,
    filters: [],
    time_zone: zone,
    currency: null,
    stacked: choice.kind === "bar" || choice.kind === "area",
    limit: 100,
  };
  return named;
}

export function chartOf(result: SqlResult, choice: Choice, zone: string): ChartResult {
  const at = (name: string | null) => result.columns.findIndex((column) => column.name === name);
  const [x, y, color] = [at(choice.x), at(choice.y), choice.kind === "pie" ? -1 : at(choice.color)];
  const xColumn = result.columns[x];
  const yColumn = result.columns[y];
  const series = new Map<string, ChartSeries>();
  const seen = new Set<string>();
  let repeated = 0;
  for (const row of result.rows) {
    // A sum of amounts is a plain number to the database; the query says by its column that currencies differ.
    const named = yColumn?.money
      ? currencyIn(yColumn, result.columns, row)
      : currencyBeside(result, choice, row);
    const currency = yColumn?.money ? named : null;
    const split = yColumn?.money ? null : named;
    const colorText = color < 0 ? null : textOf(row[color] ?? null);
    const key = JSON.stringify([colorText, named]);
    const one = series.get(key) ?? {
      name: colorText ?? choice.y,
      color: colorText,
      split,
      currency,
      bin_width: null,
      points: [],
    };
    series.set(key, one);
    const place = `${key} ${JSON.stringify(row[x] ?? null)}`;
    if (choice.kind !== "scatter" && seen.has(place)) {
      repeated += 1;
      continue;
    }
    seen.add(place);
    one.points.push([row[x] ?? null, row[y] ?? null]);
  }
  const time = xColumn !== undefined && isTime(xColumn);
  const bucket =
    time && choice.kind !== "scatter" ? bucketOf(result.rows.map((row) => row[x] ?? null)) : null;
  const number = xColumn !== undefined && isNumeric(xColumn);
  const splits = [...series.values()].some((one) => one.split !== null);
  return {
    settings: settingsOf(choice, bucket ? "UTC" : zone, bucket, splits ? "currency" : null),
    x_type: time ? "time" : number ? "number" : "category",
    series: [...series.values()],
    currencies: [],
    sql: "",
    note: repeated > 0 ? repeatedNote(repeated) : null,
    rows: result.rows.length,
    pivot: null,
    sampled: false,
  };
}

function currencyBeside(result: SqlResult, choice: Choice, row: Cell[]): string | null {
  if (choice.x === "currency" || choice.color === "currency") return null;
  const at = result.columns.findIndex((column) => column.name === "currency" && column.type === "text");
  const value = at < 0 ? null : row[at];
  return typeof value === "string" ? value.toUpperCase() : null;
}

const repeatedNote = (repeated: number) =>
  `${repeated} ${repeated === 1 ? "row has" : "rows have"} an x that came before and ${repeated === 1 ? "is" : "are"} not drawn: group by it in the query, or pick a colour`;

const textOf = (cell: Cell) => (cell === null ? "(empty)" : String(cell));
