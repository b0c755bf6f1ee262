import { expect, test } from "vitest";
import type { Filter } from "../api/types";
import { chosenValues, nextSort, parseFilters, parseSort, toggleValue, withColumnFilters } from "./frameView";

const paid: Filter = { column: "paid", op: "eq", value: true };
const over: Filter = { column: "amount", op: "gte", value: 100 };

test("an address keeps filters and sort, and what is none of them is left out", () => {
  expect(parseFilters(JSON.stringify([paid, over]))).toEqual([paid, over]);
  expect(parseFilters(null)).toEqual([]);
  expect(parseFilters("{not json")).toEqual([]);
  const odd = [
    { column: 7, op: "eq", value: 1 },
    { column: "a", op: "like", value: 1 },
    { column: "a", op: "eq" },
    { column: "a", op: "eq", value: {} },
    { column: "a", op: "between", values: [1] },
    { column: "a", op: "in", values: "b" },
    null,
  ];
  expect(parseFilters(JSON.stringify([...odd, { column: "a", op: "is_null" }]))).toHaveLength(1);
  expect(parseSort('[{"column":"a","descending":true},{"column":"b"}]')).toEqual([
    { column: "a", descending: true },
  ]);
});

test("values of a column are added and taken away", () => {
  const one = toggleValue([over], "status", "failed");
  expect(one).toEqual([over, { column: "status", op: "eq", value: "failed" }]);
  const two = toggleValue(one, "status", "pending");
  expect(two).toEqual([over, { column: "status", op: "in", values: ["failed", "pending"] }]);
  expect(toggleValue(two, "status", "failed")).toEqual([
    over,
    { column: "status", op: "eq", value: "pending" },
  ]);
  expect(toggleValue(one, "status", "failed")).toEqual([over]);
});

test("empty cells are looked at alone", () => {
  const some = toggleValue([], "status", "failed");
  const empty = toggleValue(some, "status", null);
  expect(empty).toEqual([{ column: "status", op: "is_null" }]);
  expect(toggleValue(empty, "status", "failed")).toEqual(some);
  expect(toggleValue(empty, "status", null)).toEqual([]);
});

test("a chosen value replaces a filter of another kind", () => {
  const contains: Filter = { column: "status", op: "contains", value: "fail" };
  expect(chosenValues([contains], "status")).toBeNull();
  expect(toggleValue([contains], "status", "failed")).toEqual([
    { column: "status", op: "eq", value: "failed" },
  ]);
});

test("a column's filters keep their place among the others", () => {
  const until: Filter = { column: "amount", op: "lt", value: 200 };
  expect(withColumnFilters([over, paid, until], "amount", [until])).toEqual([until, paid]);
  expect(withColumnFilters([paid], "amount", [over])).toEqual([paid, over]);
  expect(withColumnFilters([over, paid], "amount", [])).toEqual([paid]);
});

test("a header sorts up, down, and not at all; with Shift beside the others", () => {
  const up = nextSort([], "amount", false);
  expect(up).toEqual([{ column: "amount", descending: false }]);
  const down = nextSort(up, "amount", false);
  expect(down).toEqual([{ column: "amount", descending: true }]);
  expect(nextSort(down, "amount", false)).toEqual([]);
  const both = nextSort(down, "created", true);
  expect(both).toEqual([...down, { column: "created", descending: false }]);
  expect(nextSort(both, "created", true)).toEqual([...down, { column: "created", descending: true }]);
  expect(nextSort(both, "id", false)).toEqual([{ column: "id", descending: false }]);
});
