/** SQL: rows, errors at their place, completion, the keyboard, and queries that become frames. */
import type { Page } from "@playwright/test";
import { expect, importSmall, startSandbox, test } from "./workbench";

async function openSql(page: Page) {
  await startSandbox(page);
  await importSmall(page, "Disputes");
  await page.getByRole("tab", { name: "SQL" }).click();
  await expect(editor(page)).toBeVisible();
}

const editor = (page: Page) => page.getByRole("textbox", { name: "SQL query" });

async function write(page: Page, sql: string) {
  await editor(page).click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(sql);
}

test("the tab begins with the frame's rows, and Ctrl+Enter runs", async ({ opened: page }) => {
  await openSql(page);
  await expect(editor(page)).toHaveText("select * from disputes limit 100");
  await editor(page).click();
  await page.keyboard.press("Control+Enter");
  const result = page.getByRole("region", { name: "Result" });
  await expect(result.getByRole("columnheader", { name: "id", exact: true })).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: /^\d+ rows · \d+ columns? · / })).toBeVisible();
  await page.getByText("Chart", { exact: true }).last().click();
  await expect(page.getByRole("img", { name: /chart:/ })).toBeVisible();
});

test("an error is shown at its place", async ({ opened: page }) => {
  await openSql(page);
  await write(page, "select id,\n  amout\nfrom disputes");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("amout");
  await expect(page.locator("[aria-invalid=true]")).toHaveText("amout");
  await page.getByRole("button", { name: "Line 2, column 3" }).click();
  await page.keyboard.press("Delete");
  await expect(editor(page)).toContainText("mout");
  await expect(page.locator("[aria-invalid=true]")).toHaveCount(0);
});

test("Esc then Tab leaves the editor, and Tab alone does not", async ({ opened: page }) => {
  await openSql(page);
  await editor(page).click();
  await page.keyboard.press("Tab");
  await expect(editor(page)).toBeFocused();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Run", exact: true })).toBeFocused();
});

test("columns of the frame are completed", async ({ opened: page }) => {
  await openSql(page);
  await write(page, "select  from disputes");
  for (let count = 0; count < " from disputes".length; count++) await page.keyboard.press("ArrowLeft");
  await page.keyboard.type("evidence_details.due");
  await page.getByRole("option", { name: /evidence_details\.due_by/ }).click();
  await expect(editor(page)).toHaveText("select evidence_details.due_by from disputes");
});

test("a query becomes a frame, under a name that is free", async ({ opened: page }) => {
  await openSql(page);
  await write(page, "select currency, count(*) as disputes from disputes group by 1");
  await page.getByRole("button", { name: "Save…" }).click();
  const dialog = page.getByRole("dialog", { name: "Save this query" });
  await dialog.getByLabel("Name").fill("disputes");
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await expect(dialog.getByLabel("Name")).toHaveAttribute("aria-invalid", "true");
  await dialog.getByLabel("Name").fill("by_currency");
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("heading", { name: "by_currency" })).toBeVisible();
});

test("past queries come back", async ({ opened: page }) => {
  await openSql(page);
  await write(page, "select 1 as one");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("columnheader", { name: "one" })).toBeVisible();
  await write(page, "select 2");
  await page.getByRole("button", { name: "Past queries" }).click();
  await page.getByRole("button", { name: /select 1 as one/ }).click();
  await expect(editor(page)).toHaveText("select 1 as one");
});

test("hostile text in a result is text", async ({ opened: page }) => {
  await openSql(page);
  await write(page, "select '<img src=x onerror=alert(1)>' as \"<b>name</b>\", repeat('x', 10000) as long");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("cell", { name: "<img src=x onerror=alert(1)>" })).toBeVisible();
  await expect(page.getByRole("columnheader", { name: "<b>name</b>" })).toBeVisible();
});
