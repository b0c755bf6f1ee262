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

// Runs whose end has been acted on. A short one may never be seen running.
const ended = new Set<string>();

function publish(next: Run[]) {
  const fresh = next.filter((run) => run.state !== "running" && !ended.has(run.id));
  runs = next;
  for (const listener of listeners) listener();
  if (fresh.length === 0) return;
  for (const run of fresh) {
    ended.add(run.id);
    // What was shown of this frame is of an earlier version now.
    queryClient.invalidateQueries({ queryKey: keys.frame(run.frame) });
  }
  framesChanged();
}

function framesChanged() {
  queryClient.invalidateQueries({ queryKey: keys.frames });
  queryClient.invalidateQueries({ queryKey: ["runs"] });
  // What is known of each frame, not its rows: those change with a version.
  queryClient.invalidateQueries({
    predicate: ({ queryKey }) => queryKey[0] === "frame" && queryKey.length === 2,
  });
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
  source.addEventListener("frames", framesChanged);
  source.addEventListener("connections", () => {
    queryClient.invalidateQueries({ queryKey: keys.connections });
    queryClient.invalidateQueries({ queryKey: keys.oauth });
    // Each frame names the connection it can be imported with.
    framesChanged();
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
