import { expect, test } from "vitest";
import {
  CANVAS_LIMIT,
  canvasHeight,
  follow,
  ROW_HEIGHT,
  ranOut,
  rowsInView,
  scrollTopAt,
  topAt,
  topToShow,
} from "./tableScroll";

const small = { rows: 1000, viewport: 600 };
const large = { rows: 2_000_000, viewport: 600 };
const lastTop = (extent: { rows: number; viewport: number }) => extent.rows * ROW_HEIGHT - extent.viewport;

test("few rows scroll as the browser scrolls", () => {
  expect(canvasHeight(small)).toBe(33_000);
  expect(topAt(small, 1234)).toBe(1234);
  expect(follow(small, { scrollTop: 0, top: 0 }, 1234)).toEqual({ scrollTop: 1234, top: 1234 });
  expect(ranOut(small, { scrollTop: 0, top: 0 })).toBe(false);
});

test("a canvas is never higher than a browser can lay out", () => {
  expect(canvasHeight(large)).toBe(CANVAS_LIMIT);
  expect(topAt(large, 0)).toBe(0);
  expect(topAt(large, CANVAS_LIMIT - 600)).toBe(lastTop(large));
  expect(topAt(large, 2 * CANVAS_LIMIT)).toBe(lastTop(large));
});

test("a place of the rows and the place of the bar belong together", () => {
  for (const top of [0, 1_000_000, 40_000_000, lastTop(large)]) {
    const back = topAt(large, scrollTopAt(large, top));
    expect(Math.abs(back - top)).toBeLessThanOrEqual(5);
  }
});

test("small movements move the rows as far, long ones in proportion", () => {
  const before = { scrollTop: 4_000_000, top: 33_000_000 };
  expect(follow(large, before, 4_000_120)).toEqual({ scrollTop: 4_000_120, top: 33_000_120 });
  const jumped = follow(large, before, 6_000_000);
  expect(jumped.top / lastTop(large)).toBeCloseTo(6_000_000 / (CANVAS_LIMIT - 600), 4);
});

test("every row is reached by small movements alone", () => {
  // The bar comes to its end before the rows do, and is set anew each time.
  let position = { scrollTop: CANVAS_LIMIT - 5_000, top: lastTop(large) - 200_000 };
  for (let step = 0; step < 1000; step += 1) {
    const barEnd = CANVAS_LIMIT - 600;
    position = follow(large, position, Math.min(barEnd, position.scrollTop + 330));
    if (ranOut(large, position)) {
      position = { scrollTop: scrollTopAt(large, position.top), top: position.top };
    }
  }
  expect(position.top).toBe(lastTop(large));
});

test("the bar has room to move while there are rows beyond", () => {
  expect(scrollTopAt(large, 33)).toBe(600);
  expect(scrollTopAt(large, lastTop(large) - 33)).toBe(CANVAS_LIMIT - 1200);
});

test("the rows to draw are those in view and some beyond", () => {
  expect(rowsInView(small, 0, 5)).toEqual({ first: 0, end: 24 });
  expect(rowsInView(small, 330, 5)).toEqual({ first: 5, end: 34 });
  expect(rowsInView({ rows: 3, viewport: 600 }, 0, 5)).toEqual({ first: 0, end: 3 });
  expect(rowsInView({ rows: 0, viewport: 600 }, 0, 5)).toEqual({ first: 0, end: 0 });
  expect(rowsInView(large, lastTop(large), 5).end).toBe(2_000_000);
});

test("a row is brought into view by the least movement", () => {
  expect(topToShow(small, 0, 3)).toBe(0);
  expect(topToShow(small, 0, 18)).toBe(19 * ROW_HEIGHT - 600);
  expect(topToShow(small, 3300, 50)).toBe(1650);
});
