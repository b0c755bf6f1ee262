/** A pie of many slices. */
import { expect, test } from "vitest";
import type { ChartSettings } from "../api/types";
import { grouped, SLICES_MAX } from "./slices";

const settings = (aggregate: string) => ({ y: { aggregate, column: "amount" } }) as ChartSettings;
const months = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ name: `month ${at}`, value: at + 1, at }));

test("the smallest of many slices are one, with their number and their sum", () => {
  const slices = grouped(months(37), settings("sum"));
  expect(slices).toHaveLength(SLICES_MAX + 1);
  expect(slices.at(-1)).toMatchObject({ name: "Others (26)", value: (26 * 27) / 2 });
  expect(slices[0]?.name).toBe("month 26");
});

test("few slices stay, and means are never added up", () => {
  expect(grouped(months(12), settings("sum"))).toHaveLength(12);
  expect(grouped(months(37), settings("mean"))).toHaveLength(37);
});
