/**
 * A nested value to be read: lists of objects as a table, objects as names with values, amounts beside a currency in major units.
 * It shows what is there and guesses nothing else. Read next: nested.ts.
 */
import type { ReactNode } from "react";
import type { Decimals } from "../format/money";
import { visible } from "../format/visible";
import { amountText } from "./cellText";
import classes from "./NestedValue.module.css";
import { type Json, scalarText } from "./nested";
import { NoValue } from "./TableCell";

/** Deeper, longer and wider than this is left to the JSON. */
const DEPTH_LIMIT = 5;
const ITEMS_LIMIT = 100;
const KEYS_LIMIT = 40;
const TEXT_LIMIT = 2000;

interface NestedValueProps {
  value: Json;
  decimals: Decimals;
  depth?: number;
}

type JsonObject = { [key: string]: Json };

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function NestedValue({ value, decimals, depth = 0 }: NestedValueProps): ReactNode {
  if (value === null) return <NoValue />;
  if (typeof value !== "object") return <Scalar value={value} />;
  if (depth >= DEPTH_LIMIT) return <Scalar value={JSON.stringify(value)} />;
  if (Array.isArray(value)) return <ListValue items={value} decimals={decimals} depth={depth} />;
  const entries = Object.entries(value);
  if (entries.length === 0) return <span className={classes.soft}>no entries</span>;
  return (
    <table className={classes.table}>
      <tbody>
        {entries.slice(0, KEYS_LIMIT).map(([key, entry]) => (
          <tr key={key}>
            <th scope="row">
              <bdi>{visible(key)}</bdi>
            </th>
            <td>
              <Entry owner={value} name={key} value={entry} decimals={decimals} depth={depth + 1} />
            </td>
          </tr>
        ))}
        <More left={entries.length - KEYS_LIMIT} span={2} what="entries" />
      </tbody>
    </table>
  );
}

function ListValue({ items, decimals, depth }: { items: Json[]; decimals: Decimals; depth: number }) {
  if (items.length === 0) return <span className={classes.soft}>no items</span>;
  const shown = items.slice(0, ITEMS_LIMIT);
  if (!shown.every(isObject)) {
    return (
      <ul className={classes.list}>
        {shown.map((item, index) => (
          <li key={index}>
            <NestedValue value={item} decimals={decimals} depth={depth + 1} />
          </li>
        ))}
        {items.length > ITEMS_LIMIT && (
          <li className={classes.soft}>{items.length - ITEMS_LIMIT} more items</li>
        )}
      </ul>
    );
  }
  const keys = [...new Set(shown.flatMap((item) => Object.keys(item)))].slice(0, KEYS_LIMIT);
  return (
    <div
      className={classes.wide}
      role="group"
      aria-label="items"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls is reached with the keyboard
      tabIndex={0}
    >
      <table className={classes.table}>
        <thead>
          <tr>
            {keys.map((key) => (
              <th key={key} scope="col">
                <bdi>{visible(key)}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((item, index) => (
            <tr key={index}>
              {keys.map((key) => (
                <td key={key}>
                  <Entry
                    owner={item}
                    name={key}
                    value={item[key] ?? null}
                    decimals={decimals}
                    depth={depth + 1}
                  />
                </td>
              ))}
            </tr>
          ))}
          <More left={items.length - ITEMS_LIMIT} span={keys.length} what="items" />
        </tbody>
      </table>
    </div>
  );
}

function More({ left, span, what }: { left: number; span: number; what: string }) {
  if (left <= 0) return null;
  return (
    <tr>
      <td colSpan={span} className={classes.soft}>
        {left} more {what}: see JSON
      </td>
    </tr>
  );
}

interface EntryProps extends NestedValueProps {
  owner: JsonObject;
  name: string;
  depth: number;
}

function Entry({ owner, name, value, decimals, depth }: EntryProps) {
  const { currency } = owner;
  const isAmount = /^(amount|unit_amount|net|fee)$|^amount_|_amount$/.test(name);
  if (isAmount && typeof currency === "string" && typeof value === "number" && Number.isSafeInteger(value)) {
    return (
      <span className={classes.amount}>
        {amountText(value, currency, decimals)} <span className={classes.soft}>{currency.toUpperCase()}</span>
      </span>
    );
  }
  return <NestedValue value={value} decimals={decimals} depth={depth} />;
}

function Scalar({ value }: { value: string | number | boolean }) {
  const text = scalarText(value);
  return (
    <span className={classes.scalar} dir="auto">
      {visible(text.length > TEXT_LIMIT ? `${text.slice(0, TEXT_LIMIT)}…` : text)}
    </span>
  );
}
