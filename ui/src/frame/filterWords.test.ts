import { expect, test } from "vitest";
import type { Column, Filter } from "../api/types";
import { filterWords } from "./filterWords";
import { isInRange, rangeFilters, rangeOf } from "./histogramRange";
import { dashboardLink } from "./stripeLinks";
import { readRange, withCurrency } from "./typedRange";

const settings = { zone: "UTC", decimals: { usd: 2, jpy: 0 } };
const amount: Column = {
  name: "amount",
  type: "integer",
  money: { currency_column: "currency", currency: null },
  values: null,
  link: null,
  description: null,
  leaf_of: null,
  empty: false,
};
const created: Column = { ...amount, name: "created", type: "timestamp", money: null };
const status: Column = { ...amount, name: "status", type: "text", money: null };
const words = (filter: Filter, column: Column, others: Filter[] = []) =>
  filterWords(filter, column, [filter, ...others], settings);

test("filters are said in words", () => {
  expect(words({ column: "status", op: "eq", value: "failed" }, status)).toBe("is failed");
  expect(words({ column: "status", op: "in", values: ["a", "b", "c"] }, status)).toBe("is a, b or c");
  expect(words({ column: "status", op: "in", values: ["a", "b", "c", "d", "e"] }, status)).toBe(
    "is a, b, c or 2 more",
  );
  expect(words({ column: "status", op: "is_null" }, status)).toBe("is empty");
  const days = ["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"];
  expect(words({ column: "created", op: "between", values: days }, created)).toBe(
    "from Jan 1, 2026 until Feb 1, 2026",
  );
  expect(words({ column: "status", op: "contains", value: "x\n" }, status)).toBe("contains “x⏎”");
});

test("an amount is in major units only when its currency is known", () => {
  const between: Filter = { column: "amount", op: "between", values: [1000, 2050] };
  const usd: Filter = { column: "currency", op: "eq", value: "usd" };
  expect(words(between, amount, [usd])).toBe("from 10.00 to under 20.50 USD");
  expect(words({ column: "amount", op: "gte", value: 1000 }, amount)).toBe("from 1000 (smallest unit)");
});

test("what is typed becomes filters, or is said to be wrong", () => {
  expect(readRange(amount, "10", "20.5", "usd", settings)).toEqual([
    { column: "amount", op: "gte", value: 1000 },
    { column: "amount", op: "lte", value: 2050 },
  ]);
  expect(readRange(amount, "10.5", "", "jpy", settings)).toBe("JPY has no decimals.");
  expect(readRange(amount, "x", "", "usd", settings)).toBe("“x” is not a number.");
  expect(readRange(amount, "", " ", "usd", settings)).toEqual([]);
  expect(readRange(created, "2026-01-01", "2026-01-31", null, settings)).toEqual([
    { column: "created", op: "between", values: ["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"] },
  ]);
  expect(readRange(created, "2026-02-01", "2026-01-31", null, settings)).toContain("after");
});

test("a filter by amount is one by currency too", () => {
  const filters = withCurrency([{ column: "currency", op: "eq", value: "jpy" }], amount, "usd");
  expect(filters).toEqual([{ column: "currency", op: "eq", value: "usd" }]);
});

test("bars of a histogram are ranges, and ranges are bars", () => {
  const bins = [0, 10, 20].map((from) => ({ from, to: from + 10, count: 1 }));
  const filters = rangeFilters("amount", bins, 2, 1);
  expect(filters).toEqual([{ column: "amount", op: "between", values: [10, 30] }]);
  const range = rangeOf(filters);
  expect(bins.map((bin) => range !== null && isInRange(bin, range))).toEqual([false, true, true]);
  expect(rangeOf([{ column: "amount", op: "eq", value: 1 }])).toBeNull();
  expect(rangeOf([{ column: "created", op: "gte", value: "1970-01-01T00:00:01Z" }])).toEqual({
    from: 1000,
    to: Number.POSITIVE_INFINITY,
  });
});

test("ids lead to Stripe's dashboard, and nothing else does", () => {
  expect(dashboardLink("live", "charges", "ch_1")).toBe("https://dashboard.stripe.com/payments/ch_1");
  expect(dashboardLink("test", "customers", "cus_1")).toBe(
    "https://dashboard.stripe.com/test/customers/cus_1",
  );
  expect(dashboardLink("live", "files", "file_1")).toBe("https://dashboard.stripe.com/search?query=file_1");
  expect(dashboardLink("live", "charges", "javascript:alert(1)")).toBeNull();
  expect(dashboardLink("live", "charges", "../../x")).toBeNull();
  expect(dashboardLink("live", "constructor", "x_1")).toBe("https://dashboard.stripe.com/search?query=x_1");
  expect(dashboardLink(null, "charges", "ch_1")).toBeNull();
});
