/** The time, to the minute, for "5 min. ago": one clock for the page. */
import { useSyncExternalStore } from "react";

const minute = 60_000;
let now = Date.now();
const listeners = new Set<() => void>();
let timer: number | undefined;

function subscribe(listener: () => void) {
  if (listeners.size === 0) {
    now = Date.now();
    timer = window.setInterval(() => {
      now = Date.now();
      for (const each of listeners) each();
    }, minute / 2);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.clearInterval(timer);
  };
}

export const useNow = () => useSyncExternalStore(subscribe, () => now);
