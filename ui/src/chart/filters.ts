/**
 * The chart's filters: those in the page's address (shared with Summary and Table) when there are any, else those saved with
 * the chart. Words for them, and what a person types as a filter. Never asks the server. Read next: ChartFilters.tsx.
 */
import type { Cell, Column, Filter } from "../api/types";
import { cellLabel } from "./panels";
import { isNumeric } from "./settings";
import { clipped } from "./tooltip";

export function filtersInAddress(text: string | null): Filter[] | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (!Array.isArray(value)) return null;
    return value.filter(
      (one): one is Filter => typeof one?.column === "string" && typeof one?.op === "string",
    );
  } catch {
    return null;
  }
}

const words: Record<Filter["op"], string> = {
  eq: "is",
  ne: "is not",
  gt: "over",
  gte: "from",
  lt: "under",
  lte: "up to",
  contains: "contains",
  in: "is one of",
  is_null: "is empty",
  not_null: "is not empty",
  between: "between",
};

export function filterText(filter: Filter): string {
  const cells =
    filter.op === "in" || filter.op === "between" ? (filter.values ?? []) : [filter.value ?? null];
  const none = filter.op === "is_null" || filter.op === "not_null";
  const joint = filter.op === "between" ? " and " : ", ";
  const values = none ? "" : ` ${cells.map((cell) => clipped(cellLabel(cell), 40)).join(joint)}`;
  return `${filter.column} ${words[filter.op]}${clipped(values, 120)}`;
}

export function operatorsFor(column: Column): { value: Filter["op"]; label: string }[] {
  const shown = (ops: Filter["op"][]) => ops.map((op) => ({ value: op, label: words[op] }));
  if (column.type === "boolean") return shown(["eq", "is_null", "not_null"]);
  if (isNumeric(column)) return shown(["eq", "ne", "gt", "gte", "lt", "lte", "is_null", "not_null"]);
  if (column.type === "timestamp") return shown(["gte", "lt", "is_null", "not_null"]);
  return shown(["eq", "ne", "contains", "is_null", "not_null"]);
}

/** A typed value as the server compares it, or why it is none. */
export function typedValue(column: Column, text: string): { value: Cell } | { error: string } {
  const typed = text.trim();
  if (column.type === "boolean") return { value: typed === "true" };
  if (isNumeric(column)) {
    if (!/^-?\d+(\.\d+)?$/.test(typed)) return { error: "Expected a number, such as 1000" };
    const value = Number(typed);
    return { value: Number.isInteger(value) && !Number.isSafeInteger(value) ? typed : value };
  }
  if (column.type === "timestamp") {
    const instant = Date.parse(/^\d{4}-\d\d-\d\d$/.test(typed) ? `${typed}T00:00:00Z` : typed);
    if (Number.isNaN(instant)) return { error: "Expected a date, such as 2026-11-23" };
    return { value: new Date(instant).toISOString() };
  }
  return typed === "" ? { error: "Expected some text" } : { value: text };
}
