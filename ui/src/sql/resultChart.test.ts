import { expect, test } from "vitest";
import type { Column, SqlResult } from "../api/types";
import { bucketOf, chartOf, firstChoice } from "./resultChart";

const column = (name: string, type: Column["type"], money: Column["money"] = null): Column => ({
  name,
  type,
  money,
  values: null,
  link: null,
  description: null,
  leaf_of: null,
  empty: false,
});

const result: SqlResult = {
  columns: [
    column("month", "timestamp"),
    column("currency", "text"),
    column("total", "integer", { currency_column: "currency", currency: null }),
  ],
  rows: [
    ["2026-01-01T00:00:00Z", "usd", 100],
    ["2026-01-01T00:00:00Z", "jpy", 5000],
    ["2026-02-01T00:00:00Z", "usd", 300],
    ["2026-02-01T00:00:00Z", "usd", 7],
  ],
  total: 4,
  truncated: false,
  seconds: 0.01,
};

test("a date against a number is a line", () => {
  expect(firstChoice(result.columns)).toEqual({ kind: "line", x: "month", y: "total", color: null });
  expect(firstChoice([column("id", "text")])).toBeNull();
});

test("currencies are series of their own, and repeated points are not added up", () => {
  const chart = chartOf(result, { kind: "bar", x: "month", y: "total", color: null }, "Europe/Oslo");
  expect(chart.series.map((series) => [series.currency, series.points.map(([, y]) => y)])).toEqual([
    ["usd", [100, 300]],
    ["jpy", [5000]],
  ]);
  expect(chart.note).toMatch(/^1 row has /);
  expect(chart.settings.x).toEqual({ column: "month", bucket: "month" });
  expect(chart.settings.time_zone).toBe("UTC");
});

test("midnights are days, firsts are months", () => {
  expect(bucketOf(["2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z", null])).toBe("day");
  expect(bucketOf(["2026-01-01", "2026-03-01"])).toBe("month");
  expect(bucketOf(["2026-01-05T07:00:00Z"])).toBeNull();
});

test("numbers beside a currency are a chart for each", () => {
  const columns = result.columns.map((one) => ({ ...one, money: null }));
  const chart = chartOf({ ...result, columns }, { kind: "bar", x: "month", y: "total", color: null }, "UTC");
  expect(chart.series.map((series) => [series.split, series.currency])).toEqual([
    ["USD", null],
    ["JPY", null],
  ]);
  expect(chart.settings.split).toBe("currency");
});
