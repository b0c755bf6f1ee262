/**
 * How a person has arranged a table's columns: order, width, shown or hidden, pinned. Kept in the browser for each frame.
 * It never loses a column: one that the saved layout does not know stands where the frame has it.
 * Nothing here touches the page. Read next: TableColumns.tsx.
 */
import type { Column } from "../api/types";

export interface Layout {
  order: string[];
  widths: Record<string, number>;
  /** What was chosen by hand; a column not named here is shown unless the whole frame has no value in it. */
  shown: Record<string, boolean>;
  pinned: string[];
}

export interface PlacedColumn {
  column: Column;
  /** Its number among the shown columns, from 0. */
  index: number;
  left: number;
  width: number;
  pinned: boolean;
}

export const MIN_WIDTH = 56;
export const MAX_WIDTH = 1200;
export const EMPTY_LAYOUT: Layout = { order: [], widths: {}, shown: {}, pinned: [] };

// A column may be called `constructor`.
function own<T>(record: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

export function isShown(layout: Layout, column: Column): boolean {
  return own(layout.shown, column.name) ?? column.empty !== true;
}

/** All columns in the person's order: pinned ones first, new ones behind the column that they follow in the frame. */
export function orderedColumns(columns: Column[], layout: Layout): Column[] {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const known = layout.order.filter((name) => byName.has(name));
  const order = known.length === 0 ? columns.map((column) => column.name) : withNewColumns(columns, known);
  const pinned = layout.pinned.filter((name) => byName.has(name));
  const isPinned = new Set(pinned);
  return [...pinned, ...order.filter((name) => !isPinned.has(name))].flatMap(
    (name) => byName.get(name) ?? [],
  );
}

function withNewColumns(columns: Column[], known: string[]): string[] {
  const isKnown = new Set(known);
  const followers = new Map<string, string[]>();
  let previous = "";
  for (const column of columns) {
    if (isKnown.has(column.name)) previous = column.name;
    else followers.set(previous, [...(followers.get(previous) ?? []), column.name]);
  }
  return [...(followers.get("") ?? []), ...known.flatMap((name) => [name, ...(followers.get(name) ?? [])])];
}

export function placeColumns(columns: Column[], layout: Layout): PlacedColumn[] {
  const pinned = new Set(layout.pinned);
  let left = 0;
  return orderedColumns(columns, layout)
    .filter((column) => isShown(layout, column))
    .map((column, index) => {
      const width = own(layout.widths, column.name) ?? usualWidth(column);
      const placed = { column, index, left, width, pinned: pinned.has(column.name) };
      left += width;
      return placed;
    });
}

export function usualWidth(column: Column): number {
  const byName = Math.min(230, 46 + column.name.length * 7);
  return Math.max(byName, widthOfType(column));
}

function widthOfType(column: Column): number {
  if (column.money !== null) return 130;
  if (column.link !== null) return 246;
  switch (column.type) {
    case "boolean":
      return 90;
    case "integer":
    case "number":
    case "decimal":
      return 110;
    case "timestamp":
      return 206;
    case "list":
    case "map":
    case "object":
    case "json":
      return 220;
    default:
      return 160;
  }
}

/** The columns to draw for a horizontal place, `[first, end)`, among those that are not pinned. */
export function columnsInView(
  placed: PlacedColumn[],
  left: number,
  right: number,
): { first: number; end: number } {
  let first = placed.findIndex((item) => !item.pinned && item.left + item.width > left);
  if (first < 0) first = placed.length;
  let end = first;
  while ((placed[end]?.left ?? right) < right) end += 1;
  return { first, end };
}

export function withWidth(layout: Layout, name: string, width: number): Layout {
  const bounded = Math.round(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width)));
  return { ...layout, widths: { ...layout.widths, [name]: bounded } };
}

export function withShown(layout: Layout, names: string[], shown: boolean): Layout {
  const chosen = Object.fromEntries(names.map((name) => [name, shown]));
  return { ...layout, shown: { ...layout.shown, ...chosen } };
}

export function withPinned(layout: Layout, name: string, pinned: boolean): Layout {
  const others = layout.pinned.filter((other) => other !== name);
  return { ...layout, pinned: pinned ? [...others, name] : others };
}

/** Moves a column to the place of another one. Pinned columns move among themselves; dropping on one pins. */
export function withMove(columns: Column[], layout: Layout, name: string, target: string): Layout {
  if (name === target) return layout;
  const order = orderedColumns(columns, layout).map((column) => column.name);
  const from = order.indexOf(name);
  const to = order.indexOf(target);
  if (from < 0 || to < 0) return layout;
  order.splice(from, 1);
  order.splice(to, 0, name);
  const pinned = new Set(layout.pinned);
  if (pinned.has(target)) pinned.add(name);
  else pinned.delete(name);
  return { ...layout, order, pinned: order.filter((other) => pinned.has(other)) };
}

/** Moves a column one shown place to the left (-1) or right (+1), within the pinned or the other ones. */
export function withStep(columns: Column[], layout: Layout, name: string, step: -1 | 1): Layout {
  const placed = placeColumns(columns, layout);
  const from = placed.find((item) => item.column.name === name);
  const neighbour = from && placed[from.index + step];
  if (!neighbour || neighbour.pinned !== from.pinned) return layout;
  return withMove(columns, layout, name, neighbour.column.name);
}

/** Reads a saved layout; anything that is not one is taken as none. */
export function parseLayout(text: string | null): Layout {
  if (text === null) return EMPTY_LAYOUT;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return EMPTY_LAYOUT;
    const saved = value as Partial<Record<keyof Layout, unknown>>;
    return {
      order: names(saved.order),
      pinned: names(saved.pinned),
      widths: entries(
        saved.widths,
        (width): width is number => typeof width === "number" && width >= MIN_WIDTH && width <= MAX_WIDTH,
      ),
      shown: entries(saved.shown, (shown): shown is boolean => typeof shown === "boolean"),
    };
  } catch {
    return EMPTY_LAYOUT;
  }
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((name): name is string => typeof name === "string") : [];
}

function entries<T>(value: unknown, isValid: (entry: unknown) => entry is T): Record<string, T> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, T] => isValid(entry[1])));
}
