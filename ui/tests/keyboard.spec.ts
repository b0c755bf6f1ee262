/** The whole path with no pointer. */
import { expect, test } from "./workbench";

test("an import without a mouse", async ({ opened: page }) => {
  const keys = page.keyboard;
  const focused = page.locator(":focus");
  await page.getByRole("button", { name: "Try it with the sandbox" }).focus();
  await keys.press("Enter");
  await expect(page.getByLabel("Connection", { exact: true })).toHaveValue("Sandbox");
  await keys.press("Escape");
  await expect(page.getByLabel("Connection", { exact: true })).toHaveCount(0);

  await page.getByRole("button", { name: "Add data frame" }).focus();
  await keys.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Import Cloud Apps Data" })).toBeVisible();
  await keys.press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: "Import Cloud Apps Data" })).toBeFocused();
  await keys.press("Enter");
  await expect(page.getByRole("button", { name: "Stripe", exact: true })).toBeFocused();
  await keys.press("Enter");
  await expect(page.getByLabel("Data Frame Name")).toBeFocused();
  for (let presses = 0; presses < 6; presses += 1) {
    if (
      (await focused.getAttribute("role")) === "combobox" &&
      (await page
        .getByLabel("Data Type", { exact: true })
        .evaluate((field) => field === document.activeElement))
    )
      break;
    await keys.press("Tab");
  }
  await expect(page.getByLabel("Data Type", { exact: true })).toBeFocused();
  await keys.press("ControlOrMeta+a");
  await keys.type("disp");
  await expect(page.getByRole("option", { name: "Disputes", exact: true })).toBeVisible();
  await keys.press("Enter");
  await expect(page.getByLabel("Data Type", { exact: true })).toHaveValue("Disputes");
  await keys.press("Enter");
  await expect(page.getByRole("region", { name: "First rows" }).getByRole("status")).toContainText(
    "looked at",
  );
  await keys.press("ControlOrMeta+Enter");
  await expect(page.getByRole("tab", { name: "Summary" })).toBeVisible({ timeout: 40_000 });
});

test("the query field completes by the keyboard, and Escape closes its list before the dialog", async ({
  opened: page,
}) => {
  await page.getByRole("button", { name: "Try it with the sandbox" }).click();
  const query = page.getByLabel("Custom Query String");
  await query.focus();
  await query.pressSequentially("curr");
  await expect(page.getByRole("option", { name: "currency", exact: true })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(query).toHaveValue("currency=");
  await query.pressSequentially("jpy&am");
  await expect(page.getByRole("option", { name: "amount", exact: true })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("option")).toHaveCount(0);
  await expect(query).toHaveValue("currency=jpy&am");
});
