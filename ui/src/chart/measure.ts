/**
 * Names and numbers of a chart as people read them: "Sum of amount", "USD 1,234.50", "1.2M" on an axis. Amounts are turned
 * from the smallest unit to major units here, for showing only. Never rounds what a tooltip or a table says. Read next: option.ts.
 */
import type { Cell, ChartResult, ChartSettings, Column } from "../api/types";
import { type Decimals, decimalsOf, majorText, moneyText, shortMoney } from "../format/money";
import { bucketLabel } from "./buckets";
import { cellLabel, toNumber, type XValue } from "./panels";

export const AGGREGATES: { value: ChartSettings["y"]["aggregate"]; label: string }[] = [
  { value: "count", label: "Number of rows" },
  { value: "distinct", label: "Distinct values" },
  { value: "sum", label: "Sum" },
  { value: "mean", label: "Mean" },
  { value: "median", label: "Median" },
  { value: "min", label: "Smallest" },
  { value: "max", label: "Largest" },
];

/** Settings of a chart that was not asked of a frame: an SQL query names its measure itself. */
export interface NamedSettings extends ChartSettings {
  measure?: string;
}

export function measureName(settings: NamedSettings): string {
  if (settings.measure !== undefined) return settings.measure;
  const { column, aggregate } = settings.y;
  if (settings.kind === "histogram" || aggregate === "count" || !column) return "Number of rows";
  if (settings.kind === "scatter") return column;
  if (aggregate === "distinct") return `Distinct ${column}`;
  const label = AGGREGATES.find((one) => one.value === aggregate)?.label ?? aggregate;
  return `${label} of ${column}`;
}

export function columnNamed(columns: Column[], name: string | null | undefined): Column | null {
  return columns.find((column) => column.name === name) ?? null;
}

/** Whether the numbers on y are amounts. A count of amounts is a count. */
export function yIsMoney(settings: ChartSettings, columns: Column[]): boolean {
  if (settings.kind === "histogram" || ["count", "distinct"].includes(settings.y.aggregate)) {
    return settings.kind === "scatter" && columnNamed(columns, settings.y.column)?.money != null;
  }
  return columnNamed(columns, settings.y.column)?.money != null;
}

export function xIsMoney(settings: ChartSettings, columns: Column[]): boolean {
  const numeric = settings.kind === "histogram" || settings.kind === "scatter";
  return numeric && columnNamed(columns, settings.x?.column)?.money != null;
}

/** Numbers of one measure, in one currency or none. */
export interface NumberText {
  /** All digits. */
  exact: (value: number) => string;
  /** For an axis: "1.2M". */
  short: (value: number) => string;
  /** For a file: plain digits in major units. */
  plain: (value: number) => string;
}

export function moneyNumbers(currency: string, decimals: Decimals): NumberText {
  return {
    exact: (value) => moneyText(value, currency, decimals),
    short: (value) => (value === 0 ? "0" : shortMoney(value, currency, decimals)),
    plain: (value) => majorText(value, decimalsOf(currency, decimals)),
  };
}

const exactNumber = new Intl.NumberFormat(undefined, { maximumFractionDigits: 6 });
const smallNumber = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const compactNumber = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });

export const plainNumbers: NumberText = {
  exact: (value) => exactNumber.format(value),
  short: (value) => (Math.abs(value) >= 10_000 ? compactNumber : smallNumber).format(value),
  plain: String,
};

export function numberText(currency: string | null, isMoney: boolean, decimals: Decimals): NumberText {
  return isMoney && currency ? moneyNumbers(currency, decimals) : plainNumbers;
}

/** What a tooltip, a table and an axis call an x value. */
export function xLabel(x: XValue, result: ChartResult, numbers: NumberText, short = false): string {
  if (x.number === null || result.x_type === "category") return cellLabel(x.cell);
  if (result.x_type === "time") return bucketLabel(x.number, result.settings.x?.bucket ?? null, short);
  const text = short ? numbers.short : numbers.exact;
  if (x.width === null || short) return text(x.number);
  return `${text(x.number)} to under ${text(x.number + x.width)}`;
}

export function cellText(cell: Cell, numbers: NumberText): string {
  const number = toNumber(cell);
  return number === null ? "" : numbers.exact(number);
}
