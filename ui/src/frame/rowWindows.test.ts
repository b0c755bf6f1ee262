import { expect, test } from "vitest";
import type { Column, RowsResult } from "../api/types";
import {
  cellAt,
  currencyAt,
  groupColumns,
  positionAt,
  WINDOW_ROWS,
  windowsOf,
  withoutLongTexts,
} from "./rowWindows";
import { FIRST, moved, rectangle, selectAt, selectTo } from "./tableMoves";

const column = (name: string, currency: string | null = null): Column => ({
  name,
  type: "text",
  money: currency === null ? null : { currency_column: currency, currency: null },
  values: null,
  link: null,
  description: null,
  leaf_of: null,
  empty: false,
});

test("columns are asked for in groups, amounts with their currency", () => {
  const columns = [column("id"), column("amount", "currency"), column("status"), column("currency")];
  const groups = groupColumns(columns, 2);
  expect(groups.columns).toEqual([
    ["id", "amount", "currency"],
    ["status", "currency"],
  ]);
  const part: RowsResult = {
    columns: ["id", "amount", "currency"],
    rows: [
      ["ch_1", 1, "usd"],
      ["ch_2", 2, null],
    ],
    positions: [7, 9],
    total: 2,
  };
  const parts = [part, undefined];
  expect(cellAt(parts, groups.slots.get("amount"), WINDOW_ROWS + 1)).toBe(2);
  expect(currencyAt(parts, groups.slots.get("amount"), WINDOW_ROWS)).toBe("usd");
  expect(currencyAt(parts, groups.slots.get("amount"), WINDOW_ROWS + 1)).toBeNull();
  expect(cellAt(parts, groups.slots.get("status"), WINDOW_ROWS)).toBeUndefined();
  expect(positionAt(parts, WINDOW_ROWS + 1)).toBe(9);
  expect(groupColumns([column("amount", "gone")]).slots.get("amount")?.currency).toBeNull();
});

test("windows are those in view and soon in view", () => {
  expect(windowsOf(0, 40, 10_000)).toEqual([0]);
  expect(windowsOf(0, 60, 10_000)).toEqual([0, 1]);
  expect(windowsOf(195, 230, 10_000)).toEqual([1, 2]);
  expect(windowsOf(0, 40, 30)).toEqual([0]);
});

test("long texts are kept by their beginning", () => {
  const list = JSON.stringify([{ note: "y".repeat(5000) }]);
  const result = {
    columns: [],
    rows: [["x".repeat(10_240), "short", null, 7, list]],
    positions: [0],
    total: 1,
  };
  const [row] = withoutLongTexts(result as RowsResult).rows;
  expect(row?.[0]).toBe(`${"x".repeat(500)}…`);
  expect(row?.slice(1, 4)).toEqual(["short", null, 7]);
  expect(String(row?.[4]).startsWith("1 item: note: yyy")).toBe(true);
});

test("keys move within the table, and up into its header", () => {
  const bounds = { rows: 100, columns: 5, page: 20 };
  const from = { row: 50, column: 2 };
  expect(moved(from, "ArrowDown", false, bounds)).toEqual({ row: 51, column: 2 });
  expect(moved(from, "ArrowDown", true, bounds)).toEqual({ row: 99, column: 2 });
  expect(moved(from, "PageUp", false, bounds)).toEqual({ row: 30, column: 2 });
  expect(moved({ row: 5, column: 2 }, "PageUp", false, bounds)).toEqual({ row: 0, column: 2 });
  expect(moved(from, "Home", false, bounds)).toEqual({ row: 50, column: 0 });
  expect(moved(from, "End", true, bounds)).toEqual({ row: 99, column: 4 });
  expect(moved({ row: 0, column: 1 }, "ArrowUp", false, bounds)).toEqual({ row: -1, column: 1 });
  expect(moved({ row: -1, column: 1 }, "ArrowDown", false, bounds)).toEqual({ row: 0, column: 1 });
  expect(moved(from, "x", false, bounds)).toBeNull();
});

test("a selection grows from where it began", () => {
  const grown = selectTo(selectAt({ row: 3, column: 2 }), { row: 1, column: 4 }, true);
  expect(rectangle(grown, 6)).toEqual({ top: 1, bottom: 3, left: 2, right: 4 });
  expect(rectangle({ ...grown, wholeRows: true }, 6)).toEqual({ top: 1, bottom: 3, left: 0, right: 5 });
  expect(rectangle(selectTo(grown, { row: -1, column: 2 }, true), 6)).toBeNull();
  expect(rectangle(FIRST, 0)).toBeNull();
});
