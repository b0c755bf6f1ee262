/**
 * A filter in words: "status is succeeded", "amount from 10.00 to under 20.00". Amounts are in major units when the filters name one
 * currency. Nothing here touches the page. Read next: FilterChips.tsx.
 */
import type { Cell, Column, Filter } from "../api/types";
import { dateText, minuteText, plainTime } from "../format/dates";
import { visible } from "../format/visible";
import { type CellSettings, shownText } from "./cellText";

const VALUES_NAMED = 3;
const TEXT_LIMIT = 40;

/** The one currency that a set of filters lets through for an amount, null when there are several. */
export function filteredCurrency(column: Column | undefined, filters: Filter[]): string | null {
  if (!column?.money) return null;
  const by = column.money.currency_column;
  if (by === null) return column.money.currency;
  const own = filters.find((filter) => filter.column === by && filter.op === "eq");
  return typeof own?.value === "string" ? own.value : null;
}

export function filterWords(
  filter: Filter,
  column: Column | undefined,
  filters: Filter[],
  settings: CellSettings,
): string {
  const currency = filteredCurrency(column, filters);
  const text = (cell: Cell | undefined, withCode = true) => {
    const words = valueWords(cell ?? null, column, currency, settings);
    return currency === null || !withCode ? words : `${words} ${currency.toUpperCase()}`;
  };
  switch (filter.op) {
    case "is_null":
      return "is empty";
    case "not_null":
      return "is not empty";
    case "eq":
      return `is ${text(filter.value)}`;
    case "ne":
      return `is not ${text(filter.value)}`;
    case "gt":
      return `over ${text(filter.value)}`;
    case "gte":
      return `from ${text(filter.value)}`;
    case "lt":
      return `under ${text(filter.value)}`;
    case "lte":
      return `up to ${text(filter.value)}`;
    case "contains":
      return `contains “${text(filter.value)}”`;
    case "between":
      return column?.type === "timestamp"
        ? `from ${text(filter.values?.[0])} until ${text(filter.values?.[1])}`
        : `from ${text(filter.values?.[0], false)} to under ${text(filter.values?.[1])}`;
    case "in":
      return `is ${listWords((filter.values ?? []).map((value) => text(value)))}`;
  }
}

function listWords(values: string[]): string {
  if (values.length === 0) return "none";
  if (values.length === 1) return values[0] ?? "";
  const named = values.slice(0, VALUES_NAMED);
  const left = values.length - named.length;
  if (left > 0) return `${named.join(", ")} or ${left} more`;
  return `${named.slice(0, -1).join(", ")} or ${named.at(-1)}`;
}

function valueWords(
  cell: Cell,
  column: Column | undefined,
  currency: string | null,
  settings: CellSettings,
): string {
  if (cell === null) return "empty";
  if (cell === "") return "“”";
  if (!column) return cut(visible(String(cell)));
  if (column.type === "timestamp" && typeof cell === "string") return timeWords(cell, settings.zone);
  // Without one currency nobody knows where the point stands.
  if (column.money && currency === null) return `${cell} (smallest unit)`;
  return cut(shownText(column, cell, currency, settings));
}

/** A day where it begins, else to the minute. */
function timeWords(instant: string, zone: string): string {
  return plainTime(instant, zone).endsWith("00:00:00") ? dateText(instant, zone) : minuteText(instant, zone);
}

function cut(text: string): string {
  return text.length > TEXT_LIMIT ? `${text.slice(0, TEXT_LIMIT)}…` : text;
}
