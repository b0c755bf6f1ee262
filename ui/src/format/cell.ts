/** A cell as a table shows it, by its column's type: money in major units, times in a zone, long text cut. */
import type { Cell, Column } from "../api/types";
import { timeText } from "./dates";
import { type Decimals, moneyText } from "./money";
import { numberText } from "./numbers";
import { visible } from "./visible";

/** More than this is read elsewhere, and makes a row slow to draw. */
const shownAtMost = 300;

export interface CellContext {
  decimals: Decimals;
  timeZone: string;
}

/** The currency of a money cell: the column's own, or that of its row. Null where the row does not say. */
export function currencyOf(column: Column, columnNames: string[], row: Cell[]): string | null {
  if (column.money?.currency) return column.money.currency;
  const index = column.money?.currency_column ? columnNames.indexOf(column.money.currency_column) : -1;
  const currency = index < 0 ? null : row[index];
  return typeof currency === "string" ? currency : null;
}

export function cellText(value: Cell, column: Column, currency: string | null, context: CellContext): string {
  if (value === null) return "";
  if (column.money && typeof value !== "boolean") {
    // Without its currency an amount has no point to put: it stays in the smallest unit.
    return currency === null ? numberText(value) : moneyText(value, currency, context.decimals);
  }
  if (column.type === "timestamp" && typeof value !== "boolean") return timeText(value, context.timeZone);
  if (column.type === "integer" || column.type === "number" || column.type === "decimal") {
    return typeof value === "boolean" ? String(value) : numberText(value, 12);
  }
  const text = String(value);
  return visible(text.length > shownAtMost ? `${text.slice(0, shownAtMost)}…` : text);
}

/** Numbers stand at the right, so that their digits line up. */
export const standsRight = (column: Column) =>
  column.money !== null || column.type === "integer" || column.type === "number" || column.type === "decimal";

/** A column's type in a word for people. */
export const typeText = (column: Column) => (column.money ? "money" : column.type);
