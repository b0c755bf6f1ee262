/**
 * What the editor offers while a query is typed: frames after `from` and `join`, the columns of the frames that the query names
 * (dotted, with or without an alias), functions and keywords. Never asks the server. Read next: editor.ts.
 */
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { columnInSql, frameInSql } from "./names";

export interface SchemaFrame {
  frame: string;
  columns: { name: string; type: string }[];
}

const FUNCTIONS =
  "abs approx_distinct array_length avg cast ceil coalesce concat count date_part date_trunc extract first_value floor greatest last_value lead lag least left length lower max median min now nullif regexp_replace replace round row_number split_part stddev strpos substr sum to_char to_timestamp trim upper".split(
    " ",
  );

const functions: Completion[] = FUNCTIONS.map((name) => ({
  label: name,
  type: "function",
  apply: `${name}(`,
}));

interface Named {
  schema: SchemaFrame;
  alias: string | null;
}

const unquoted = (name: string) =>
  name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();
const NOT_ALIASES = new Set([
  "where",
  "on",
  "join",
  "left",
  "right",
  "inner",
  "cross",
  "full",
  "group",
  "order",
  "limit",
  "union",
  "having",
  "using",
]);

/** The frames after `from`, `join` and their commas, each with its alias. */
export function framesNamed(query: string, schema: SchemaFrame[]): Named[] {
  const named: Named[] = [];
  const pattern = /\b(?:from|join)\s+("(?:[^"]|"")+"|\w+)(?:\s+(?:as\s+)?(\w+))?/gi;
  for (const [, name, word] of query.matchAll(pattern)) {
    const found = schema.find((one) => one.frame === unquoted(name ?? ""));
    const alias = word && !NOT_ALIASES.has(word.toLowerCase()) ? word.toLowerCase() : null;
    if (found) named.push({ schema: found, alias });
  }
  return named;
}

function columnsOf(schema: SchemaFrame, prefix: string, boost: number): Completion[] {
  return schema.columns.map((column) => ({
    label: prefix + column.name,
    apply: prefix + columnInSql(column.name),
    detail: column.type,
    type: "property",
    boost,
  }));
}

const framesOf = (schema: SchemaFrame[]): Completion[] =>
  schema.map((one) => ({
    label: one.frame,
    apply: frameInSql(one.frame),
    type: "class",
    detail: "data frame",
    boost: 1,
  }));

export function schemaCompletion(schema: () => SchemaFrame[]) {
  return (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/[\w."]*/);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    const before = context.state.sliceDoc(Math.max(0, word.from - 200), word.from);
    const all = schema();
    const validFor = /^[\w."]*$/;
    if (/\b(?:from|join)\s+$/i.test(before)) return { from: word.from, options: framesOf(all), validFor };
    const named = framesNamed(context.state.doc.toString(), all);
    const prefix = /^(\w+)\./.exec(word.text)?.[1]?.toLowerCase();
    const of = named.find(
      (one) => prefix !== undefined && (one.alias === prefix || one.schema.frame === prefix),
    );
    if (of) return { from: word.from, options: columnsOf(of.schema, `${prefix}.`, 2), validFor };
    const among = named.length > 0 ? named.map((one) => one.schema) : all;
    const seen = new Set<string>();
    const columns = among
      .flatMap((one) => columnsOf(one, "", 2))
      .filter((one) => !seen.has(one.label) && seen.add(one.label));
    return { from: word.from, options: [...columns, ...framesOf(all), ...functions], validFor };
  };
}
