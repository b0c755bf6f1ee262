import { CompletionContext } from "@codemirror/autocomplete";
import { EditorState } from "@codemirror/state";
import { expect, test } from "vitest";
import { framesNamed, schemaCompletion } from "./completion";
import { columnInSql, firstQuery, frameInSql } from "./names";

const schema = [
  {
    frame: "charges",
    columns: [
      { name: "id", type: "text" },
      { name: "billing_details.address.city", type: "text" },
    ],
  },
  { frame: "My frame", columns: [{ name: "order", type: "integer" }] },
];

function offered(query: string) {
  const state = EditorState.create({ doc: query });
  const context = new CompletionContext(state, query.length, true);
  return schemaCompletion(() => schema)(context);
}

const labels = (query: string) => offered(query)?.options.map((option) => option.label) ?? [];

test("frames come after from and join", () => {
  expect(labels("select * from ")).toEqual(["charges", "My frame"]);
  expect(labels("select * from charges c left join ")).toEqual(["charges", "My frame"]);
});

test("columns are those of the frames that the query names", () => {
  const found = labels("select * from charges where bil");
  expect(found).toContain("billing_details.address.city");
  expect(found).not.toContain("order");
});

test("an alias is kept before the column", () => {
  expect(labels("select * from charges c where c.billing_details.a")).toEqual([
    "c.id",
    "c.billing_details.address.city",
  ]);
});

test("frames are known by their aliases, not by the next word", () => {
  const named = (query: string) => framesNamed(query, schema).map((one) => [one.schema.frame, one.alias]);
  expect(named('select * from charges as c join "My frame" f on true')).toEqual([
    ["charges", "c"],
    ["My frame", "f"],
  ]);
  expect(named("select * from charges where id = 'x'")).toEqual([["charges", null]]);
});

test("names are quoted when they must be", () => {
  expect(columnInSql("billing_details.address.city")).toBe("billing_details.address.city");
  expect(columnInSql("order")).toBe('"order"');
  expect(frameInSql('My "frame"')).toBe('"My ""frame"""');
  expect(firstQuery("charges")).toBe("select * from charges limit 100");
});
