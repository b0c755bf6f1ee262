/** The tab Chart: kept with its frame, never two currencies on an axis, its data readable and taken away as files. */
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, importSmall, startSandbox, test } from "./workbench";

async function openChart(page: Page) {
  await startSandbox(page);
  await importSmall(page, "Disputes");
  await page.getByRole("tab", { name: "Chart" }).click();
  await expect(page.getByRole("img", { name: /chart:/ })).toBeVisible();
}

async function choose(page: Page, label: string, option: string) {
  await page.getByRole("combobox", { name: label, exact: true }).click();
  await page.getByRole("option", { name: option, exact: true }).click();
}

async function download(page: Page, item: string) {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    (async () => {
      await page.getByRole("button", { name: "Download" }).click();
      await page.getByRole("menuitem", { name: item }).click();
    })(),
  ]);
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

test("a chart is kept with its frame", async ({ opened: page }) => {
  await openChart(page);
  await page.getByText("Pie", { exact: true }).click();
  await choose(page, "Slices", "status");
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("radio", { name: "Pie" })).toBeChecked();
  await expect(page.getByRole("img", { name: /^Pie chart: .* by status/ })).toBeVisible();
});

test("currencies have axes of their own, and their data are exact", async ({ opened: page }) => {
  await openChart(page);
  await page.getByText("Bar", { exact: true }).click();
  await choose(page, "Y", "Sum");
  await choose(page, "Of column", "amount");
  await expect(page.getByRole("img", { name: /Sum of amount/ })).toBeVisible();
  await page.getByRole("button", { name: "Show data" }).click();
  const heads = await page
    .getByRole("region", { name: "Data of the chart" })
    .getByRole("columnheader")
    .allInnerTexts();
  const currencies = heads.slice(1).map((head) => head.split(" · ").at(-1));
  expect(currencies.length).toBeGreaterThan(1);
  for (const currency of currencies) expect(currency).toMatch(/^[A-Z]{3}$/);
});

test("every kind draws, or says what it lacks", async ({ opened: page }) => {
  await openChart(page);
  for (const kind of ["Bar", "Line", "Area", "Pie", "Histogram", "Scatter"]) {
    await page.getByText(kind, { exact: true }).click();
    await expect(page.getByRole("img", { name: new RegExp(`^${kind} chart:`) })).toBeVisible();
    await expect(page.getByRole("alert")).toHaveCount(0);
  }
  await page.getByText("Pivot", { exact: true }).click();
  await expect(page.getByRole("region", { name: "Pivot table" }).getByRole("row").nth(1)).toBeVisible();
});

test("a chart is taken away as a picture and as data", async ({ opened: page }) => {
  await openChart(page);
  const png = await download(page, "Picture (PNG)");
  expect(png.name).toBe("disputes-chart.png");
  expect(png.bytes.subarray(1, 4).toString()).toBe("PNG");
  const svg = await download(page, "Picture (SVG)");
  expect(svg.bytes.toString().slice(0, 4)).toBe("<svg");
  const csv = (await download(page, "Data (CSV)")).bytes.toString().trimEnd().split("\r\n");
  expect(csv.length).toBeGreaterThan(1);
  expect(new Set(csv.map((line) => line.split(",").length)).size).toBe(1);
});

test("a kind is picked with arrow keys", async ({ opened: page }) => {
  await openChart(page);
  const checked = page.getByRole("group", { name: "Kind of chart" }).getByRole("radio", { checked: true });
  const first = await checked.getAttribute("value");
  await checked.focus();
  await page.keyboard.press("ArrowRight");
  await expect(checked).not.toHaveAttribute("value", first ?? "");
  await expect(checked).toBeFocused();
});
