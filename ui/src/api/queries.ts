/**
 * What the page keeps of the server's answers, by key, for every part of the page.
 * Frames, runs and connections are refetched when the server says that they changed: see events.ts.
 */
import { QueryClient, useQuery } from "@tanstack/react-query";
import { ApiProblem, get, segment } from "./client";
import type { Column, ConnectionInfo, DataTypeInfo, Frame, QueryField, Run, Status } from "./types";

export const keys = {
  status: ["status"] as const,
  currencies: ["currencies"] as const,
  dataTypes: ["data-types"] as const,
  fields: (dataType: string) => ["data-types", dataType, "fields"] as const,
  connections: ["connections"] as const,
  oauth: ["oauth"] as const,
  frames: ["frames"] as const,
  // Everything of one frame begins with this, so that one call drops it all.
  frame: (name: string) => ["frame", name] as const,
  columns: (name: string, version: number | null) => ["frame", name, "columns", version] as const,
  runs: (frame: string | null) => ["runs", frame] as const,
};

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      refetchOnWindowFocus: false,
      // The server is this machine: an answer that refuses would refuse again.
      retry: (count, error) => count < 2 && error instanceof ApiProblem && error.status === 0,
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});

const forever = { staleTime: Number.POSITIVE_INFINITY, gcTime: Number.POSITIVE_INFINITY };

export const useStatus = () =>
  useQuery({ queryKey: keys.status, queryFn: ({ signal }) => get<Status>("/status", signal), ...forever });

/** Digits after the point, by lower-case currency code; a currency that is not there has two. */
export const useCurrencies = () =>
  useQuery({
    queryKey: keys.currencies,
    queryFn: ({ signal }) => get<Record<string, number>>("/currencies", signal),
    ...forever,
  });

export const useDataTypes = () =>
  useQuery({
    queryKey: keys.dataTypes,
    queryFn: ({ signal }) => get<DataTypeInfo[]>("/data-types", signal),
    ...forever,
  });

export const useFields = (dataType: string | null) =>
  useQuery({
    queryKey: keys.fields(dataType ?? ""),
    queryFn: ({ signal }) => get<QueryField[]>(`/data-types/${segment(dataType ?? "")}/fields`, signal),
    enabled: dataType !== null,
    ...forever,
  });

export const useConnections = () =>
  useQuery({
    queryKey: keys.connections,
    queryFn: ({ signal }) => get<ConnectionInfo[]>("/connections", signal),
  });

export const useFrames = () =>
  useQuery({ queryKey: keys.frames, queryFn: ({ signal }) => get<Frame[]>("/frames", signal) });

/** `version` null is the newest. */
export const useColumns = (frame: string, version: number | null = null) =>
  useQuery({
    queryKey: keys.columns(frame, version),
    queryFn: ({ signal }) => {
      const query = version === null ? "" : `?version=${version}`;
      return get<Column[]>(`/frames/${segment(frame)}/columns${query}`, signal);
    },
  });

export const useRuns = (frame: string | null, limit = 100) =>
  useQuery({
    queryKey: [...keys.runs(frame), limit],
    queryFn: ({ signal }) => {
      const of = frame === null ? "" : `frame=${encodeURIComponent(frame)}&`;
      return get<Run[]>(`/runs?${of}limit=${limit}`, signal);
    },
  });
