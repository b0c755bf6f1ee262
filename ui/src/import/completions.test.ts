/** What the query field offers, by where the caret is. */
import { expect, test } from "vitest";
import type { QueryField } from "../api/types";
import { completions } from "./completions";

const field = (name: string, type: string, operators: string[], values: string[] | null): QueryField => ({
  name,
  type,
  operators,
  values,
  exact_at: "here",
  description: null,
  required: false,
});
const fields = [
  field("amount", "integer", ["=", "[gt]", "[gte]", "[lt]", "[lte]"], null),
  field("amount_refunded", "integer", ["=", "[gt]"], null),
  field("billing_details.address.country", "text", ["="], null),
  field("status", "text", ["="], ["succeeded", "pending", "failed"]),
  field("metadata", "map", ["="], null),
];
const offered = (text: string, caret = text.length) => {
  const { from, to, items } = completions(text, caret, fields);
  return items.map((item) => text.slice(0, from) + item.insert + text.slice(to));
};

test("a field is completed by its beginning, or by a part of its name", () => {
  expect(offered("am")).toEqual(["amount=", "amount_refunded="]);
  expect(offered("coun")).toEqual(["billing_details.address.country="]);
  expect(offered("meta")).toEqual(["metadata["]);
  expect(offered("")).toHaveLength(5);
});

test("a whole field offers its operators", () => {
  expect(offered("amount").slice(0, 3)).toEqual(["amount=", "amount[gt]=", "amount[gte]="]);
  expect(offered("amount[l")).toEqual(["amount[lt]=", "amount[lte]="]);
});

test("a value is completed where the values are known", () => {
  expect(offered("status=")).toEqual(["status=succeeded", "status=pending", "status=failed"]);
  expect(offered("status=pen")).toEqual(["status=pending"]);
  expect(offered("amount[gt]=10")).toEqual([]);
});

test("what is whole is left alone", () => {
  expect(offered("status=pending")).toEqual([]);
  expect(offered("currency=jpy&amount[gt]=100000")).toEqual([]);
});

test("other conditions stay as they are", () => {
  expect(offered("amount=1&sta&status=failed", 12)).toEqual(["amount=1&status=&status=failed"]);
  expect(offered("stat=succeeded", 4)).toEqual(["status=succeeded"]);
});
