/**
 * Follows the scroll bars of a table and says which rows and columns to draw, and where. The arithmetic is in tableScroll.ts.
 * The state changes only when other rows or columns must be drawn, not with every pixel. Read next: TableGrid.tsx.
 */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import {
  clampTop,
  type Extent,
  follow,
  isScaled,
  type Position,
  ROW_HEIGHT,
  ranOut,
  rowsInView,
  scrollTopAt,
  topToShow,
} from "./tableScroll";

export const HEAD_HEIGHT = 46;
const ROWS_BEYOND = 6;
const ROWS_STEP = 4;
const PIXELS_STEP = 160;
const REST_MS = 160;

export interface Drawn {
  first: number;
  end: number;
  /** What to add to `row * ROW_HEIGHT` to have a row's place on the canvas. */
  shift: number;
  /** The horizontal pixels to draw. */
  left: number;
  right: number;
}

export interface TableScrolling {
  drawn: Drawn;
  viewport: { width: number; height: number };
  onScroll: () => void;
  showRow: (row: number) => void;
  /** Brings `[left, right)` into view, to the right of what is pinned. */
  showSpan: (left: number, right: number, pinnedWidth: number) => void;
  toTop: () => void;
}

function drawnAt(extent: Extent, position: Position, scrollLeft: number, width: number): Drawn {
  const { first, end } = rowsInView(extent, position.top, ROWS_BEYOND);
  return {
    first: Math.floor(first / ROWS_STEP) * ROWS_STEP,
    end: Math.min(extent.rows, Math.ceil(end / ROWS_STEP) * ROWS_STEP),
    shift: position.scrollTop - position.top,
    left: Math.max(0, Math.floor(scrollLeft / PIXELS_STEP - 1) * PIXELS_STEP),
    right: Math.ceil((scrollLeft + width) / PIXELS_STEP + 1) * PIXELS_STEP,
  };
}

function isSame(one: Drawn, other: Drawn): boolean {
  return (Object.keys(one) as (keyof Drawn)[]).every((key) => one[key] === other[key]);
}

function useViewport(scroller: RefObject<HTMLDivElement | null>) {
  const [viewport, setViewport] = useState({ width: 1200, height: 700 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = () => {
      const next = { width: element.clientWidth, height: Math.max(0, element.clientHeight - HEAD_HEIGHT) };
      setViewport((old) => (old.width === next.width && old.height === next.height ? old : next));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);
  return viewport;
}

export function useTableScrolling(scroller: RefObject<HTMLDivElement | null>, rows: number): TableScrolling {
  const viewport = useViewport(scroller);
  const extent: Extent = { rows, viewport: viewport.height };
  const extentRef = useRef(extent);
  extentRef.current = extent;
  const position = useRef<Position>({ scrollTop: 0, top: 0 });
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [drawn, setDrawn] = useState(() => drawnAt(extent, position.current, 0, viewport.width));

  const draw = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    const next = drawnAt(extentRef.current, position.current, element.scrollLeft, element.clientWidth);
    setDrawn((old) => (isSame(old, next) ? old : next));
  }, [scroller]);

  // Sets the scroll bar to where the rows are; what is seen does not move.
  const settle = useCallback(
    (top: number) => {
      const element = scroller.current;
      if (!element) return;
      const bounded = clampTop(extentRef.current, top);
      element.scrollTop = scrollTopAt(extentRef.current, bounded);
      position.current = { scrollTop: element.scrollTop, top: bounded };
      draw();
    },
    [scroller, draw],
  );

  const onScroll = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    position.current = follow(extentRef.current, position.current, element.scrollTop);
    if (ranOut(extentRef.current, position.current)) settle(position.current.top);
    else draw();
    clearTimeout(rest.current);
    if (!isScaled(extentRef.current)) return;
    rest.current = setTimeout(() => flushSync(() => settle(position.current.top)), REST_MS);
  }, [scroller, draw, settle]);

  useEffect(() => () => clearTimeout(rest.current), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the extent has changed
  useLayoutEffect(() => settle(position.current.top), [rows, viewport, settle]);

  const showRow = useCallback(
    (row: number) => {
      const top = topToShow(extentRef.current, position.current.top, row);
      if (top !== position.current.top) settle(top);
    },
    [settle],
  );
  const showSpan = useCallback(
    (left: number, right: number, pinnedWidth: number) => {
      const element = scroller.current;
      if (!element) return;
      const room = element.clientWidth - pinnedWidth;
      if (left - pinnedWidth < element.scrollLeft) element.scrollLeft = left - pinnedWidth;
      else if (right - pinnedWidth - room > element.scrollLeft) {
        element.scrollLeft = Math.min(left - pinnedWidth, right - pinnedWidth - room);
      }
    },
    [scroller],
  );
  const toTop = useCallback(() => settle(0), [settle]);
  return { drawn, viewport, onScroll, showRow, showSpan, toTop };
}

/** Rows that a page key moves. */
export const rowsAPage = (height: number) => Math.max(1, Math.floor(height / ROW_HEIGHT) - 1);
