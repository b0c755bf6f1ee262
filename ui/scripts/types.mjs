/**
 * Writes the server's OpenAPI description as TypeScript types: `node scripts/types.mjs openapi.json schema.ts`.
 * One exported type for each schema, under its name. It knows what utoipa writes (OpenAPI 3.1), and fails on anything else.
 * `--check` writes nothing and fails when the file is not what it would have written.
 */
import { readFileSync, writeFileSync } from "node:fs";

const prefix = "#/components/schemas/";

const reference = (schema) => {
  if (!schema.$ref.startsWith(prefix)) throw new Error(`expected ${prefix}…, found ${schema.$ref}`);
  return schema.$ref.slice(prefix.length).replaceAll(".", "_");
};

const join = (types, by) => {
  const each = [...new Set(types)];
  return each.length === 1 ? each[0] : each.map((type) => (/[|&]/.test(type) ? `(${type})` : type)).join(by);
};

const property = (name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

const comment = (text, indent) => {
  if (!text) return "";
  const safe = text.replaceAll("*/", "* /").split("\n");
  if (safe.length === 1) return `${indent}/** ${safe[0]} */\n`;
  return `${indent}/**\n${safe.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
};

function object(schema, indent) {
  const inner = `${indent}  `;
  const required = new Set(schema.required ?? []);
  const lines = Object.entries(schema.properties ?? {}).map(([name, value]) => {
    const mark = required.has(name) ? "" : "?";
    return `${comment(value.description, inner)}${inner}${property(name)}${mark}: ${type(value, inner)};\n`;
  });
  const rest = schema.additionalProperties;
  const open = rest && typeof rest === "object" ? `Record<string, ${type(rest, indent)}>` : null;
  if (lines.length === 0) return open ?? "Record<string, unknown>";
  const closed = `{\n${lines.join("")}${indent}}`;
  return open ? `${closed} & ${open}` : closed;
}

function array(schema, indent) {
  if (schema.prefixItems) return `[${schema.prefixItems.map((item) => type(item, indent)).join(", ")}]`;
  const item = schema.items === undefined || schema.items === true ? "unknown" : type(schema.items, indent);
  return /[|&]/.test(item) && !item.startsWith("{") ? `(${item})[]` : `${item}[]`;
}

function plain(name, schema, indent) {
  switch (name) {
    case "null":
      return "null";
    case "string":
      return "string";
    case "boolean":
      return "boolean";
    case "integer":
    case "number":
      return "number";
    case "array":
      return array(schema, indent);
    case "object":
      return object(schema, indent);
    default:
      throw new Error(`expected a type of JSON, found ${JSON.stringify(name)}`);
  }
}

function type(schema, indent = "") {
  if (schema === true || Object.keys(schema).every((key) => key === "description")) return "unknown";
  if (schema.$ref) return reference(schema);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum)
    return join(
      schema.enum.map((value) => JSON.stringify(value)),
      " | ",
    );
  const some = schema.oneOf ?? schema.anyOf;
  if (some)
    return join(
      some.map((each) => type(each, indent)),
      " | ",
    );
  if (schema.allOf)
    return join(
      schema.allOf.map((each) => type(each, indent)),
      " & ",
    );
  const names = Array.isArray(schema.type)
    ? schema.type
    : [schema.type ?? (schema.properties ? "object" : undefined)];
  return join(
    names.map((name) => plain(name, schema, indent)),
    " | ",
  );
}

const [source, target, check] = process.argv.slice(2);
const { schemas } = JSON.parse(readFileSync(source, "utf8")).components;
const head =
  "/** The server's types, written by `npm run types` from its OpenAPI description. Do not edit. */\n";
const body = Object.entries(schemas).map(
  ([name, schema]) =>
    `\n${comment(schema.description, "")}export type ${name.replaceAll(".", "_")} = ${type(schema)};\n`,
);
const text = head + body.join("");
if (check === "--check") {
  const now = readFileSync(target, "utf8");
  if (now !== text) {
    console.error(`error: ${target} is not what ${source} says\n\nhint: npm run types`);
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
