import { expect, test } from "vitest";
import { dayOf, dayStart, numberCell, plainNumber, smallestUnits } from "./amountInput";

test("numbers are read as people write them", () => {
  expect(plainNumber("1,234.50", ",", ".")).toBe("1234.50");
  expect(plainNumber("1.234,50", ".", ",")).toBe("1234.50");
  expect(plainNumber("1 234,5", "\u202f", ",")).toBe("1234.5");
  expect(plainNumber(" -12 ", ",", ".")).toBe("-12");
  for (const text of ["", "1e5", "12a", "1.2.3", "--1", "."]) expect(plainNumber(text, ",", ".")).toBeNull();
});

test("amounts move digits and lose none", () => {
  expect(smallestUnits("12.5", 2)).toBe(1250);
  expect(smallestUnits("12", 0)).toBe(12);
  expect(smallestUnits("0.001", 3)).toBe(1);
  expect(smallestUnits("-0.05", 2)).toBe(-5);
  expect(smallestUnits(".5", 2)).toBe(50);
  expect(smallestUnits("12.500", 2)).toBe(1250);
  expect(smallestUnits("90071992547409931.23", 2)).toBe("9007199254740993123");
  expect(smallestUnits("12.345", 2)).toBeNull();
  expect(smallestUnits("0.5", 0)).toBeNull();
  expect(smallestUnits("ten", 2)).toBeNull();
});

test("a number that JavaScript cannot hold stays text", () => {
  expect(numberCell("12")).toBe(12);
  expect(numberCell("0.25")).toBe(0.25);
  expect(numberCell("9007199254740993")).toBe("9007199254740993");
});

test("a day begins at its midnight, wherever that is", () => {
  expect(dayStart("2026-11-23", "UTC")).toBe("2026-11-23T00:00:00Z");
  expect(dayStart("2026-11-23", "Europe/Oslo")).toBe("2026-11-22T23:00:00Z");
  expect(dayStart("2026-07-01", "America/New_York")).toBe("2026-07-01T04:00:00Z");
  expect(dayStart("2026-07-01", "Asia/Kathmandu")).toBe("2026-06-30T18:15:00Z");
  // The clocks are turned on these days.
  expect(dayStart("2026-03-29", "Europe/Oslo")).toBe("2026-03-28T23:00:00Z");
  expect(dayStart("2026-03-29", "Europe/Oslo", 1)).toBe("2026-03-29T22:00:00Z");
  expect(dayStart("2026-10-25", "Europe/Oslo")).toBe("2026-10-24T22:00:00Z");
  expect(dayStart("2026-10-25", "Europe/Oslo", 1)).toBe("2026-10-25T23:00:00Z");
  // In Beirut the clock went from 23:59 to 1:00.
  expect(dayStart("2022-03-27", "Asia/Beirut")).toBe("2022-03-26T22:00:00Z");
  expect(dayStart("tomorrow", "UTC")).toBeNull();
});

test("a day field shows the day of an instant", () => {
  expect(dayOf("2026-11-22T23:00:00Z", "Europe/Oslo")).toBe("2026-11-23");
  expect(dayOf("2026-11-22T23:00:00Z", "UTC")).toBe("2026-11-22");
  expect(dayOf("never", "UTC")).toBe("");
});
