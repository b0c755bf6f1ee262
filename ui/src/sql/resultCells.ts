/** Cells of a query's result as text: amounts in major units where the row says their currency, times in a zone. */
import type { Cell, Column, SqlResult } from "../api/types";
import { currencyOf } from "../format/cell";
import { timeText } from "../format/dates";
import { type Decimals, decimalsOf, majorText } from "../format/money";
import { visible } from "../format/visible";

const CHARACTER_WIDTH = 7.6;
const WIDTH_MIN = 72;
const WIDTH_MAX = 320;
const ROWS_MEASURED = 60;
const PADDING = 24;

export const isRight = (column: Column) => ["integer", "number", "decimal"].includes(column.type);

/** The currency of an amount: the column's own, or what its row has in the column that names it. */
export function currencyIn(column: Column, columns: Column[], row: Cell[]): string | null {
  if (!column.money) return null;
  const names = columns.map((one) => one.name);
  return currencyOf(column, names, row) || null;
}

const amounts = new Map<number, Intl.NumberFormat>();

/** `1,234.50 USD`: a column of several currencies is read by their codes, since many call their money dollars. */
export function amountText(cell: number | string, currency: string, decimals: Decimals): string {
  const digits = decimalsOf(currency, decimals);
  const text = majorText(cell, digits);
  if (!Number.isFinite(Number(text))) return text;
  const shown = text.split(".")[1]?.length ?? 0;
  const format = amounts.get(shown) ?? new Intl.NumberFormat(undefined, places(shown));
  amounts.set(shown, format);
  return `${format.format(text as Intl.StringNumericLiteral)} ${currency.toUpperCase()}`;
}

const places = (digits: number) => ({ minimumFractionDigits: digits, maximumFractionDigits: digits });

export function shownCell(
  at: number,
  row: Cell[],
  columns: Column[],
  decimals: Decimals,
  zone: string,
): string {
  const cell = row[at] ?? null;
  const column = columns[at];
  if (cell === null || !column) return "";
  const currency = currencyIn(column, columns, row);
  if (currency && typeof cell !== "boolean") return amountText(cell, currency, decimals);
  if (column.type === "timestamp" && typeof cell === "string") return timeText(cell, zone);
  return visible(String(cell));
}

/**
 * A width for each column, by its name and its rows, so that nothing moves when more rows come into sight.
 * A number is never cut: without its last digits it would be read as another one. `measure` gives a text's width.
 */
export function columnWidths(
  result: SqlResult,
  text: (at: number, row: Cell[]) => string,
  measure: (text: string) => number = (shown) => shown.length * CHARACTER_WIDTH,
): number[] {
  return result.columns.map((column, at) => {
    const whole = isRight(column);
    const rows = whole ? result.rows : result.rows.slice(0, ROWS_MEASURED);
    const longest = rows.reduce((most, row) => {
      const shown = text(at, row);
      return shown.length > most.length ? shown : most;
    }, "");
    const wanted = Math.max(measure(longest), measure(`${column.name} `)) + PADDING;
    return Math.ceil(Math.max(WIDTH_MIN, whole ? wanted : Math.min(WIDTH_MAX, wanted)));
  });
}
