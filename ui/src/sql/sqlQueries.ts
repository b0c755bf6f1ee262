/** Queries at the server: running one, saving one, and the names that complete it. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { type ApiProblem, asProblem, get, post } from "../api/client";
import { keys } from "../api/queries";
import type { Frame, SqlResult } from "../api/types";
import type { SchemaFrame } from "./completion";
import { remember } from "./queryHistory";

export const ROWS_FIRST = 2_000;
export const ROWS_MAX = 10_000;

export const useSqlSchema = () =>
  // Below the frames' key: a frame that comes or goes brings its columns.
  useQuery({
    queryKey: [...keys.frames, "sql-schema"],
    queryFn: ({ signal }) => get<SchemaFrame[]>("/sql/schema", signal),
  });

export interface SqlRun {
  running: boolean;
  /** The query that `result` or `problem` belongs to. */
  sql: string | null;
  result: SqlResult | null;
  problem: ApiProblem | null;
}

export function useSqlRun() {
  const [state, setState] = useState<SqlRun>({ running: false, sql: null, result: null, problem: null });
  const under_way = useRef<AbortController | null>(null);
  const stop = () => {
    under_way.current?.abort();
    under_way.current = null;
    setState((before) => ({ ...before, running: false }));
  };
  const run = async (sql: string, limit = ROWS_FIRST) => {
    under_way.current?.abort();
    const controller = new AbortController();
    under_way.current = controller;
    setState((before) => ({ ...before, running: true, problem: null }));
    try {
      const result = await post<SqlResult>("/sql", { sql, limit }, controller.signal);
      remember({ sql, at: new Date().toISOString(), rows: result.total ?? null, seconds: result.seconds });
      setState({ running: false, sql, result, problem: null });
    } catch (error) {
      if (controller.signal.aborted) return;
      remember({ sql, at: new Date().toISOString(), rows: null, seconds: null });
      setState({ running: false, sql, result: null, problem: asProblem(error) });
    }
  };
  return { ...state, run, stop };
}

export interface SaveInput {
  sql: string;
  name: string;
  as: "frame" | "view";
  replace: boolean;
}

export function useSaveQuery() {
  const client = useQueryClient();
  return async (input: SaveInput) => {
    const frame = await post<Frame>("/sql/save", input);
    await client.invalidateQueries({ queryKey: keys.frames });
    client.invalidateQueries({ queryKey: keys.frame(frame.name) });
    return frame;
  };
}
