/**
 * Nested values (lists, maps, objects, JSON text) in one line, and JSON set out on many lines.
 * Numbers are never parsed where the text is shown exactly. Nothing here touches the page. Read next: NestedValue.tsx.
 */

/** A longer text is shown as it is: putting it into words would cost more than a look at its beginning is worth. */
const WORDS_LIMIT = 20_000;

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** `order_id: 6735, channel: web`; `3 items: amount 59, currency usd, …`; what is no JSON as it is. */
export function nestedText(text: string): string {
  if (text.length > WORDS_LIMIT) return text;
  const value = parseJson(text);
  return value === undefined ? text : inWords(value);
}

function inWords(value: Json): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return "no items";
    if (value.every((item) => item === null || typeof item !== "object"))
      return value.map(scalarText).join(", ");
    const [first] = value;
    return `${value.length} ${value.length === 1 ? "item" : "items"}: ${first === undefined ? "" : pairs(first)}`;
  }
  return pairs(value);
}

function pairs(value: Json): string {
  if (value === null || typeof value !== "object") return scalarText(value);
  if (Array.isArray(value)) return `${value.length} items`;
  const entries = Object.entries(value).filter(([, entry]) => entry !== null);
  if (entries.length === 0) return "no entries";
  return entries.map(([key, entry]) => `${key}: ${shortText(entry)}`).join(", ");
}

function shortText(value: Json): string {
  if (Array.isArray(value)) return value.length === 0 ? "[]" : "[…]";
  if (value !== null && typeof value === "object") return "{…}";
  return scalarText(value);
}

export function scalarText(value: Json): string {
  return typeof value === "string" ? value : value === null ? "–" : JSON.stringify(value);
}

interface Token {
  kind: "key" | "text" | "number" | "word" | "sign";
  text: string;
}

/** Sets JSON out on lines without reading its numbers, so that each digit stays as it was sent. What is no JSON stays as it is. */
export function indentJson(text: string): Token[] {
  const pieces = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g);
  if (pieces === null || parseJson(text) === undefined) return [{ kind: "word", text }];
  const tokens: Token[] = [];
  let depth = 0;
  const line = () => tokens.push({ kind: "sign", text: `\n${"  ".repeat(depth)}` });
  pieces.forEach((piece, at) => {
    const next = pieces[at + 1];
    if (piece === "{" || piece === "[") {
      tokens.push({ kind: "sign", text: piece });
      depth += 1;
      if (next !== "}" && next !== "]") line();
    } else if (piece === "}" || piece === "]") {
      depth -= 1;
      const before = pieces[at - 1];
      if (before !== "{" && before !== "[") line();
      tokens.push({ kind: "sign", text: piece });
    } else if (piece === ",") {
      tokens.push({ kind: "sign", text: piece });
      line();
    } else if (piece === ":") tokens.push({ kind: "sign", text: ": " });
    else tokens.push({ kind: kindOf(piece, next), text: piece });
  });
  return tokens;
}

function kindOf(piece: string, next: string | undefined): Token["kind"] {
  if (piece.startsWith('"')) return next === ":" ? "key" : "text";
  return /^[-\d]/.test(piece) ? "number" : "word";
}
