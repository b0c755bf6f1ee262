/** The arrangement of a frame's columns, kept in this browser. What it means is in tableLayout.ts. */
import { useCallback, useState } from "react";
import { EMPTY_LAYOUT, type Layout, parseLayout } from "./tableLayout";

const keyOf = (frame: string) => `pinstripe.table.${frame}`;

function read(frame: string): Layout {
  try {
    return parseLayout(window.localStorage.getItem(keyOf(frame)));
  } catch {
    return EMPTY_LAYOUT;
  }
}

function write(frame: string, layout: Layout) {
  try {
    if (layout === EMPTY_LAYOUT) window.localStorage.removeItem(keyOf(frame));
    else window.localStorage.setItem(keyOf(frame), JSON.stringify(layout));
  } catch {
    // A browser that stores nothing forgets the arrangement with the page.
  }
}

export function useSavedLayout(frame: string): [Layout, (layout: Layout) => void] {
  const [layout, setLayout] = useState(() => read(frame));
  const save = useCallback(
    (next: Layout) => {
      setLayout(next);
      write(frame, next);
    },
    [frame],
  );
  return [layout, save];
}
