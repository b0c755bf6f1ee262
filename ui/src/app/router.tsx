/**
 * Addresses of the page: `/frames/charges/table`, `/sql`. A handful of routes needs no library.
 * `navigate` changes the address, `Link` is an anchor that does, `useLocation` follows it.
 */
import { type AnchorHTMLAttributes, type MouseEvent, useSyncExternalStore } from "react";

const changed = "pinstripe:navigated";

function subscribe(listener: () => void) {
  window.addEventListener("popstate", listener);
  window.addEventListener(changed, listener);
  return () => {
    window.removeEventListener("popstate", listener);
    window.removeEventListener(changed, listener);
  };
}

export function navigate(to: string, options: { replace?: boolean } = {}) {
  if (to === window.location.pathname + window.location.search) return;
  if (options.replace) window.history.replaceState(null, "", to);
  else window.history.pushState(null, "", to);
  window.dispatchEvent(new Event(changed));
}

export const usePath = () => useSyncExternalStore(subscribe, () => window.location.pathname);

/** The part after `?`, and a way to change one of its entries; null takes the entry away. */
export function useSearchEntry(name: string): [string | null, (value: string | null) => void] {
  const search = useSyncExternalStore(subscribe, () => window.location.search);
  const set = (value: string | null) => {
    const entries = new URLSearchParams(window.location.search);
    if (value === null) entries.delete(name);
    else entries.set(name, value);
    const rest = entries.toString();
    navigate(window.location.pathname + (rest === "" ? "" : `?${rest}`), { replace: true });
  };
  return [new URLSearchParams(search).get(name), set];
}

/** The decoded segments of a path: `/frames/a%20b/table` is `["frames", "a b", "table"]`. */
export function segments(path: string): string[] {
  return path.split("/").filter(Boolean).map(decoded);
}

function decoded(segment: string) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

export const framePath = (name: string, tab = "summary") => `/frames/${encodeURIComponent(name)}/${tab}`;

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { to: string };

export function Link({ to, onClick, ...rest }: LinkProps) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const other = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0;
    if (event.defaultPrevented || other) return;
    event.preventDefault();
    navigate(to);
  };
  return <a href={to} onClick={follow} {...rest} />;
}
