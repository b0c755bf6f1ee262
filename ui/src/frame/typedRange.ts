/**
 * A range as it stands in a filter's fields, and the filters that what is typed there makes. Nothing here touches the page.
 * Read next: RangeFilter.tsx, amountInput.ts.
 */
import type { Cell, Column, Filter } from "../api/types";
import { decimalsOf, majorText } from "../format/money";
import { dayOf, dayStart, numberCell, plainNumber, smallestUnits } from "./amountInput";
import type { CellSettings } from "./cellText";
import { withColumnFilters } from "./frameView";

/** An amount is filtered together with its currency: the same number means another amount in each. */
export function withCurrency(filters: Filter[], column: Column, currency: string | null): Filter[] {
  const by = column.money?.currency_column ?? null;
  if (by === null || currency === null) return filters;
  return withColumnFilters(filters, by, [{ column: by, op: "eq", value: currency }]);
}

function bound(own: Filter[], ops: Filter["op"][], place: 0 | 1): Cell {
  const between = own.find((filter) => filter.op === "between");
  const single = own.find((filter) => ops.includes(filter.op));
  return between?.values?.[place] ?? single?.value ?? null;
}

export function typedRange(own: Filter[], column: Column, currency: string | null, settings: CellSettings) {
  const from = bound(own, ["gte", "gt", "eq"], 0);
  const to = bound(own, ["lte", "lt", "eq"], 1);
  const typed = (cell: Cell, isEnd: boolean) => {
    if (cell === null || typeof cell === "boolean") return "";
    if (column.type === "timestamp") {
      // The end is the first instant that no longer counts.
      const shown = isEnd ? new Date(Date.parse(String(cell)) - 1) : new Date(String(cell));
      return Number.isNaN(shown.getTime()) ? "" : dayOf(shown.toISOString(), settings.zone);
    }
    return column.money === null ? String(cell) : majorText(cell, decimalsOf(currency, settings.decimals));
  };
  return { from: typed(from, false), to: typed(to, true) };
}

/** The filters of what was typed, or what is wrong with it. */
export function readRange(
  column: Column,
  from: string,
  to: string,
  currency: string | null,
  settings: CellSettings,
): Filter[] | string {
  const { name } = column;
  if (column.type === "timestamp") {
    const start = from === "" ? null : dayStart(from, settings.zone);
    const end = to === "" ? null : dayStart(to, settings.zone, 1);
    if (start !== null && end !== null) {
      if (start >= end) return "The first day is after the last one.";
      return [{ column: name, op: "between", values: [start, end] }];
    }
    if (start !== null) return [{ column: name, op: "gte", value: start }];
    return end === null ? [] : [{ column: name, op: "lt", value: end }];
  }
  const digits = decimalsOf(currency, settings.decimals);
  const read = (text: string) => {
    if (column.money !== null) return smallestUnits(text, digits);
    const plain = plainNumber(text);
    return plain === null ? null : numberCell(plain);
  };
  const filters: Filter[] = [];
  for (const [text, op] of [
    [from, "gte"],
    [to, "lte"],
  ] as const) {
    if (text.trim() === "") continue;
    const value = read(text);
    if (value === null) return wrongNumber(text, column, currency, digits);
    filters.push({ column: name, op, value });
  }
  return filters;
}

function wrongNumber(text: string, column: Column, currency: string | null, digits: number): string {
  const isNumber = plainNumber(text) !== null;
  if (!isNumber || column.money === null) return `“${text}” is not a number.`;
  const code = currency?.toUpperCase() ?? "This currency";
  return digits === 0 ? `${code} has no decimals.` : `${code} has at most ${digits} decimals.`;
}
