/** Date ranges as chosen, typed, sent and read back; names proposed. */
import { expect, test } from "vitest";
import { carried, rangeInput, ranges, rangeValues } from "./dateRanges";
import { proposedName } from "./frameNames";

test("the ranges are named as people know them", () => {
  expect(ranges.map((range) => range.label)).toEqual([
    "All",
    "After This Date",
    "Last N Hours",
    "Last N Days",
    "Last N Weeks",
    "Last N Months",
    "Last N Years",
    "Between",
  ]);
});

test("a value typed before its range moves to it, and nothing typed is lost", () => {
  const typed = { date: "30", count: "", until: "" };
  expect(carried(typed, "last_days")).toEqual({ date: "", count: "30", until: "" });
  const both = { date: "2015-11-03", count: "30", until: "" };
  expect(carried(both, "last_weeks")).toBe(both);
  expect(carried({ date: "", count: "2015-11-03", until: "" }, "after").date).toBe("2015-11-03");
});

test("a range is sent as typed and comes back as it was", () => {
  const values = { date: "2026-01-01", count: "7", until: "2026-03-31" };
  expect(rangeInput("all", values)).toEqual({ range: "all" });
  expect(rangeInput("last_days", values)).toEqual({ range: "last_days", value: "7" });
  const between = rangeInput("between", values);
  expect(between).toEqual({ range: "between", value: "2026-01-01", until: "2026-03-31" });
  expect(rangeValues(between)).toEqual({ date: "2026-01-01", count: "", until: "2026-03-31" });
});

test("a proposed name is free", () => {
  expect(proposedName("charges", [])).toBe("charges");
  expect(proposedName("charges", ["Charges", "charges_2"])).toBe("charges_3");
});
