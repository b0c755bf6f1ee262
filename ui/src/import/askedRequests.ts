/**
 * The request that each data frame was last asked for, kept in this browser: a first import that failed has no frame
 * yet, and a run says in words only what was asked.
 */
import type { Frame, ImportRequest, Run } from "../api/types";

const key = "pinstripe.requests";
const keptAtMost = 30;

export interface Filled {
  name: string;
  request: ImportRequest;
}

function kept(): Filled[] {
  try {
    const list = JSON.parse(window.localStorage.getItem(key) ?? "[]") as Filled[];
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

export function keepAsked(filled: Filled) {
  try {
    const others = kept().filter((each) => each.name !== filled.name);
    window.localStorage.setItem(key, JSON.stringify([filled, ...others].slice(0, keptAtMost)));
  } catch {
    // Then the dialog begins with what the run tells.
  }
}

/** What fills the dialog after a run: the request as it was typed, else its frame's, else what the run tells. */
export function askedFor(run: Run, frame: Frame | undefined, connection: string | null): Filled {
  const typed = kept().find((each) => each.name === run.frame && each.request.data_type === run.data_type);
  const request = typed?.request ?? frame?.request ?? told(run, connection);
  return { name: run.frame, request };
}

function told(run: Run, connection: string | null): ImportRequest {
  return {
    data_type: run.data_type,
    connection,
    date_range: { range: "after", value: run.from?.slice(0, 10) ?? "" },
    time_zone: null,
    query: "",
    search: false,
    columns_left_out: [],
    accounts: [],
  };
}
