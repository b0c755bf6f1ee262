/**
 * The server's events: imports under way, and word that frames or connections changed.
 * One connection for the page; the browser opens it again by itself when it breaks.
 */
import { useSyncExternalStore } from "react";
import { keys, queryClient } from "./queries";
import type { Run } from "./types";

const againMs = 3000;

let runs: Run[] = [];
let source: EventSource | null = null;
let lost = false;
const listeners = new Set<() => void>();

function publish(next: Run[]) {
  // A short import may have ended before it was first heard of.
  const before = new Map(runs.map((run) => [run.id, run.state]));
  const frames = next
    .filter((run) => run.state !== "running" && before.get(run.id) !== run.state)
    .map((run) => run.frame);
  runs = next;
  for (const listener of listeners) listener();
  if (frames.length === 0) return;
  // What was shown of these frames is of an earlier version now.
  for (const frame of frames) queryClient.invalidateQueries({ queryKey: keys.frame(frame) });
  queryClient.invalidateQueries({ queryKey: keys.frames });
  queryClient.invalidateQueries({ queryKey: ["runs"] });
}

function note(nowLost: boolean) {
  if (nowLost === lost) return;
  lost = nowLost;
  // Whatever happened in between was not told.
  if (!lost) queryClient.invalidateQueries();
  for (const listener of listeners) listener();
}

function open() {
  source = new EventSource("/api/events");
  source.addEventListener("open", () => note(false));
  source.addEventListener("error", () => {
    note(true);
    // The browser tries again by itself, unless the answer was a refusal.
    if (source?.readyState === EventSource.CLOSED) window.setTimeout(open, againMs);
  });
  source.addEventListener("runs", (event) => publish(JSON.parse(event.data) as Run[]));
  source.addEventListener("frames", () => {
    queryClient.invalidateQueries({ queryKey: keys.frames });
    queryClient.invalidateQueries({ queryKey: ["runs"] });
  });
  source.addEventListener("connections", () => {
    queryClient.invalidateQueries({ queryKey: keys.connections });
  });
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  if (!source) open();
  return () => {
    listeners.delete(listener);
  };
}

/** Whether the program has stopped answering. */
export const useLost = () => useSyncExternalStore(subscribe, () => lost);

/** Imports that run now, here or in another process, and those that ended seconds ago. */
export const useLiveRuns = () => useSyncExternalStore(subscribe, () => runs);
