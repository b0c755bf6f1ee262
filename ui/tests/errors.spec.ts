/** Whatever is refused is said where it belongs, with the way out. */
import { choose, expect, frames, importSmall, openImport, startSandbox, test } from "./workbench";

test("mistakes in the form are said at their fields, as typed", async ({ opened: page }) => {
  await startSandbox(page);
  await choose(page, "Data Type", "Charges");
  await choose(page, "Date Range", "After This Date");
  const value = page.getByLabel("Value for Date Range");
  await value.fill("11/03/2015");
  await expect(value).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByRole("alert")).toContainText("11/03/2015");
  await value.fill("2015-11-03");
  await expect(page.getByRole("alert")).toHaveCount(0);
  const query = page.getByLabel("Custom Query String");
  await query.fill("curency=jpy");
  await expect(query).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByRole("alert")).toContainText("currency");
  await query.fill("currency=jpy");
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("a name that is taken is asked about, in place", async ({ opened: page }) => {
  await startSandbox(page);
  await importSmall(page, "Disputes");
  await openImport(page);
  await choose(page, "Data Type", "Disputes");
  await expect(page.getByLabel("Data Frame Name")).toHaveValue("disputes_2");
  await page.getByLabel("Data Frame Name").fill("disputes");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("disputes exists");
  await page.getByRole("button", { name: "Replace it" }).click();
  await expect(page.getByLabel("Data Frame Name")).toHaveCount(0);
  await expect(frames(page).getByRole("link")).toHaveCount(1);
});

test("a key that is none is refused, and is not on the page", async ({ opened: page }) => {
  await page.getByRole("button", { name: "Connect with a key" }).click();
  await page.getByLabel("Name", { exact: true }).fill("My shop");
  await page.getByLabel("Secret or restricted key").fill("not-a-key-4711");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Hint" })).toBeVisible();
  expect(await page.locator("body").textContent()).not.toContain("4711");
});

test("an address of no frame says so", async ({ opened: page }) => {
  await page.evaluate(() => window.history.pushState(null, "", "/frames/nothing/summary"));
  await page.reload();
  await expect(page.getByRole("alert")).toContainText("nothing");
  await page.getByRole("link", { name: "All data frames" }).click();
  await expect(page.getByRole("button", { name: "Try it with the sandbox" })).toBeVisible();
});

test("a frame is renamed, removed, and put back", async ({ opened: page }) => {
  await startSandbox(page);
  await importSmall(page, "Disputes");
  await page.getByRole("button", { name: "Actions for disputes" }).click();
  await page.getByRole("menuitem", { name: "Rename…" }).click();
  await page.getByLabel("New name").fill("quarrels");
  await page.getByRole("button", { name: "Rename", exact: true }).click();
  await expect(page.getByRole("heading", { name: "quarrels" })).toBeVisible();
  await page.getByRole("button", { name: "Actions for quarrels" }).click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
  await expect(frames(page).getByRole("link")).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("heading", { name: "quarrels" })).toBeVisible();
});
