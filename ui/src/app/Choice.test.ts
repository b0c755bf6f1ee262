/** Which entries of a list fit what was typed, and in which order. */
import { expect, test } from "vitest";
import { fitting, unchosen } from "./Choice";

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

test("text that chose nothing is told, with what is still chosen", () => {
  const chosen = options[3];
  expect(unchosen(options, null, chosen)).toBeNull();
  expect(unchosen(options, " ", chosen)).toBeNull();
  expect(unchosen(options, "payouts", chosen)).toBeNull();
  expect(unchosen(options, "Refnds", chosen)).toContain(
    "“Refnds” fits nothing in the list; Payouts is still",
  );
  expect(unchosen(options, "disp", chosen)).toContain("“disp” is not chosen yet; Payouts is still chosen");
  expect(unchosen(options, "disp", undefined)).toContain("nothing is chosen");
});
