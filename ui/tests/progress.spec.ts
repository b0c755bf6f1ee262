/** A running import: seen after a reload, in two pages at once, stopped and gone on with. */
import { choose, expect, frames, startLargeSandbox, test } from "./workbench";

test("an import outlives a reload, is stopped, and goes on", async ({ opened: page }) => {
  await startLargeSandbox(page);
  await choose(page, "Data Type", "Balance History");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  const card = page.getByRole("region", { name: "Import of balance_transactions" });
  await expect(card.getByRole("status")).toContainText("Importing");
  await page.reload();
  await expect(card.getByRole("status")).toContainText("Importing");
  await expect(frames(page).getByRole("progressbar")).toBeVisible();
  await card.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("alert")).toContainText("stopped");
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(card.getByRole("status")).toContainText("Importing");
});

test("two pages show the same import", async ({ opened: page, context }) => {
  await startLargeSandbox(page);
  const other = await context.newPage();
  await other.goto(new URL("/", page.url()).href);
  await choose(page, "Data Type", "Balance History");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(frames(other).getByRole("link", { name: /balance_transactions/ })).toContainText("Importing");
  await frames(other)
    .getByRole("link", { name: /balance_transactions/ })
    .click();
  await other.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("alert")).toContainText("stopped");
  await other.close();
});
