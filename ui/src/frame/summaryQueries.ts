/**
 * Summaries of a frame's columns, as the server computes them. Asked for some columns at a time, so that a frame of hundreds shows
 * its first ones at once. Read next: Summary.tsx.
 */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { post, segment } from "../api/client";
import type { Filter, Frame, Summary } from "../api/types";
import type { FrameView } from "./frameView";

export function useSummary(
  frame: Frame,
  view: FrameView,
  filters: Filter[],
  columns: string[],
  enabled = true,
) {
  const version = view.version ?? frame.version;
  return useQuery({
    queryKey: ["frame", frame.name, "summary", version, filters, columns],
    queryFn: ({ signal }) => {
      const request = { filters, columns, version: view.version };
      return post<Summary>(`/frames/${segment(frame.name)}/summary`, request, signal);
    },
    enabled: enabled && columns.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    // Other filters show the old numbers until the new ones are there: nothing jumps.
    placeholderData: keepPreviousData,
  });
}

const BATCH_COLUMNS = 24;

/** The columns that are asked for together with each column. */
export function summaryBatches(columns: { name: string }[]): Map<string, string[]> {
  const batches = new Map<string, string[]>();
  for (let start = 0; start < columns.length; start += BATCH_COLUMNS) {
    const names = columns.slice(start, start + BATCH_COLUMNS).map((column) => column.name);
    for (const name of names) batches.set(name, names);
  }
  return batches;
}
