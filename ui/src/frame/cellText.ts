/**
 * A cell as text: as it is shown, and as it is copied. Amounts are exact, times are in the zone that was chosen, nested values are
 * put into words. It makes no markup, so hostile text stays text. Read next: TableCell.tsx, nested.ts.
 */
import type { Cell, Column } from "../api/types";
import { plainTime, timeText } from "../format/dates";
import { type Decimals, decimalsOf, majorText } from "../format/money";
import { visible } from "../format/visible";
import { nestedText } from "./nested";

/** More than this is never put into a table's cell; the side panel has the whole. */
const CELL_LIMIT = 300;

export interface CellSettings {
  zone: string;
  decimals: Decimals;
}

export const isNumeric = (column: Column) =>
  column.type === "integer" || column.type === "number" || column.type === "decimal";

export const isNested = (column: Column) =>
  column.type === "list" || column.type === "map" || column.type === "object" || column.type === "json";

/** The currency of a row's amount, from its own column or the same for the whole frame. */
export function currencyOf(column: Column, cellOf: (column: string) => Cell | undefined): string | null {
  if (column.money === null) return null;
  if (column.money.currency_column === null) return column.money.currency;
  const cell = cellOf(column.money.currency_column);
  return typeof cell === "string" && cell !== "" ? cell : column.money.currency;
}

const amounts = new Map<number, Intl.NumberFormat>();
const numbers = new Intl.NumberFormat(undefined, { maximumFractionDigits: 12 });

// What a measurement has beyond this is noise in a table; copies have all of it.
const rounded = new Intl.NumberFormat(undefined, { maximumFractionDigits: 6 });

/** An amount of the smallest unit in major units with the separators of the reader, without its currency. */
export function amountText(amount: number | string, currency: string | null, decimals: Decimals): string {
  const digits = decimalsOf(currency, decimals);
  const isWhole = typeof amount === "number" ? Number.isInteger(amount) : /^-?\d+$/.test(amount);
  const places = isWhole ? digits : Math.max(digits, 2);
  let format = amounts.get(places);
  if (!format) {
    format = new Intl.NumberFormat(undefined, {
      minimumFractionDigits: places,
      maximumFractionDigits: places,
    });
    amounts.set(places, format);
  }
  return format.format(majorText(amount, digits) as Intl.StringNumericLiteral);
}

/** Ids of numbers and years are no quantities, but a grouped number is what people expect of a data table. */
export function quantityText(value: number | string): string {
  return numbers.format(value as number | Intl.StringNumericLiteral);
}

/** What a person is shown, cut where no cell is wide enough for more. Empty cells are the caller's. */
export function shownText(
  column: Column,
  cell: Cell,
  currency: string | null,
  settings: CellSettings,
): string {
  if (cell === null) return "";
  if (typeof cell === "boolean") return cell ? "true" : "false";
  if (column.money !== null) return amountText(cell, currency, settings.decimals);
  if (column.type === "number") return rounded.format(Number(cell));
  if (isNumeric(column)) return quantityText(cell);
  if (column.type === "timestamp") return timeText(cell, settings.zone);
  if (isNested(column)) return visible(cut(nestedText(String(cell))));
  return visible(cut(String(cell)));
}

function cut(text: string): string {
  if (text.length <= CELL_LIMIT) return text;
  // Never in the middle of a character of two halves.
  const end = /[\uD800-\uDBFF]/.test(text.charAt(CELL_LIMIT - 1)) ? CELL_LIMIT - 1 : CELL_LIMIT;
  return `${text.slice(0, end)}…`;
}

/** The same for copying into a spreadsheet: no separators, times that sort, nested values as JSON. */
export function plainText(
  column: Column,
  cell: Cell,
  currency: string | null,
  settings: CellSettings,
): string {
  if (cell === null) return "";
  if (column.money !== null && typeof cell !== "boolean")
    return majorText(cell, decimalsOf(currency, settings.decimals));
  if (column.type === "timestamp" && typeof cell !== "boolean") return plainTime(cell, settings.zone);
  return String(cell);
}

/** One field of a text with tabs between: quoted where it holds a tab, a line end or a quote. */
export function tsvField(text: string): string {
  return /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
