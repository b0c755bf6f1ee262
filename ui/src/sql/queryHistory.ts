/** The queries that were run in this browser, newest first. They stay here: the server keeps none. */
import { useSyncExternalStore } from "react";

export interface PastQuery {
  sql: string;
  at: string;
  /** Rows it gave, null when it failed. */
  rows: number | null;
  seconds: number | null;
}

const key = "pinstripe.sql.history";
const KEPT = 100;
const listeners = new Set<() => void>();
let cached: { text: string | null; queries: PastQuery[] } = { text: null, queries: [] };

function read(): PastQuery[] {
  let text: string | null = null;
  try {
    text = window.localStorage.getItem(key);
  } catch {
    return cached.queries;
  }
  if (text === cached.text) return cached.queries;
  cached = { text, queries: parsed(text) };
  return cached.queries;
}

function parsed(text: string | null): PastQuery[] {
  try {
    const value: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(value) ? value.filter((one): one is PastQuery => typeof one?.sql === "string") : [];
  } catch {
    return [];
  }
}

function write(queries: PastQuery[]) {
  const text = JSON.stringify(queries);
  cached = { text, queries };
  try {
    window.localStorage.setItem(key, text);
  } catch {
    // A browser that stores nothing remembers until it is closed.
  }
  for (const listener of listeners) listener();
}

export function remember(query: PastQuery) {
  const same = (other: PastQuery) => other.sql.trim() === query.sql.trim();
  write([query, ...read().filter((other) => !same(other))].slice(0, KEPT));
}

export const forgetAll = () => write([]);

function subscribe(listener: () => void) {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

export const usePastQueries = () => useSyncExternalStore(subscribe, read);

const draftKey = (frame: string | null) => `pinstripe.sql.draft/${frame ?? ""}`;

export function draft(frame: string | null): string | null {
  try {
    return window.sessionStorage.getItem(draftKey(frame));
  } catch {
    return null;
  }
}

export function keepDraft(frame: string | null, sql: string) {
  try {
    window.sessionStorage.setItem(draftKey(frame), sql);
  } catch {
    // Then it is gone when the page is left.
  }
}
