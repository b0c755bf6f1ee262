/** Amounts: every digit kept, every currency by its own rules. */
import { expect, test } from "vitest";
import { decimalsOf, majorText, moneyText } from "./money";

const decimals = { jpy: 0, kwd: 3, isk: 2, ugx: 2, huf: 2, twd: 2, usd: 2 };

test("amounts keep every digit", () => {
  expect(majorText(123456, 2)).toBe("1234.56");
  expect(majorText(-5, 2)).toBe("-0.05");
  expect(majorText(0, 3)).toBe("0.000");
  expect(majorText("9007199254740993123", 2)).toBe("90071992547409931.23");
  expect(majorText(100000, 0)).toBe("100000");
});

test("each currency has its own digits", () => {
  const shown = (amount: number | string, currency: string) =>
    moneyText(amount, currency, decimals, "en-US").replaceAll("\u00a0", " ");
  expect(shown(123456, "usd")).toBe("$1,234.56");
  expect(shown(123456, "jpy")).toBe("¥123,456");
  expect(shown(123456, "kwd")).toBe("KWD 123.456");
  expect(shown(123400, "isk")).toBe("ISK 1,234.00");
  expect(shown(123400, "huf")).toBe("HUF 1,234.00");
  expect(shown("9007199254740993123", "usd")).toBe("$90,071,992,547,409,931.23");
  expect(shown(-250, "eur")).toBe("-€2.50");
});

test("a currency that is unknown has two digits, and one that is none is not shown", () => {
  expect(decimalsOf("xxz", decimals)).toBe(2);
  expect(moneyText(150, "no currency", decimals, "en-US")).toBe("1.50");
});

test("a mean is rounded, never cut to a whole unit", () => {
  expect(moneyText(1234.5, "usd", decimals, "en-US")).toBe("$12.35");
});

test("before the currencies are known, an amount is in its smallest unit and says so", () => {
  expect(moneyText(1522, "jpy", {}, "en-US")).toBe("1,522 jpy (smallest unit)");
});
