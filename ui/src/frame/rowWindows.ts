/**
 * Which pieces of a frame are asked for: windows of rows by groups of columns, so that a table of millions of rows and hundreds of
 * columns asks for what is in view. An amount's group holds its currency too. Nothing here asks the server. Read next: tableRows.ts.
 */
import type { Cell, Column, RowsResult } from "../api/types";
import { nestedText } from "./nested";

/** Small enough that cells of 10 kB each do not stop the page while they are read. */
export const WINDOW_ROWS = 100;
export const GROUP_COLUMNS = 16;

/** Where a column's cells are: in which group, at which place of its rows. */
export interface Slot {
  group: number;
  index: number;
  /** The place of the currency of an amount. */
  currency: number | null;
}

export interface Groups {
  /** The columns that each group asks for. */
  columns: string[][];
  slots: Map<string, Slot>;
}

export function groupColumns(columns: Column[], size = GROUP_COLUMNS): Groups {
  const groups: string[][] = [];
  const slots = new Map<string, Slot>();
  const names = new Set(columns.map((column) => column.name));
  for (let start = 0; start < columns.length; start += size) {
    const members = columns.slice(start, start + size);
    const asked = members.map((column) => column.name);
    const group = groups.length;
    members.forEach((column, index) => {
      const by = column.money?.currency_column ?? null;
      if (by !== null && names.has(by) && !asked.includes(by)) asked.push(by);
      slots.set(column.name, { group, index, currency: by === null ? null : placeOf(asked, by) });
    });
    groups.push(asked);
  }
  return { columns: groups, slots };
}

function placeOf(names: string[], name: string): number | null {
  const index = names.indexOf(name);
  return index < 0 ? null : index;
}

/** The windows that hold the rows `[first, end)` and those that will soon be seen. */
export function windowsOf(first: number, end: number, rowCount: number): number[] {
  const near = WINDOW_ROWS / 2;
  const from = Math.floor(Math.max(0, first - near) / WINDOW_ROWS);
  const to = Math.floor(Math.max(0, Math.min(rowCount, end + near) - 1) / WINDOW_ROWS);
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

/** Longer than any cell shows; the side panel and copies ask for the whole. */
const TEXT_LIMIT = 2000;
const TEXT_KEPT = 500;

/** Rows without the ends of long texts, which would fill the memory of a page that scrolls through them. */
export function withoutLongTexts(result: RowsResult): RowsResult {
  for (const row of result.rows) {
    row.forEach((cell, index) => {
      if (typeof cell === "string" && cell.length > TEXT_LIMIT) row[index] = beginning(cell);
    });
  }
  return result;
}

// A plain slice would hold on to the whole text.
function beginning(text: string): string {
  const words = /^[[{]/.test(text) ? nestedText(text) : text;
  return JSON.parse(JSON.stringify(`${words.slice(0, TEXT_KEPT)}…`)) as string;
}

/** A row as it has come so far: its piece of each group. */
export type Parts = readonly (RowsResult | undefined)[];

export function cellAt(parts: Parts, slot: Slot | undefined, row: number): Cell | undefined {
  return slot && parts[slot.group]?.rows[row % WINDOW_ROWS]?.[slot.index];
}

export function currencyAt(parts: Parts, slot: Slot | undefined, row: number): string | null {
  if (!slot || slot.currency === null) return null;
  const cell = parts[slot.group]?.rows[row % WINDOW_ROWS]?.[slot.currency];
  return typeof cell === "string" && cell !== "" ? cell : null;
}

export function positionAt(parts: Parts, row: number): number | undefined {
  return parts.find((part) => part !== undefined)?.positions[row % WINDOW_ROWS];
}
