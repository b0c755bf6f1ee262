/**
 * A group of buttons with one tab stop, arrow keys within: a page of a hundred charts must not have three thousand tab stops.
 * Read next: SummaryBars.tsx, SummaryHistogram.tsx.
 */
import { type KeyboardEvent, useRef, useState } from "react";

export function useRovingFocus(count: number, direction: "horizontal" | "vertical") {
  const [current, setCurrent] = useState(0);
  const elements = useRef<(HTMLButtonElement | null)[]>([]);
  const [back, on] = direction === "horizontal" ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
  const stop = Math.min(current, count - 1);
  const onKeyDown = (event: KeyboardEvent) => {
    const next =
      event.key === on
        ? Math.min(count - 1, stop + 1)
        : event.key === back
          ? Math.max(0, stop - 1)
          : event.key === "Home"
            ? 0
            : event.key === "End"
              ? count - 1
              : null;
    if (next === null) return;
    event.preventDefault();
    setCurrent(next);
    elements.current[next]?.focus();
  };
  const item = (index: number) => ({
    tabIndex: index === stop ? 0 : -1,
    onFocus: () => setCurrent(index),
    ref: (element: HTMLButtonElement | null) => {
      elements.current[index] = element;
    },
  });
  return { group: { onKeyDown }, item };
}
