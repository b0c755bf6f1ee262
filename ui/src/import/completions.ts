/** What may come next in a custom query, from the catalog's fields: names, operators, values. No page in here. */
import type { QueryField } from "../api/types";

export interface Completion {
  /** What replaces the text from `from` to `to`. */
  insert: string;
  label: string;
  detail: string;
}

export interface Completions {
  from: number;
  to: number;
  items: Completion[];
}

const shownAtMost = 50;

const operatorNames: Record<string, string> = {
  "[gt]": "greater than",
  "[gte]": "greater than or equal to",
  "[lt]": "less than",
  "[lte]": "less than or equal to",
};

const bracketed = (operator: string) => (operator.startsWith("[") ? operator : `[${operator}]`);

/** The operators of a field that are written in brackets; being equal is written by `=` alone. */
const operatorsOf = (field: QueryField) =>
  field.operators
    .filter((operator) => operator !== "=" && operator !== "eq" && operator !== "")
    .map(bracketed);

export function completions(text: string, caret: number, fields: QueryField[]): Completions {
  const start = text.lastIndexOf("&", caret - 1) + 1;
  const next = text.indexOf("&", caret);
  const end = next < 0 ? text.length : next;
  const condition = text.slice(start, end);
  const equals = condition.indexOf("=");
  const before = text.slice(start, caret);
  if (equals >= 0 && caret > start + equals) return values(text, start, equals, caret, end, fields);
  const to = equals < 0 ? end : start + equals;
  const bracket = before.lastIndexOf("[");
  const named = fields.find((field) => field.name === before.slice(0, Math.max(0, bracket)));
  if (bracket >= 0 && named) return operators(named, before.slice(bracket), start + bracket, to, equals);
  return names(before, start, to, equals, fields);
}

function names(typed: string, from: number, to: number, equals: number, fields: QueryField[]): Completions {
  const wanted = typed.trim().toLowerCase();
  const rank = (name: string) => {
    if (name.startsWith(wanted)) return 0;
    if (name.includes(`.${wanted}`) || name.includes(`_${wanted}`)) return 1;
    return name.includes(wanted) ? 2 : 3;
  };
  const fitting = fields
    .map((field) => ({ field, rank: rank(field.name.toLowerCase()) }))
    .filter((each) => each.rank < 3)
    .sort((left, right) => left.rank - right.rank);
  const exact = fields.find((field) => field.name === typed.trim());
  const items = fitting.slice(0, shownAtMost).map(({ field }) => named(field, equals));
  const more = exact && equals < 0 ? operatorItems(exact, exact.name) : [];
  return { from, to, items: exact ? [...more, ...items.filter((item) => item.label !== exact.name)] : items };
}

function named(field: QueryField, equals: number): Completion {
  const where = field.exact_at === "stripe" ? "filtered by Stripe" : "filtered here";
  const map = field.type === "map";
  const insert = map ? `${field.name}[` : equals < 0 ? `${field.name}=` : field.name;
  return { insert, label: field.name, detail: `${field.type}, ${where}` };
}

function operatorItems(field: QueryField, prefix: string): Completion[] {
  const equal = { insert: `${prefix}=`, label: `${field.name}=`, detail: "equal to" };
  const others = operatorsOf(field).map((operator) => ({
    insert: `${prefix}${operator}=`,
    label: `${field.name}${operator}=`,
    detail: operatorNames[operator] ?? "",
  }));
  return field.type === "map" ? [] : [equal, ...others];
}

function operators(field: QueryField, typed: string, from: number, to: number, equals: number): Completions {
  const items = operatorsOf(field)
    .filter((operator) => operator.startsWith(typed) && operator !== typed)
    .map((operator) => ({
      insert: equals < 0 ? `${operator}=` : operator,
      label: operator,
      detail: operatorNames[operator] ?? "",
    }));
  return { from, to, items };
}

function values(
  text: string,
  start: number,
  equals: number,
  caret: number,
  end: number,
  fields: QueryField[],
): Completions {
  const from = start + equals + 1;
  const name = text.slice(start, start + equals).replace(/\[(gte?|lte?)\]$/, "");
  const field = fields.find((each) => each.name === name);
  const known = field?.values ?? (field?.type === "boolean" ? ["true", "false"] : []);
  const typed = text.slice(from, caret).toLowerCase();
  const fitting = known.filter((value) => value.toLowerCase().includes(typed));
  // A value that is whole needs no help, and the list would be in the way.
  if (known.includes(text.slice(from, end))) return { from, to: end, items: [] };
  const items = fitting
    .slice(0, shownAtMost)
    .map((value) => ({ insert: value, label: value, detail: field?.name ?? "" }));
  return { from, to: end, items };
}
