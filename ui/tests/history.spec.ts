/** The tab History: every run with what it cost, every version with what it changed, and the way back. */
import { expect, importSmall, startSandbox, test } from "./workbench";

test("two imports are two versions, and the first can be had back", async ({ opened: page }) => {
  await startSandbox(page);
  await importSmall(page, "Disputes");
  await page.getByRole("tab", { name: "History" }).click();
  const runs = page.getByRole("region", { name: "Runs" });
  const versions = page.getByRole("region", { name: "Versions" });
  await expect(runs.getByRole("article")).toHaveCount(1);
  await expect(runs.getByText("Requests", { exact: true })).toBeVisible();
  await expect(runs.getByText("Done", { exact: true })).toBeVisible();
  const first = versions.getByRole("button", { name: /^Version \d+/ }).first();
  await first.click();
  await expect(versions.getByText(/^The first version: \d+ rows? added\.$/)).toBeVisible();

  await page.getByRole("button", { name: "Re-import" }).click();
  await expect(runs.getByRole("article")).toHaveCount(2);
  await expect(versions.getByRole("button", { name: /^Version \d+/ })).toHaveCount(2);
  await versions.getByRole("button", { name: /^Version \d+ .*Current/ }).click();
  await expect(versions.getByText(/^(The same rows as|Against) version \d+/)).toBeVisible();

  await versions.getByRole("button", { name: /^Restore version/ }).click();
  const dialog = page.getByRole("dialog", { name: /^Restore version \d+\?$/ });
  await dialog.getByRole("button", { name: "Restore", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(versions.getByRole("button", { name: /^Version \d+ Restored .*Current/ })).toBeVisible();
});

test("an earlier version is opened in the table", async ({ opened: page }) => {
  await startSandbox(page);
  await importSmall(page, "Disputes");
  await page.getByRole("tab", { name: "History" }).click();
  await page.getByRole("button", { name: "Re-import" }).click();
  const link = page.getByRole("link", { name: /^Open this version: \d+$/ });
  await link.click();
  await expect(page.getByRole("tab", { name: "Table" })).toHaveAttribute("aria-selected", "true");
  expect(new URL(page.url()).searchParams.get("version")).toMatch(/^\d+$/);
});
