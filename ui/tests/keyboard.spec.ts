/** The whole path with no pointer. */
import { expect, startSandbox, test } from "./workbench";

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

test("typing in a field of choices replaces what stands there", async ({ opened: page }) => {
  await startSandbox(page);
  const type = page.getByLabel("Data Type", { exact: true });
  await type.focus();
  await page.keyboard.type("Refunds");
  await page.keyboard.press("Enter");
  await expect(type).toHaveValue("Refunds");
  await expect(page.getByLabel("Data Frame Name")).toHaveValue("refunds");
});

test("text that fits nothing is told at its field, and neither Preview nor Import goes on", async ({
  opened: page,
}) => {
  await startSandbox(page);
  const asked: string[] = [];
  page.on("request", (request) => {
    if (/\/api\/(preview|imports)$/.test(request.url())) asked.push(request.url());
  });
  for (const [label, chosen] of [
    ["Data Type", "Charges"],
    ["Date Range", "After This Date"],
    ["Time Zone", "Europe/Oslo"],
    ["Connection", "Sandbox"],
  ] as const) {
    const field = page.getByLabel(label, { exact: true });
    await field.click();
    await page.keyboard.type("Refnds");
    await page.keyboard.press("Enter");
    const told = page.getByRole("alert").filter({ hasText: "“Refnds” fits nothing" });
    await expect(told).toContainText(`${chosen} is still chosen`);
    await expect(field).toHaveAttribute("aria-invalid", "true");
    await page.keyboard.press("Tab");
    await expect(field).toHaveValue("Refnds");
    await page.getByRole("button", { name: "Preview" }).click();
    await expect(field).toBeFocused();
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await page.keyboard.press("ControlOrMeta+Enter");
    await expect(told).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(field).toHaveValue(chosen);
    await expect(told).toHaveCount(0);
  }
  expect(asked).toEqual([]);
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByRole("region", { name: "First rows" }).getByRole("status")).toContainText(
    "looked at",
  );
});

test("the columns of a preview are one tab stop, with arrow keys among them", async ({ opened: page }) => {
  await startSandbox(page);
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByRole("checkbox", { name: "id", exact: true })).toBeVisible();
  const focused = page.locator(":focus");
  await page.getByLabel("Custom Query String").focus();
  const passed: string[] = [];
  for (let presses = 0; presses < 16; presses += 1) {
    await page.keyboard.press("Tab");
    passed.push((await focused.innerText()) || ((await focused.getAttribute("type")) ?? ""));
    if (passed.at(-1) === "Import") break;
  }
  expect(passed).toContain("Import");
  await page.getByRole("checkbox", { name: "id", exact: true }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("checkbox", { name: "created", exact: true })).toBeFocused();
  await page.keyboard.press("Space");
  await expect(page.getByRole("checkbox", { name: "created", exact: true })).not.toBeChecked();
  await page.keyboard.press("End");
  await expect(page.getByRole("checkbox", { name: "object", exact: true })).toBeFocused();
  await page.keyboard.press("Home");
  await expect(page.getByRole("checkbox", { name: "id", exact: true })).toBeFocused();
});
