import { expect, test } from "vitest";
import { bucketLabel, filledBuckets, nextBucket, wallClock } from "./buckets";

const at = (text: string) => Date.parse(`${text}Z`);

test("a bucket's start is what the wall's clock shows in the zone", () => {
  expect(wallClock("2026-03-01T00:00:00+01:00", "Europe/Oslo")).toBe(at("2026-03-01T00:00:00"));
  expect(wallClock("2026-06-30T22:00:00Z", "Europe/Oslo")).toBe(at("2026-07-01T00:00:00"));
  expect(wallClock("2026-03-01", "Asia/Tokyo")).toBe(at("2026-03-01T00:00:00"));
  expect(wallClock("soon", "UTC")).toBeNaN();
});

test("months step by the calendar", () => {
  expect(nextBucket(at("2026-01-01T00:00:00"), "month")).toBe(at("2026-02-01T00:00:00"));
  expect(nextBucket(at("2025-12-01T00:00:00"), "month")).toBe(at("2026-01-01T00:00:00"));
  expect(nextBucket(at("2025-10-01T00:00:00"), "quarter")).toBe(at("2026-01-01T00:00:00"));
});

test("buckets without rows are there, unless they are too many", () => {
  const ends = [at("2026-01-01T00:00:00"), at("2026-04-01T00:00:00")];
  expect(filledBuckets(ends, "month")).toHaveLength(4);
  expect(filledBuckets([at("1990-01-01T00:00:00"), at("2026-01-01T00:00:00")], "hour")).toHaveLength(2);
  expect(filledBuckets([], "day")).toEqual([]);
});

test("labels name the bucket", () => {
  const march = at("2026-03-02T00:00:00");
  expect(bucketLabel(march, "month")).toBe("Mar 2026");
  expect(bucketLabel(march, "quarter")).toBe("Q1 2026");
  expect(bucketLabel(march, "week")).toBe("week of Mar 2, 2026");
  expect(bucketLabel(march, "year")).toBe("2026");
});
