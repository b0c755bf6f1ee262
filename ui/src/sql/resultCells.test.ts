import { expect, test } from "vitest";
import type { SqlResult } from "../api/types";
import { amountText, columnWidths } from "./resultCells";

test("amounts are exact, with as many digits as their currency has", () => {
  const decimals = { jpy: 0, kwd: 3 };
  expect(amountText(123450, "usd", decimals)).toBe("1,234.50 USD");
  expect(amountText(1000, "jpy", decimals)).toBe("1,000 JPY");
  expect(amountText("9007199254740993", "kwd", decimals)).toBe("9,007,199,254,740.993 KWD");
  expect(amountText(12.5, "jpy", decimals)).toBe("12.50 JPY");
});

test("a number has room for all of its digits, wherever it stands, and a text at most so much", () => {
  const short = Array.from({ length: 100 }, () => [1, "x".repeat(500)]);
  const result = {
    columns: [
      { name: "n", type: "integer" },
      { name: "t", type: "text" },
    ],
    rows: [...short, ["9".repeat(60), "y"]],
  } as unknown as SqlResult;
  const [number, text] = columnWidths(
    result,
    (at, row) => String(row[at]),
    (shown) => shown.length * 10,
  );
  expect(number).toBeGreaterThanOrEqual(600);
  expect(text).toBe(320);
});
