/** What the page says of an import that gets no answers. */
import { expect, test } from "vitest";
import { flowOf, type Sample, withSample } from "./flow";

const seen = (list: [seconds: number, rows: number, troubles: number][]) =>
  list.reduce<Sample[]>(
    (samples, [seconds, rows, troubles]) =>
      withSample(samples, { at: seconds * 1000, rows, objects: rows, troubles }),
    [],
  );

test("the rate is of the last seconds, not of the whole import", () => {
  const samples = seen(
    Array.from({ length: 30 }, (_, second) => [second, second < 15 ? 0 : 100 * second, 0]),
  );
  expect(flowOf(samples, 29_000)).toEqual({ rowsPerSecond: 100, waiting: null });
});

test("an import that gets nothing waits, and says whether it was refused", () => {
  expect(flowOf(seen([[0, 300, 0]]), 1_000).waiting).toBeNull();
  const silent = seen(Array.from({ length: 40 }, (_, second) => [second, 300, 0]));
  expect(flowOf(silent, 39_000)).toEqual({ rowsPerSecond: null, waiting: "unanswered" });
  const refused = seen(Array.from({ length: 40 }, (_, second) => [second, 300, second < 5 ? 0 : 2]));
  expect(flowOf(refused, 39_000).waiting).toBe("refused");
  const again = withSample(refused, { at: 40_000, rows: 400, objects: 400, troubles: 2 });
  expect(flowOf(again, 40_000).waiting).toBeNull();
});
