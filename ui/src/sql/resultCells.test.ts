import { expect, test } from "vitest";
import { amountText } from "./resultCells";

test("amounts are exact, with as many digits as their currency has", () => {
  const decimals = { jpy: 0, kwd: 3 };
  expect(amountText(123450, "usd", decimals)).toBe("1,234.50 USD");
  expect(amountText(1000, "jpy", decimals)).toBe("1,000 JPY");
  expect(amountText("9007199254740993", "kwd", decimals)).toBe("9,007,199,254,740.993 KWD");
  expect(amountText(12.5, "jpy", decimals)).toBe("12.50 JPY");
});
