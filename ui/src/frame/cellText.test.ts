import { expect, test } from "vitest";
import type { Column, RowsResult } from "../api/types";
import { visible } from "../format/visible";
import { amountText, plainText, shownText, tsvField } from "./cellText";
import { indentJson, nestedText } from "./nested";
import { textLines } from "./tableCopy";

const settings = { zone: "Europe/Oslo", decimals: { jpy: 0, kwd: 3, isk: 2, usd: 2 } };
const column = (type: Column["type"], more: Partial<Column> = {}): Column => ({
  name: "column",
  type,
  money: null,
  values: null,
  link: null,
  description: null,
  leaf_of: null,
  empty: false,
  ...more,
});
const money = column("integer", { name: "amount", money: { currency_column: "currency", currency: null } });

test("amounts are exact and have their currency's digits", () => {
  const text = (amount: number | string, currency: string) => amountText(amount, currency, settings.decimals);
  expect(text(123456, "usd")).toBe("1,234.56");
  expect(text(123456, "jpy")).toBe("123,456");
  expect(text(123450, "kwd")).toBe("123.450");
  expect(text(500, "isk")).toBe("5.00");
  expect(text("9007199254740993123", "usd")).toBe("90,071,992,547,409,931.23");
});

test("cells are text, cut and on one line", () => {
  expect(shownText(column("text"), "<script>alert(1)</script>", null, settings)).toBe(
    "<script>alert(1)</script>",
  );
  expect(shownText(column("text"), "a\tb\nc\u0000\u001b", null, settings)).toBe("a⇥b⏎c␀␛");
  expect(shownText(column("text"), "invoice\u202Efdp.exe\u2069\u200F", null, settings)).toBe(
    "invoice‹RLO›fdp.exe‹PDI›‹RLM›",
  );
  expect(shownText(column("text"), "x".repeat(10_240), null, settings)).toHaveLength(301);
  expect(shownText(column("text"), `${"x".repeat(299)}👍`, null, settings)).toBe(`${"x".repeat(299)}…`);
  expect(shownText(column("boolean"), false, null, settings)).toBe("false");
  expect(shownText(column("integer"), "9007199254740993", null, settings)).toBe("9,007,199,254,740,993");
  expect(visible("a\r\nb")).toBe("a⏎b");
});

test("copies have no separators and keep their digits", () => {
  expect(plainText(money, 123456, "usd", settings)).toBe("1234.56");
  expect(plainText(column("timestamp"), "2026-11-22T23:00:00Z", null, settings)).toBe("2026-11-23 00:00:00");
  expect(plainText(column("list"), "[1,2]", null, settings)).toBe("[1,2]");
  expect(tsvField('a\t"b"')).toBe('"a\t""b"""');
  expect(tsvField("plain")).toBe("plain");
});

test("copied rows take each amount's own currency", () => {
  const result: RowsResult = {
    columns: ["amount", "note", "currency"],
    rows: [
      [1000, "a\nb", "usd"],
      [1000, null, "jpy"],
    ],
    positions: [0, 1],
    total: 2,
  };
  const note = column("text", { name: "note" });
  expect(textLines(result, [money, note], ["amount", "note", "currency"], settings)).toEqual([
    '10.00\t"a\nb"',
    "1000\t",
  ]);
});

test("nested values are put into words", () => {
  expect(nestedText("{}")).toBe("no entries");
  expect(nestedText("[]")).toBe("no items");
  expect(nestedText('{"order_id":"6735","channel":null}')).toBe("order_id: 6735");
  expect(nestedText('["a","b"]')).toBe("a, b");
  expect(nestedText('[{"amount":59,"to":{"a":1},"tags":[1]},{"amount":1}]')).toBe(
    "2 items: amount: 59, to: {…}, tags: […]",
  );
  expect(nestedText("no json")).toBe("no json");
});

test("JSON is set out with every digit as it was sent", () => {
  const text = '{"id":9007199254740993,"rate":1.10,"tags":[],"of":{"a":"x, {y}: \\"z\\""},"list":[1,2]}';
  const shown = indentJson(text)
    .map((token) => token.text)
    .join("");
  expect(shown).toContain('"id": 9007199254740993,\n');
  expect(shown).toContain('"rate": 1.10');
  expect(shown).toContain('"tags": []');
  expect(shown).toContain('"a": "x, {y}: \\"z\\""');
  expect(JSON.parse(shown)).toEqual(JSON.parse(text));
  expect(indentJson("no json")).toEqual([{ kind: "word", text: "no json" }]);
});
