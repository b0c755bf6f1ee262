/**
 * The rows of a table as they come from the server, piece by piece, kept for as long as they are likely to be seen again.
 * It decides what to ask for and never how it is drawn. Read next: rowWindows.ts, TableGrid.tsx.
 */
import { type UseQueryResult, useQueries } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { post, segment } from "../api/client";
import type { Frame, RowsRequest, RowsResult } from "../api/types";
import type { FrameView } from "./frameView";
import { type Groups, type Parts, WINDOW_ROWS, windowsOf, withoutLongTexts } from "./rowWindows";

export interface TableRows {
  /** How many rows meet the filters, null until it is known. */
  total: number | null;
  partsOf: (row: number) => Parts;
  error: Error | null;
  retry: () => void;
  /** The rows are those of an earlier view, until the first of this one have come. */
  isEarlier: boolean;
}

interface Wanted {
  first: number;
  end: number;
  groups: number[];
}

const NOTHING: Parts = [];
const KEPT_MS = 120_000;
const SETTLE_MS = 70;

/** While somebody drags the scroll bar, every place passed would be asked for; only the one where it rests is. */
function useSettled(wanted: number[]): number[] {
  const [settled, setSettled] = useState(wanted);
  const key = wanted.join();
  const settledKey = settled.join();
  const isNear = wanted.some((window) => settled.includes(window));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the keys stand for the lists
  useEffect(() => {
    if (key === settledKey) return;
    if (isNear) return setSettled(wanted);
    const timer = setTimeout(() => setSettled(wanted), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [key, settledKey, isNear]);
  return isNear ? wanted : settled;
}

const isLoaded = (parts: Parts) => parts.some((part) => part !== undefined);

export function useTableRows(
  frame: Frame,
  view: FrameView,
  groups: Groups,
  wanted: Wanted,
  known: number,
): TableRows {
  const windows = useSettled(windowsOf(wanted.first, wanted.end, Math.max(known, 1)));
  const pieces = windows.flatMap((window) => wanted.groups.map((group) => ({ window, group })));
  const version = view.version ?? frame.version;
  const results = useQueries({
    queries: pieces.map(({ window, group }) => ({
      queryKey: [
        "frame",
        frame.name,
        "rows",
        version,
        view.filters,
        view.sort,
        window,
        groups.columns[group],
      ],
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const request: RowsRequest = {
          columns: groups.columns[group] ?? [],
          filters: view.filters,
          sort: view.sort,
          offset: window * WINDOW_ROWS,
          limit: WINDOW_ROWS,
          version: view.version,
        };
        return withoutLongTexts(
          await post<RowsResult>(`/frames/${segment(frame.name)}/rows`, request, signal),
        );
      },
      gcTime: KEPT_MS,
      staleTime: Number.POSITIVE_INFINITY,
      // Two answers are never compared: what is kept for long never changes under its key.
      structuralSharing: false,
    })),
  });
  const current = useLatest(pieces, results, groups.columns.length);
  return useEarlierUntilLoaded(
    `${version}${JSON.stringify([view.filters, view.sort])}`,
    current,
    wanted.first,
  );
}

function useLatest(
  pieces: { window: number; group: number }[],
  results: UseQueryResult<RowsResult>[],
  groupCount: number,
): TableRows {
  const data = results.map((result) => result.data);
  const failed = results.find((result) => result.isError);
  const parts = useStableParts(pieces, data, groupCount);
  return {
    total: data.find((result) => result !== undefined)?.total ?? null,
    partsOf: (row) => parts.get(Math.floor(row / WINDOW_ROWS)) ?? NOTHING,
    error: failed?.error ?? null,
    retry: () => {
      for (const result of results) if (result.isError) result.refetch();
    },
    isEarlier: false,
  };
}

/** The same list for a window as long as nothing of it has changed: rows are drawn again only when theirs has. */
function useStableParts(
  pieces: { window: number; group: number }[],
  data: (RowsResult | undefined)[],
  groupCount: number,
): Map<number, Parts> {
  const before = useRef(new Map<number, Parts>());
  const next = useMemo(() => {
    const parts = new Map<number, (RowsResult | undefined)[]>();
    pieces.forEach(({ window, group }, index) => {
      const own = parts.get(window) ?? Array.from<RowsResult | undefined>({ length: groupCount });
      own[group] = data[index];
      parts.set(window, own);
    });
    return new Map<number, Parts>(
      [...parts].map(([window, own]) => {
        const old = before.current.get(window);
        return [window, old && isSame(old, own) ? old : own];
      }),
    );
  }, [pieces, data, groupCount]);
  useEffect(() => {
    before.current = next;
  }, [next]);
  return next;
}

function isSame(one: Parts, other: Parts): boolean {
  return one.length === other.length && one.every((part, index) => part === other[index]);
}

/** A new filter or sort shows the rows of the earlier one until its own are there, so that nothing flickers. */
function useEarlierUntilLoaded(key: string, current: TableRows, firstRow: number): TableRows {
  const earlier = useRef<{ key: string; rows: TableRows } | null>(null);
  const hasCome = current.total !== null || current.error !== null || isLoaded(current.partsOf(firstRow));
  useEffect(() => {
    if (hasCome) earlier.current = { key, rows: current };
  });
  const last = earlier.current;
  if (hasCome || last === null) return current;
  if (last.key === key) return { ...current, total: last.rows.total };
  return { ...last.rows, isEarlier: true };
}
