/**
 * What is looked at of a frame: filters and sort. They stand in the page's address, so that a link or a reload shows the same,
 * and Summary and Table share them. An entry of the address that makes no sense is left out, never an error.
 * Nothing here asks the server. Read next: filterWords.ts, FilterChips.tsx.
 */
import { useMemo } from "react";
import type { Cell, Filter, Sort } from "../api/types";
import { useSearchEntry } from "../app/router";

const operators = new Set<string>([
  "eq",
  "ne",
  "gt",
  "gte",
  "lt",
  "lte",
  "contains",
  "in",
  "is_null",
  "not_null",
  "between",
]);

export interface FrameView {
  filters: Filter[];
  sort: Sort[];
  /** The version that is looked at; null is the newest. */
  version: number | null;
  setFilters: (filters: Filter[]) => void;
  setSort: (sort: Sort[]) => void;
  toNewest: () => void;
}

export function useFrameView(): FrameView {
  const [filterText, setFilterText] = useSearchEntry("filters");
  const [sortText, setSortText] = useSearchEntry("sort");
  const [versionText, setVersionText] = useSearchEntry("version");
  const filters = useMemo(() => parseFilters(filterText), [filterText]);
  const sort = useMemo(() => parseSort(sortText), [sortText]);
  const version = /^\d+$/.test(versionText ?? "") ? Number(versionText) : null;
  const setFilters = (next: Filter[]) => setFilterText(next.length === 0 ? null : JSON.stringify(next));
  const setSort = (next: Sort[]) => setSortText(next.length === 0 ? null : JSON.stringify(next));
  return { filters, sort, version, setFilters, setSort, toNewest: () => setVersionText(null) };
}

function parseList(text: string | null): unknown[] {
  if (text === null) return [];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

export function parseFilters(text: string | null): Filter[] {
  return parseList(text).filter(isFilter);
}

export function parseSort(text: string | null): Sort[] {
  return parseList(text).filter(isSort);
}

function isCell(value: unknown): value is Cell {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

function isFilter(value: unknown): value is Filter {
  if (typeof value !== "object" || value === null) return false;
  const filter = value as Partial<Filter>;
  if (typeof filter.column !== "string" || !operators.has(filter.op ?? "")) return false;
  if (filter.op === "is_null" || filter.op === "not_null") return true;
  if (filter.op === "in") return Array.isArray(filter.values) && filter.values.every(isCell);
  if (filter.op === "between") {
    return Array.isArray(filter.values) && filter.values.length === 2 && filter.values.every(isCell);
  }
  return filter.value !== undefined && isCell(filter.value);
}

function isSort(value: unknown): value is Sort {
  if (typeof value !== "object" || value === null) return false;
  const sort = value as Partial<Sort>;
  return typeof sort.column === "string" && typeof sort.descending === "boolean";
}

/** The filters of a column are set as a whole; they stay at their place among the others. */
export function withColumnFilters(filters: Filter[], column: string, next: Filter[]): Filter[] {
  const at = filters.findIndex((filter) => filter.column === column);
  const others = filters.filter((filter) => filter.column !== column);
  if (at < 0) return [...others, ...next];
  const before = filters.slice(0, at).filter((filter) => filter.column !== column).length;
  return [...others.slice(0, before), ...next, ...others.slice(before)];
}

/** The values that a column's filters let through by name, null when they are of another kind. */
export function chosenValues(filters: Filter[], column: string): Cell[] | null {
  const own = filters.filter((filter) => filter.column === column);
  const only = own.length === 1 ? own[0] : undefined;
  if (only?.op === "eq") return [only.value ?? null];
  if (only?.op === "in") return only.values ?? [];
  if (only?.op === "is_null") return [null];
  return own.length === 0 ? [] : null;
}

/** Adds a value to those that a column is filtered by, or takes it away. Empty cells are looked at alone: they equal nothing. */
export function toggleValue(filters: Filter[], column: string, value: Cell): Filter[] {
  const chosen = chosenValues(filters, column) ?? [];
  const kept = chosen.filter((other) => other !== value && (other === null) === (value === null));
  const next = chosen.includes(value) ? kept : [...kept, value];
  return withColumnFilters(filters, column, valueFilters(column, next));
}

export function valueFilters(column: string, values: Cell[]): Filter[] {
  const [first] = values;
  if (first === undefined) return [];
  if (values.length > 1) return [{ column, op: "in", values }];
  return first === null ? [{ column, op: "is_null" }] : [{ column, op: "eq", value: first }];
}

/** Click on a header: ascending, descending, none. With `more` the other columns stay. */
export function nextSort(sort: Sort[], column: string, more: boolean): Sort[] {
  const current = sort.find((entry) => entry.column === column);
  const others = more ? sort.filter((entry) => entry.column !== column) : [];
  if (!current) return [...others, { column, descending: false }];
  if (current.descending) return others;
  const turned = { column, descending: true };
  return more ? sort.map((entry) => (entry.column === column ? turned : entry)) : [turned];
}
