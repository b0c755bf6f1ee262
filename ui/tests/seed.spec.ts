/** What a person does who follows the guide line by line. */
import { choose, expect, frames, openImport, startSandbox, test } from "./workbench";

test("a newcomer imports from the sandbox", async ({ opened: page }) => {
  await startSandbox(page);
  await choose(page, "Data Type", "Charges");
  await expect(page.getByLabel("Data Frame Name")).toHaveValue("charges");
  await choose(page, "Date Range", "Last N Days");
  await page.getByLabel("Value for Date Range").fill("30");
  await choose(page, "Time Zone", "Europe/Oslo");
  await page.getByLabel("Custom Query String").fill("currency=jpy&amount[gt]=1000");
  const plan = page.getByRole("region", { name: "Request plan" });
  await expect(plan).toContainText("currency=jpy");
  await expect(plan).toContainText("Europe/Oslo");

  await page.getByRole("button", { name: "Preview" }).click();
  const rows = page.getByRole("region", { name: "First rows" });
  await expect(rows.getByRole("status")).toContainText("looked at");
  await expect(rows.getByRole("columnheader", { name: /^id text/ })).toBeVisible();

  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page).toHaveURL(/\/frames\/charges\//);
  await expect(page.getByRole("tab", { name: "Summary" })).toBeVisible({ timeout: 40_000 });
  for (const tab of ["Summary", "Table", "Chart", "SQL", "History"]) {
    await expect(page.getByRole("tab", { name: tab, exact: true })).toBeVisible();
  }
  await expect(frames(page).getByRole("link", { name: /charges/ })).toContainText("rows");
});

test("the dialog has the fields of the guide, one control each", async ({ opened: page }) => {
  await openImport(page);
  const labels = [
    "Data Frame Name",
    "Connection",
    "Data Type",
    "Date Range",
    "Value for Date Range",
    "Time Zone",
    "Custom Query String",
  ];
  for (const label of labels) await expect(page.getByLabel(label, { exact: true })).toHaveCount(1);
  await page.getByLabel("Data Type", { exact: true }).click();
  await expect(page.getByLabel("Data Type", { exact: true })).toHaveCount(1);
  const first = (await page.getByRole("option").all()).slice(0, 10);
  const names = await Promise.all(
    first.map((option) => option.evaluate((each) => each.firstElementChild?.textContent)),
  );
  expect(names).toEqual([
    "Balance History",
    "Charges",
    "Customers",
    "Disputes",
    "Events",
    "File Uploads",
    "Payouts",
    "Refunds",
    "Transfers",
    "Subscriptions",
  ]);
});

test("a typed date stays as typed, and a number typed too early finds its range", async ({
  opened: page,
}) => {
  await openImport(page);
  await choose(page, "Date Range", "After This Date");
  await page.getByLabel("Value for Date Range").fill("2015-11-03");
  await page.getByLabel("Custom Query String").fill("");
  await expect(page.getByLabel("Value for Date Range")).toHaveValue("2015-11-03");
  await choose(page, "Date Range", "Last N Days");
  await page.getByLabel("Value for Date Range").fill("30");
  await choose(page, "Date Range", "Between");
  await expect(page.getByLabel("Value for Date Range")).toHaveValue("2015-11-03");
  await page.getByLabel("Until").fill("2016-01-31");
  await choose(page, "Date Range", "Last N Weeks");
  await expect(page.getByLabel("Value for Date Range")).toHaveValue("30");
});

test("unticked columns are left out of the frame", async ({ opened: page }) => {
  await startSandbox(page);
  await choose(page, "Data Type", "Disputes");
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByRole("checkbox", { name: "amount", exact: true })).toBeVisible();
  await page.getByRole("checkbox", { name: "amount", exact: true }).uncheck();
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("tab", { name: "Summary" })).toBeVisible({ timeout: 40_000 });
  const columns = await page.evaluate(async () => {
    const answer = await fetch("/api/frames/disputes/columns");
    return ((await answer.json()) as { name: string }[]).map((column) => column.name);
  });
  expect(columns).toContain("id");
  expect(columns).not.toContain("amount");
});
