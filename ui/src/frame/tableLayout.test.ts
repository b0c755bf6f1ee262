import { expect, test } from "vitest";
import type { Column } from "../api/types";
import {
  columnsInView,
  EMPTY_LAYOUT,
  orderedColumns,
  parseLayout,
  placeColumns,
  withMove,
  withPinned,
  withShown,
  withStep,
  withWidth,
} from "./tableLayout";

const column = (name: string, more: Partial<Column> = {}): Column => ({
  name,
  type: "text",
  money: null,
  values: null,
  link: null,
  description: null,
  leaf_of: null,
  empty: false,
  ...more,
});
const columns = ["id", "amount", "currency", "status"].map((name) => column(name));
const names = (layout: typeof EMPTY_LAYOUT, all = columns) =>
  orderedColumns(all, layout).map(({ name }) => name);

test("columns stand as the frame has them until somebody moves one", () => {
  expect(names(EMPTY_LAYOUT)).toEqual(["id", "amount", "currency", "status"]);
  const moved = withMove(columns, EMPTY_LAYOUT, "status", "amount");
  expect(names(moved)).toEqual(["id", "status", "amount", "currency"]);
  expect(names(withStep(columns, moved, "status", -1))).toEqual(["status", "id", "amount", "currency"]);
  expect(withStep(columns, EMPTY_LAYOUT, "id", -1)).toBe(EMPTY_LAYOUT);
});

test("a column that came later stands behind the one it follows in the frame", () => {
  const layout = withMove(columns, EMPTY_LAYOUT, "status", "id");
  const later = [column("first"), columns[0], column("fee"), ...columns.slice(1)] as Column[];
  expect(names(layout, later)).toEqual(["first", "status", "id", "fee", "amount", "currency"]);
  expect(names(layout, columns.slice(0, 2))).toEqual(["id", "amount"]);
});

test("pinned columns come first and move among themselves", () => {
  const layout = withPinned(withPinned(EMPTY_LAYOUT, "status", true), "amount", true);
  expect(names(layout)).toEqual(["status", "amount", "id", "currency"]);
  expect(withStep(columns, layout, "amount", 1)).toBe(layout);
  expect(names(withStep(columns, layout, "amount", -1))).toEqual(["amount", "status", "id", "currency"]);
  expect(names(withMove(columns, layout, "id", "status"))).toEqual(["id", "status", "amount", "currency"]);
  expect(placeColumns(columns, withMove(columns, layout, "id", "status"))[0]?.pinned).toBe(true);
  expect(names(withPinned(layout, "status", false))).toEqual(["amount", "id", "currency", "status"]);
});

test("empty columns are hidden until they are asked for", () => {
  const all = [...columns, column("review", { empty: true }), column("unknown", { empty: null })];
  const shown = (layout: typeof EMPTY_LAYOUT) => placeColumns(all, layout).map((item) => item.column.name);
  expect(shown(EMPTY_LAYOUT)).not.toContain("review");
  expect(shown(EMPTY_LAYOUT)).toContain("unknown");
  expect(shown(withShown(EMPTY_LAYOUT, ["review"], true))).toContain("review");
  expect(shown(withShown(EMPTY_LAYOUT, ["id"], false))).not.toContain("id");
});

test("columns stand side by side, and only those in view are drawn", () => {
  const layout = ["id", "amount", "currency", "status"].reduce(
    (all, name) => withWidth(all, name, 100),
    EMPTY_LAYOUT,
  );
  const placed = placeColumns(columns, layout);
  expect(placed.map(({ left }) => left)).toEqual([0, 100, 200, 300]);
  expect(columnsInView(placed, 150, 250)).toEqual({ first: 1, end: 3 });
  expect(columnsInView(placed, 0, 100)).toEqual({ first: 0, end: 1 });
  expect(columnsInView(placed, 900, 1000)).toEqual({ first: 4, end: 4 });
  expect(columnsInView(placeColumns(columns, withPinned(layout, "id", true)), 0, 150)).toEqual({
    first: 1,
    end: 2,
  });
});

test("a width has bounds", () => {
  expect(withWidth(EMPTY_LAYOUT, "id", -5).widths.id).toBeGreaterThan(20);
  expect(withWidth(EMPTY_LAYOUT, "id", 99_999).widths.id).toBeLessThan(2000);
});

test("columns may have the names of what every object has", () => {
  const odd = [column("constructor"), column("toString"), column("__proto__")];
  const placed = placeColumns(odd, EMPTY_LAYOUT);
  expect(placed.map((item) => item.column.name)).toEqual(["constructor", "toString", "__proto__"]);
  expect(placed.every((item) => item.width > 50 && item.width < 300)).toBe(true);
});

test("a saved layout comes back, and what is none is as if nothing was saved", () => {
  const layout = withShown(withPinned(withWidth(EMPTY_LAYOUT, "id", 300), "id", true), ["status"], false);
  expect(parseLayout(JSON.stringify(layout))).toEqual(layout);
  for (const text of [null, "", "7", "null", "[]", '{"order":7,"widths":[1],"shown":null,"pinned":{}}']) {
    expect(parseLayout(text)).toEqual(EMPTY_LAYOUT);
  }
  expect(parseLayout('{"order":["a",1],"widths":{"a":"wide","b":90}}')).toEqual({
    order: ["a"],
    widths: { b: 90 },
    shown: {},
    pinned: [],
  });
});
