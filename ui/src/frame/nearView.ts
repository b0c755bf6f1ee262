/**
 * Whether an element is in view or soon will be: what is far away is neither drawn nor asked for.
 * One observer serves the whole page. Read next: SummaryCard.tsx.
 */
import { type RefObject, startTransition, useEffect, useState } from "react";

const NEAR = "400px 0px";
const listeners = new WeakMap<Element, (isNear: boolean) => void>();
let observer: IntersectionObserver | null = null;

function shared(): IntersectionObserver {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const entry of entries) listeners.get(entry.target)?.(entry.isIntersecting);
    },
    // The page scrolls in a part of the window, which `rootMargin` alone does not reach.
    { rootMargin: NEAR, scrollMargin: NEAR },
  );
  return observer;
}

export function useNearView(element: RefObject<Element | null>): boolean {
  const [isNear, setIsNear] = useState(false);
  useEffect(() => {
    const own = element.current;
    if (!own) return;
    listeners.set(own, setIsNear);
    shared().observe(own);
    return () => {
      listeners.delete(own);
      shared().unobserve(own);
    };
  }, [element]);
  return isNear;
}

const FIRST_TURN_MS = 400;
const TURN_MS = 30;

/** True once the page has had time for what is far away too, one element after the other; then it can be found by searching. */
export function useTurn(order: number | null): boolean {
  const [hasCome, setHasCome] = useState(false);
  useEffect(() => {
    if (order === null) return;
    const timer = setTimeout(() => startTransition(() => setHasCome(true)), FIRST_TURN_MS + order * TURN_MS);
    return () => clearTimeout(timer);
  }, [order]);
  return hasCome;
}
