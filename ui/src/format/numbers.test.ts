/** Counts, shares, sizes and durations as people read them. */
import { expect, test } from "vitest";
import { bytesText, countOf, durationText, shareText } from "./numbers";

test("durations are read, not computed", () => {
  expect([0.04, 0.42, 9.6, 60, 185, 3600, 7800].map(durationText)).toEqual([
    "0 s",
    "0.4 s",
    "10 s",
    "1 min",
    "3 min 5 s",
    "1 h",
    "2 h 10 min",
  ]);
});

test("little is not nothing, and nearly all is not all", () => {
  expect([0, 0.00001, 0.1234, 0.99999, 1].map(shareText)).toEqual(["0%", "<0.1%", "12.3%", ">99.9%", "100%"]);
});

test("counts have their noun", () => {
  expect(countOf(1, "row")).toBe("1 row");
  expect(countOf(100000, "row")).toBe("100,000 rows");
  expect(bytesText(1_400_000)).toBe("1.4 MB");
});
