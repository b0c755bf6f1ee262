/** The date ranges of the import dialog, and what their value looks like. What they mean is the server's. */
import type { DateRangeInput } from "../api/types";

export type RangeName = DateRangeInput["range"];

/** What the value field asks for. */
export type ValueKind = "none" | "date" | "count" | "dates";

export const ranges: { value: RangeName; label: string; kind: ValueKind; description: string }[] = [
  { value: "all", label: "All", kind: "none", description: "Everything there is" },
  { value: "after", label: "After This Date", kind: "date", description: "From the start of that day on" },
  { value: "last_hours", label: "Last N Hours", kind: "count", description: "Counted back from now" },
  { value: "last_days", label: "Last N Days", kind: "count", description: "Whole days, and today so far" },
  {
    value: "last_weeks",
    label: "Last N Weeks",
    kind: "count",
    description: "Seven days each, and today so far",
  },
  {
    value: "last_months",
    label: "Last N Months",
    kind: "count",
    description: "Back to the same day of the month",
  },
  {
    value: "last_years",
    label: "Last N Years",
    kind: "count",
    description: "Back to the same day of the year",
  },
  { value: "between", label: "Between", kind: "dates", description: "Both days included" },
];

export const kindOf = (range: RangeName): ValueKind =>
  ranges.find((each) => each.value === range)?.kind ?? "date";

/** What was typed for each kind of value, so that trying another range loses nothing. */
export interface RangeValues {
  date: string;
  count: string;
  until: string;
}

export function typedValue(range: RangeName, values: RangeValues): string {
  const kind = kindOf(range);
  if (kind === "none") return "";
  return kind === "count" ? values.count : values.date;
}

/** A value typed before its range was chosen moves to where it fits. */
export function carried(values: RangeValues, to: RangeName): RangeValues {
  const looksCounted = /^\d{1,6}$/.test(values.date.trim());
  const looksDated = /^\d{4}-/.test(values.count.trim());
  const kind = kindOf(to);
  if (kind === "count" && values.count === "" && looksCounted) {
    return { ...values, count: values.date, date: "" };
  }
  if ((kind === "date" || kind === "dates") && values.date === "" && looksDated) {
    return { ...values, date: values.count, count: "" };
  }
  return values;
}

export function rangeInput(range: RangeName, values: RangeValues): DateRangeInput {
  if (range === "all") return { range };
  const value = typedValue(range, values).trim();
  return range === "between" ? { range, value, until: values.until.trim() } : { range, value };
}

/** The other way about, for the import of a frame that is there. */
export function rangeValues(input: DateRangeInput): RangeValues {
  const empty = { date: "", count: "", until: "" };
  if (input.range === "all") return empty;
  if (input.range === "between") return { ...empty, date: input.value ?? "", until: input.until };
  return kindOf(input.range) === "count"
    ? { ...empty, count: input.value ?? "" }
    : { ...empty, date: input.value ?? "" };
}
