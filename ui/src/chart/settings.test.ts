import { expect, test } from "vitest";
import type { ChartSettings, Column } from "../api/types";
import { missing, withAggregate, withKind, xColumns } from "./settings";

const column = (name: string, type: Column["type"], money = false): Column => ({
  name,
  type,
  money: money ? { currency_column: "currency", currency: null } : null,
  values: null,
  link: null,
  description: null,
  leaf_of: null,
  empty: false,
});
const columns = [
  column("id", "text"),
  column("attempts", "integer"),
  column("amount", "integer", true),
  column("created", "timestamp"),
  column("status", "text"),
  column("metadata", "map"),
];
const bar: ChartSettings = {
  kind: "bar",
  x: { column: "created", bucket: "day" },
  y: { column: null, aggregate: "count" },
  color: "status",
  split: null,
  pivot_columns: null,
  filters: [],
  time_zone: "UTC",
  currency: null,
  stacked: true,
  limit: 20,
};

test("every change of kind gives a chart that can be asked for", () => {
  const kinds = ["line", "pie", "histogram", "scatter", "pivot", "bar"] as const;
  for (const first of kinds) {
    for (const second of kinds) {
      const settings = withKind(withKind(bar, first, columns), second, columns);
      expect(missing(settings), `${first}, then ${second}`).toBeNull();
      const among = xColumns(second, columns).map((one) => one.name);
      expect(among, `${first}, then ${second}`).toContain(settings.x?.column);
    }
  }
});

test("an amount is measured before another number", () => {
  expect(withAggregate(bar, "sum", columns).y).toEqual({ column: "amount", aggregate: "sum" });
  expect(withAggregate(withAggregate(bar, "sum", columns), "count", columns).y.column).toBeNull();
  expect(withKind(bar, "histogram", columns).x).toEqual({ column: "amount", bucket: null });
});

test("a scatter has two columns", () => {
  const scatter = withKind(withKind(bar, "histogram", columns), "scatter", columns);
  expect(scatter.x?.column).not.toBe(scatter.y.column);
});
