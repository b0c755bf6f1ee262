import { expect, test } from "vitest";
import { presetOf, presetPeriod, today } from "./periods";
import { changeOf } from "./tileText";

test("thirty days are thirty, today among them", () => {
  expect(presetPeriod("30d", "2026-03-01")).toEqual({ from: "2026-01-31", to: "2026-03-01" });
  expect(presetPeriod("12m", "2026-01-31")).toEqual({ from: "2025-02-01", to: "2026-01-31" });
  expect(presetPeriod("year", "2026-11-23")).toEqual({ from: "2026-01-01", to: "2026-11-23" });
});

test("a period that is a preset is shown as one", () => {
  expect(presetOf(presetPeriod("90d", "2026-11-23"), "2026-11-23")).toBe("90d");
  expect(presetOf({ from: "2026-01-02", to: "2026-11-23" }, "2026-11-23")).toBeNull();
});

test("the day is the zone's", () => {
  expect(today("Asia/Tokyo", Date.parse("2026-11-22T16:00:00Z"))).toBe("2026-11-23");
});

const tile = (part: object) =>
  ({ key: "gross", label: "", unit: "money", currency: "usd", value: 1, previous: 1, ...part }) as never;

test("amounts change by a share, rates by points", () => {
  expect(changeOf(tile({ value: 120, previous: 100 }))).toEqual({
    text: "+20%",
    direction: "up",
    good: true,
  });
  const rate = { key: "refund_rate", unit: "share", value: 0.031, previous: 0.02 };
  expect(changeOf(tile(rate))).toEqual({ text: "+1.1 pp", direction: "up", good: false });
  expect(changeOf(tile({ value: 5, previous: 0 }))?.text).toBe("from 0");
  expect(changeOf(tile({ value: 5, previous: null }))).toBeNull();
});
