/** The zone that times are shown in, kept in this browser. Imports have a zone of their own. */
import { useSyncExternalStore } from "react";
import { useStatus } from "../api/queries";

const key = "pinstripe.time-zone";
const listeners = new Set<() => void>();

function subscribe(listener: () => void) {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

function stored() {
  try {
    return window.localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function setTimeZone(zone: string | null) {
  try {
    if (zone === null) window.localStorage.removeItem(key);
    else window.localStorage.setItem(key, zone);
  } catch {
    // A browser that stores nothing shows the system's zone.
  }
  for (const listener of listeners) listener();
}

export function useTimeZone(): string {
  const chosen = useSyncExternalStore(subscribe, stored);
  const status = useStatus();
  return chosen ?? status.data?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}
