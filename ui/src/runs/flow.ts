/**
 * How fast an import is now, and whether it waits: its average goes on looking well long after the last row came.
 * Reckoned from what the page saw in the last seconds; drawn by RunProgress.tsx.
 */
import { useEffect, useRef, useState } from "react";
import type { Run } from "../api/types";

export interface Sample {
  at: number;
  rows: number;
  /** Whatever came: rows may be few where conditions are met here. */
  objects: number;
  /** Refusals and requests asked again. */
  troubles: number;
}

export interface Flow {
  rowsPerSecond: number | null;
  waiting: "refused" | "unanswered" | null;
}

const windowMs = 10_000;
/** A page of a large list takes Stripe a second or two. */
const waitingAfterMs = 4_000;
const tickMs = 1_000;

export function withSample(samples: Sample[], next: Sample): Sample[] {
  // The last arrival before the window stays, however long ago: it says since when nothing came.
  const arrival = samples.findLast((sample, index) => sample.objects !== samples[index - 1]?.objects);
  const kept = samples.filter((sample) => sample === arrival || next.at - sample.at <= windowMs);
  return [...kept, next];
}

export function flowOf(samples: Sample[], now: number): Flow {
  const last = samples.at(-1);
  const arrival = samples.findLast((sample, index) => sample.objects !== samples[index - 1]?.objects);
  if (!last || !arrival) return { rowsPerSecond: null, waiting: null };
  if (now - arrival.at >= waitingAfterMs) {
    const refused = last.troubles > arrival.troubles;
    return { rowsPerSecond: null, waiting: refused ? "refused" : "unanswered" };
  }
  const since = samples.find((sample) => now - sample.at <= windowMs) ?? last;
  const seconds = (now - since.at) / 1000;
  // Over less than this a rate is a matter of luck.
  return { rowsPerSecond: seconds < 2 ? null : (last.rows - since.rows) / seconds, waiting: null };
}

export function useFlow(run: Run): Flow {
  const samples = useRef<{ run: string; list: Sample[] }>({ run: run.id, list: [] });
  const [flow, setFlow] = useState<Flow>({ rowsPerSecond: null, waiting: null });
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  }, [run]);
  useEffect(() => {
    const look = () => {
      const { id, rows, objects, refused, retries } = latest.current;
      if (samples.current.run !== id) samples.current = { run: id, list: [] };
      const at = Date.now();
      const next = { at, rows, objects, troubles: refused + retries };
      samples.current.list = withSample(samples.current.list, next);
      setFlow(flowOf(samples.current.list, at));
    };
    look();
    const timer = window.setInterval(look, tickMs);
    return () => window.clearInterval(timer);
  }, []);
  return flow;
}
