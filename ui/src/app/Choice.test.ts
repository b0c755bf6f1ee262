/** Which entries of a list fit what was typed, and in which order. */
import { expect, test } from "vitest";
import { fitting } from "./Choice";

const options = ["Application Fees", "Issuing Disputes", "Disputes", "Payouts"].map((label) => ({
  value: label.toLowerCase().replace(" ", "_"),
  label,
}));

test("what was typed in whole comes first", () => {
  expect(fitting(options, "disputes").map((option) => option.label)).toEqual([
    "Disputes",
    "Issuing Disputes",
  ]);
  expect(fitting(options, "application_fees")).toHaveLength(1);
  expect(fitting(options, "  ")).toHaveLength(4);
});
