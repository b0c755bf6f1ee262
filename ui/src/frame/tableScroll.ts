/**
 * Where a table with more rows than a browser can lay out stands: a page is at most some 17 to 33 million pixels high, two million rows
 * are 66 million. Rows are counted in the pixels that all of them would take (`top`); the scroll bar is a scaled picture of that.
 * Small movements (wheel, keys, touch) move the rows pixel by pixel; long ones (the bar's thumb) move them in proportion.
 * Nothing here touches the page. Read next: TableGrid.tsx.
 */

export const ROW_HEIGHT = 33;

/** The highest canvas that every browser lays out exactly, with room to spare. */
export const CANVAS_LIMIT = 8_000_000;

export interface Extent {
  rows: number;
  /** The height in which rows are seen, without the header. */
  viewport: number;
}

/** `top - scrollTop` only changes when the rows jump, so that small movements leave every row where the browser has drawn it. */
export interface Position {
  scrollTop: number;
  top: number;
}

export function fullHeight(extent: Extent): number {
  return extent.rows * ROW_HEIGHT;
}

export function canvasHeight(extent: Extent): number {
  return Math.min(fullHeight(extent), CANVAS_LIMIT);
}

export function isScaled(extent: Extent): boolean {
  return fullHeight(extent) > CANVAS_LIMIT;
}

function reach(height: number, extent: Extent): number {
  return Math.max(0, height - extent.viewport);
}

export function clampTop(extent: Extent, top: number): number {
  return Math.min(Math.max(0, top), reach(fullHeight(extent), extent));
}

/** The place of the rows that belongs to a place of the scroll bar. */
export function topAt(extent: Extent, scrollTop: number): number {
  if (!isScaled(extent)) return clampTop(extent, scrollTop);
  const scrollReach = reach(canvasHeight(extent), extent);
  const share = Math.min(1, Math.max(0, scrollTop / scrollReach));
  return Math.round(share * reach(fullHeight(extent), extent));
}

/** The place of the scroll bar that belongs to a place of the rows. */
export function scrollTopAt(extent: Extent, top: number): number {
  if (!isScaled(extent)) return clampTop(extent, top);
  const end = reach(fullHeight(extent), extent);
  const scrollEnd = reach(canvasHeight(extent), extent);
  if (top <= 0) return 0;
  if (top >= end) return scrollEnd;
  // The bar keeps off its ends while there are rows beyond: a small movement must have room.
  const room = leap(extent);
  return Math.min(scrollEnd - room, Math.max(room, Math.round((top / end) * scrollEnd)));
}

/** Movements longer than this are those of the scroll bar's thumb. */
function leap(extent: Extent): number {
  return Math.max(extent.viewport, 400);
}

/** Where the rows are after the browser has scrolled from `before` to `scrollTop`. */
export function follow(extent: Extent, before: Position, scrollTop: number): Position {
  if (!isScaled(extent)) return { scrollTop, top: clampTop(extent, scrollTop) };
  const moved = scrollTop - before.scrollTop;
  if (Math.abs(moved) > leap(extent)) return { scrollTop, top: topAt(extent, scrollTop) };
  return { scrollTop, top: clampTop(extent, before.top + moved) };
}

/** Whether the scroll bar has run out before the rows have (or the rows before the bar), so that it must be set anew at once. */
export function ranOut(extent: Extent, position: Position): boolean {
  if (!isScaled(extent)) return false;
  const atBarEnd = position.scrollTop <= 0 || position.scrollTop >= reach(canvasHeight(extent), extent) - 1;
  const atRowEnd = position.top <= 0 || position.top >= reach(fullHeight(extent), extent);
  return atBarEnd !== atRowEnd;
}

/** The rows to draw, `[first, end)`, with some beyond the edges so that none is missing while the browser scrolls. */
export function rowsInView(extent: Extent, top: number, beyond: number): { first: number; end: number } {
  const first = Math.max(0, Math.floor(top / ROW_HEIGHT) - beyond);
  const end = Math.min(extent.rows, Math.ceil((top + extent.viewport) / ROW_HEIGHT) + beyond);
  return { first, end: Math.max(first, end) };
}

/** The least movement that brings a row into view. */
export function topToShow(extent: Extent, top: number, row: number): number {
  const above = row * ROW_HEIGHT;
  const below = above + ROW_HEIGHT - extent.viewport;
  if (top > above) return clampTop(extent, above);
  if (top < below) return clampTop(extent, below);
  return top;
}
