/**
 * A chart's data as a table for the page and as CSV for a file. Amounts are in major units, beside their currency. Never sums:
 * what is not in the answer is not in the table. Read next: ChartData.tsx, PivotTable.tsx.
 */
import type { Cell, ChartResult, Column } from "../api/types";
import type { Decimals } from "../format/money";
import { bucketLabel, wallClock } from "./buckets";
import { measureName, type NumberText, numberText, xIsMoney, xLabel, yIsMoney } from "./measure";
import { cellLabel, panelsOf, toNumber } from "./panels";

export interface DataTable {
  corner: string;
  head: string[];
  rows: { name: string; cells: string[] }[];
}

const none: ReadonlySet<string> = new Set();

function seriesName(label: string, panelTitle: string): string {
  return panelTitle === "" ? label : `${label} · ${panelTitle}`;
}

/** A row for each x, a column for each series. For a scatter, a row for each point. */
export function dataTable(result: ChartResult, columns: Column[], decimals: Decimals): DataTable {
  const { settings } = result;
  const yMoney = yIsMoney(settings, columns);
  const xMoney = xIsMoney(settings, columns);
  const corner = settings.x?.column ?? "";
  if (settings.kind === "scatter" || (settings.kind === "histogram" && result.series.length > 1))
    return pointTable(result, corner, (currency) => [
      numberText(currency, xMoney, decimals),
      numberText(currency, yMoney, decimals),
    ]);
  const layout = panelsOf(result, measureName(settings), none);
  const series = layout.panels.flatMap((panel) =>
    panel.series.map((one) => ({
      ...one,
      title: panel.title,
      numbers: numberText(panel.currency, yMoney, decimals),
    })),
  );
  const xNumbers = numberText(result.series[0]?.currency ?? null, xMoney, decimals);
  return {
    corner,
    head: series.map((one) => seriesName(one.label, one.title)),
    rows: (layout.panels[0]?.xs ?? []).map((x, at) => ({
      name: xLabel(x, result, xNumbers),
      cells: series.map((one) => valueText(one.values[at] ?? null, one.numbers)),
    })),
  };
}

function valueText(value: number | null, numbers: NumberText): string {
  return value === null ? "" : numbers.exact(value);
}

function pointTable(
  result: ChartResult,
  corner: string,
  numbersOf: (currency: string | null) => [NumberText, NumberText],
): DataTable {
  const grouped = result.series.some(
    (series) => series.color !== null || series.split !== null || series.currency !== null,
  );
  const head = [measureName(result.settings), ...(grouped ? ["group"] : [])];
  const rows = result.series.flatMap((series) => {
    const [xNumbers, yNumbers] = numbersOf(series.currency);
    const group = [series.color, series.split, series.currency?.toUpperCase()]
      .filter((part) => part != null)
      .join(" · ");
    return series.points.map(([x, y]) => ({
      name: pointX(x, result, xNumbers),
      cells: [valueText(toNumber(y), yNumbers), ...(grouped ? [group] : [])],
    }));
  });
  return { corner, head, rows };
}

function pointX(x: Cell, result: ChartResult, numbers: NumberText): string {
  if (result.x_type === "time" && typeof x === "string")
    return bucketLabel(wallClock(x, result.settings.time_zone || "UTC"), "hour");
  const number = result.x_type === "number" ? toNumber(x) : null;
  return number === null ? cellLabel(x) : numbers.exact(number);
}

/** Text as one field of CSV: quoted when it must be. */
export function csvField(value: Cell): string {
  const text = value === null ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvText(rows: Cell[][]): string {
  return `${rows.map((row) => row.map(csvField).join(",")).join("\r\n")}\r\n`;
}

/** One line a point, with its colour, split and currency in columns of their own, so that it can be read back and grouped. */
export function chartCsv(result: ChartResult, columns: Column[], decimals: Decimals): string {
  const { settings } = result;
  if (result.pivot) return pivotCsv(result, columns, decimals);
  const money = yIsMoney(settings, columns);
  const xMoney = xIsMoney(settings, columns);
  const currencies = result.series.some((series) => series.currency !== null);
  const head: Cell[] = [settings.x?.column ?? "x"];
  if (settings.color) head.push(settings.color);
  if (settings.split) head.push(settings.split);
  if (currencies) head.push("currency");
  head.push(measureName(settings));
  const rows: Cell[][] = [head];
  for (const series of result.series) {
    const numbers = numberText(series.currency, money, decimals);
    const xNumbers = numberText(series.currency, xMoney, decimals);
    for (const [x, y] of series.points) {
      const xNumber = xMoney ? toNumber(x) : null;
      const row: Cell[] = [xNumber === null ? x : xNumbers.plain(xNumber)];
      if (settings.color) row.push(series.color);
      if (settings.split) row.push(series.split);
      if (currencies) row.push(series.currency);
      const number = toNumber(y);
      row.push(number === null ? null : numbers.plain(number));
      rows.push(row);
    }
  }
  return csvText(rows);
}

function pivotCsv(result: ChartResult, columns: Column[], decimals: Decimals): string {
  const pivot = result.pivot;
  if (!pivot) return "";
  const money = yIsMoney(result.settings, columns);
  const currencies = pivot.rows.some((row) => row.currency !== null);
  const head: Cell[] = [
    result.settings.x?.column ?? "",
    ...(currencies ? ["currency"] : []),
    ...pivot.columns,
  ];
  const rows = pivot.rows.map((row): Cell[] => {
    const numbers = numberText(row.currency, money, decimals);
    const cells = row.cells.map((cell) => {
      const number = toNumber(cell);
      return number === null ? null : numbers.plain(number);
    });
    return [row.name, ...(currencies ? [row.currency] : []), ...cells];
  });
  return csvText([head, ...rows]);
}
