/** The payments overview: numbers that agree with the SQL beside them, and what is missing said with a way to get it. */
import type { Page } from "@playwright/test";
import { expect, importSmall, startSandbox, test } from "./workbench";

const openOverview = (page: Page) =>
  page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Payments overview" }).click();

test("without data it leads to an import", async ({ opened: page }) => {
  await openOverview(page);
  await page.getByRole("button", { name: "Import data" }).click();
  await expect(page.getByLabel("Data Frame Name")).toBeVisible();
});

test("tiles say what they lack, and show the query that gave their number", async ({ opened: page }) => {
  await startSandbox(page);
  await importSmall(page, "Payouts");
  await openOverview(page);
  const numbers = page.getByRole("list", { name: "Numbers" });
  await expect(numbers.getByRole("listitem")).toHaveCount(8);
  await expect(page.getByText("Sandbox data")).toBeVisible();
  const gross = numbers.getByRole("listitem").filter({ hasText: "Gross volume" });
  await expect(gross.getByRole("button", { name: /^Import / })).toBeVisible();

  const payouts = numbers.getByRole("listitem").filter({ hasText: "Payouts" });
  await payouts.getByRole("button", { name: /^Payouts/ }).click();
  await expect(page.getByRole("heading", { name: /^Payouts by month, [A-Z]{3}$/ })).toBeVisible();
  await page.getByRole("button", { name: "SQL of Payouts" }).click();
  const dialog = page.getByRole("dialog", { name: "SQL of Payouts" });
  const sql = await dialog.getByRole("region", { name: "Query" }).innerText();
  await dialog.getByRole("button", { name: "Open in SQL" }).click();
  await expect(page.getByRole("textbox", { name: "SQL query" })).toHaveText(sql.replaceAll("\n", ""));
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByRole("region", { name: "Result" }).getByRole("cell").first()).toBeVisible();
});

test("the period, the steps and the tile stand in the address", async ({ opened: page }) => {
  await startSandbox(page);
  await importSmall(page, "Payouts");
  await openOverview(page);
  await page.getByText("90 days", { exact: true }).click();
  await expect(page.getByRole("radio", { name: "Week" })).toBeChecked();
  await page.reload();
  await expect(page.getByRole("radio", { name: "90 days" })).toBeChecked();
  await expect(page.getByRole("radio", { name: "Week" })).toBeChecked();
});
