import { expect, test } from "vitest";
import type { ChartResult, ChartSeries, ChartSettings } from "../api/types";
import { chartCsv, dataTable } from "./data";
import { panelsOf } from "./panels";

const settings: ChartSettings = {
  kind: "bar",
  x: { column: "created", bucket: "month" },
  y: { column: "amount", aggregate: "sum" },
  color: null,
  split: null,
  pivot_columns: null,
  filters: [],
  time_zone: "Europe/Oslo",
  currency: null,
  stacked: false,
  limit: 20,
};

const series = (currency: string | null, points: ChartSeries["points"]): ChartSeries => ({
  name: currency ?? "rows",
  color: null,
  split: null,
  currency,
  points,
});

const result = (part: Partial<ChartResult>): ChartResult => ({
  settings,
  x_type: "time",
  series: [],
  currencies: [],
  sql: "",
  note: null,
  rows: 0,
  pivot: null,
  sampled: false,
  ...part,
});

const columns = [
  { name: "amount", type: "integer", money: { currency_column: "currency", currency: null } },
  { name: "created", type: "timestamp", money: null },
].map((column) => ({
  values: null,
  link: null,
  description: null,
  leaf_of: null,
  empty: false,
  ...column,
})) as never;

const both = result({
  series: [
    series("usd", [
      ["2026-01-01T00:00:00+01:00", 123456],
      ["2026-03-01T00:00:00+01:00", 5],
    ]),
    series("jpy", [["2026-02-01T00:00:00+01:00", 1000]]),
  ],
});
const none: ReadonlySet<string> = new Set();

test("each currency has a panel of its own, over the same months", () => {
  const { panels, labels } = panelsOf(both, "Sum of amount", none);
  expect(panels.map((panel) => panel.title)).toEqual(["USD", "JPY"]);
  expect(panels.map((panel) => panel.xs.length)).toEqual([3, 3]);
  expect(panels.map((panel) => panel.series[0]?.values)).toEqual([
    [123456, 0, 5],
    [0, 1000, 0],
  ]);
  expect(labels).toEqual(["Sum of amount"]);
});

test("a mean of nothing is nothing", () => {
  const mean = { ...both, settings: { ...settings, y: { column: "amount", aggregate: "mean" as const } } };
  expect(panelsOf(mean, "", none).panels[1]?.series[0]?.values).toEqual([null, 1000, null]);
});

test("a hidden legend entry keeps the colour of the others", () => {
  const colored = result({
    settings: { ...settings, color: "status" },
    series: [
      { ...series(null, [["2026-01-01", 1]]), color: "paid" },
      { ...series(null, [["2026-01-01", 2]]), color: "open" },
    ],
  });
  const { panels } = panelsOf(colored, "", new Set(["paid"]));
  expect(panels[0]?.series.map((one) => [one.label, one.colorIndex])).toEqual([["open", 1]]);
});

test("Other comes last and keeps its value", () => {
  const points: ChartSeries["points"] = [
    ["Other", 9],
    ["NO", 2],
    [null, 1],
  ];
  const { panels } = panelsOf(result({ x_type: "category", series: [series(null, points)] }), "", none);
  expect(panels[0]?.xs.map((x) => x.cell)).toEqual(["NO", null, "Other"]);
});

test("bins of one currency are not those of another", () => {
  const bins = result({
    x_type: "number",
    settings: { ...settings, kind: "histogram", x: { column: "amount", bucket: null } },
    series: [
      { ...series("usd", [[0, 4]]), bin_width: 500 } as ChartSeries,
      { ...series("jpy", [[100000, 2]]), bin_width: 50000 } as ChartSeries,
    ],
  });
  const { panels } = panelsOf(bins, "", none);
  expect(panels.map((panel) => panel.xs.map((x) => [x.number, x.width]))).toEqual([
    [[0, 500]],
    [[100000, 50000]],
  ]);
});

test("the table and the file have amounts in major units", () => {
  const decimals = { usd: 2, jpy: 0 };
  expect(dataTable(both, columns, decimals).rows.map((row) => row.cells)).toEqual([
    ["$1,234.56", "¥0"],
    ["$0.00", "¥1,000"],
    ["$0.05", "¥0"],
  ]);
  expect(chartCsv(both, columns, decimals)).toBe(
    "created,currency,Sum of amount\r\n2026-01-01T00:00:00+01:00,usd,1234.56\r\n2026-03-01T00:00:00+01:00,usd,0.05\r\n2026-02-01T00:00:00+01:00,jpy,1000\r\n",
  );
});

test("text in a file is quoted when it must be", () => {
  const hostile = result({ x_type: "category", series: [series(null, [['a"b,\nc', 1]])] });
  expect(chartCsv(hostile, columns, {})).toContain('"a""b,\nc",1');
});
