/** A frame's tabs Summary and Table: look, filter, sort, arrange, read a row, copy, export. */
import type { Page } from "@playwright/test";
import { expect, importSmall, startSandbox, test } from "./workbench";

const grid = (page: Page) => page.getByRole("grid", { name: "Rows of disputes" });
const chips = (page: Page) => page.getByRole("list", { name: "Filters" }).getByRole("listitem");
const count = (page: Page) =>
  page
    .getByRole("main")
    .getByRole("status")
    .filter({ hasText: /\d rows?$/ });
const card = (page: Page, column: string) =>
  page.getByRole("list", { name: "Columns" }).getByRole("listitem", { name: column, exact: true });

async function disputes(page: Page) {
  await startSandbox(page);
  await importSmall(page, "Disputes");
}

async function openTable(page: Page) {
  await page.getByRole("tab", { name: "Table", exact: true }).click();
  await expect(grid(page).getByRole("gridcell").first()).toHaveText(/^du?p?_/);
}

/** "12 of 20 rows" is 12. */
const rowsOf = (counted: string) => Number(counted.split(" of ")[0]?.replace(/\D/g, ""));

/** The first cells of a column as they are shown. */
async function shown(page: Page, column: number, rows: number): Promise<string[]> {
  const cells = [];
  for (let row = 0; row < rows; row += 1) {
    cells.push(
      await grid(page)
        .locator(`[aria-rowindex="${row + 2}"] [role="gridcell"][aria-colindex="${column}"]`)
        .innerText(),
    );
  }
  return cells;
}

async function columnNumber(page: Page, name: string): Promise<number> {
  const header = grid(page)
    .getByRole("columnheader")
    .filter({ has: page.getByLabel(`Sort by ${name}`, { exact: true }) });
  return Number(await header.getAttribute("aria-colindex"));
}

test("a bar of a card filters both tabs, and a reload keeps it", async ({ opened: page }) => {
  await disputes(page);
  const bar = card(page, "status")
    .getByRole("button", { name: /rows?, filter$/ })
    .first();
  const value = (await bar.getAttribute("aria-label"))?.split(", ")[0] ?? "";
  await bar.click();
  await expect(bar).toHaveAttribute("aria-pressed", "true");
  await expect(chips(page)).toHaveText([`status is ${value}`]);
  await expect(count(page)).toHaveText(/^[\d,]+ of [\d,]+ rows$/);
  const counted = await count(page).innerText();
  await expect(bar).toHaveAccessibleName(`${value}, ${rowsOf(counted)} rows, filter`);

  await page.reload();
  await expect(chips(page)).toHaveText([`status is ${value}`]);
  await expect(count(page)).toHaveText(counted);
  await page.getByRole("tab", { name: "Table", exact: true }).click();
  await expect(count(page)).toHaveText(counted);
  await page.getByRole("button", { name: `Remove filter: status is ${value}` }).click();
  await expect(chips(page)).toHaveCount(0);
  await expect(count(page)).toHaveText(/^[\d,]+ rows$/);
});

test("a histogram of amounts filters one currency at a time", async ({ opened: page }) => {
  await disputes(page);
  const amount = card(page, "amount");
  const bars = amount.getByRole("group", { name: /^Histogram of amount in [A-Z]{3}: / });
  await bars.getByRole("button").first().focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await expect(chips(page)).toHaveText([
    /^amount from [\d,.]+ to under [\d,.]+ [A-Z]{3}$/,
    /^currency is [a-z]{3}$/,
  ]);
  await expect(page.getByRole("button", { name: "Remove all filters" })).toBeVisible();
  await page.getByRole("button", { name: "Remove all filters" }).click();
  await expect(chips(page)).toHaveCount(0);
});

test("columns are searched, and those without a value are folded away", async ({ opened: page }) => {
  await disputes(page);
  await expect(card(page, "status")).toBeVisible();
  await page.getByText(/^\d+ empty columns?$/).click();
  await expect(
    page.getByRole("group").filter({ hasText: "empty column" }).getByRole("listitem").first(),
  ).toBeVisible();
  await page.getByLabel("Search columns").fill("reas");
  await expect(card(page, "status")).toHaveCount(0);
  await expect(card(page, "reason")).toBeVisible();
});

test("a header sorts, a menu filters, and the keyboard does both", async ({ opened: page }) => {
  await disputes(page);
  await openTable(page);
  await page.getByRole("button", { name: "Sort by created", exact: true }).click();
  const header = grid(page)
    .getByRole("columnheader", { name: /created/ })
    .first();
  await expect(header).toHaveAttribute("aria-sort", "ascending");
  await expect(grid(page)).toHaveAttribute("aria-busy", "false");
  const created = await columnNumber(page, "created");
  const times = (await shown(page, created, 5)).map((text) => Date.parse(text));
  expect(times).toEqual([...times].sort((one, other) => one - other));

  await grid(page).focus();
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(grid(page).getByRole("columnheader", { name: /^Sort by id/ })).toHaveAttribute(
    "aria-sort",
    "ascending",
  );
  await page.keyboard.press("Space");
  const menu = page.getByRole("dialog", { name: "Column id" });
  await menu.getByLabel("Contains").fill("a");
  await page.keyboard.press("Enter");
  await expect(chips(page)).toHaveText(["id contains “a”"]);
  await page.keyboard.press("Escape");
  await expect(menu).toHaveCount(0);
});

test("the last row is reached, and read in full", async ({ opened: page }) => {
  await disputes(page);
  await openTable(page);
  const rows = Number(await grid(page).getAttribute("aria-rowcount")) - 1;
  await grid(page).focus();
  await page.keyboard.press("Control+End");
  await expect(grid(page).locator(`[aria-rowindex="${rows + 1}"]`)).toBeVisible();
  await page.keyboard.press("Home");
  const active = grid(page).locator('[data-active="true"]');
  await expect(active).toHaveText(/^du?p?_/);
  const id = await active.innerText();
  await page.keyboard.press("Enter");
  const panel = page.getByRole("region", { name: `Row ${rows.toLocaleString("en-US")}` });
  await expect(panel.getByText(id, { exact: true }).first()).toBeVisible();
  await panel.getByLabel("Search fields").fill("currency");
  await expect(panel.getByText("currency", { exact: true }).first()).toBeVisible();
  await panel.getByRole("tab", { name: "JSON" }).click();
  await expect(panel.locator("pre")).toContainText(`"id": "${id}"`);
  await page.keyboard.press("Escape");
  await expect(panel).toHaveCount(0);
});

test("columns are hidden, pinned and moved, and stay so", async ({ opened: page }) => {
  await disputes(page);
  await openTable(page);
  await page.getByRole("button", { name: /^Columns/ }).click();
  const panel = page.getByRole("dialog", { name: "Columns" });
  await panel.getByLabel("Search columns").fill("status");
  await panel.getByRole("button", { name: "Pin status", exact: true }).click();
  await panel.getByLabel("Search columns").fill("currency");
  await panel.getByRole("checkbox", { name: "currency", exact: true }).uncheck();
  await page.keyboard.press("Escape");
  const names = () =>
    grid(page)
      .getByRole("columnheader")
      .getByRole("button", { name: /^Sort by/ });
  await expect(names().first()).toHaveAccessibleName("Sort by status");
  await expect(page.getByRole("button", { name: "Sort by currency", exact: true })).toHaveCount(0);

  await grid(page).focus();
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowRight");
  const second = await names().nth(1).getAttribute("aria-label");
  await page.keyboard.press("Control+ArrowRight");
  await expect(names().nth(2)).toHaveAccessibleName(second ?? "");
  await page.reload();
  await expect(names().first()).toHaveAccessibleName("Sort by status");
  await expect(names().nth(2)).toHaveAccessibleName(second ?? "");
});

test("amounts are shown and copied in major units", async ({ opened: page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await disputes(page);
  await openTable(page);
  const amount = await columnNumber(page, "amount");
  const [first] = await shown(page, amount, 1);
  const [digits, code] = (first ?? "").split(/\s+/);
  expect(digits).toMatch(code === "JPY" ? /^[\d,]+$/ : /^[\d,]+\.\d{2,3}$/);
  await grid(page).locator(`[aria-rowindex="2"] [role="gridcell"][aria-colindex="${amount}"]`).click();
  await page.keyboard.press("Escape");
  await grid(page).focus();
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("ControlOrMeta+c");
  await expect(page.getByText("Copied 2 rows of 1 column.")).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.split("\n")[0]).toBe(digits?.replaceAll(",", ""));
});

test("what is seen is exported", async ({ opened: page }) => {
  await disputes(page);
  const bar = card(page, "status")
    .getByRole("button", { name: /rows?, filter$/ })
    .first();
  const value = (await bar.getAttribute("aria-label"))?.split(", ")[0] ?? "";
  await bar.click();
  await expect(count(page)).toHaveText(/ of /);
  const counted = rowsOf(await count(page).innerText());
  await openTable(page);
  await page.getByRole("button", { name: "Export" }).click();
  const waiting = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "CSV" }).click();
  const download = await waiting;
  expect(download.suggestedFilename()).toBe("disputes.csv");
  const pieces: Buffer[] = [];
  for await (const piece of await download.createReadStream()) pieces.push(piece as Buffer);
  const lines = Buffer.concat(pieces).toString("utf8").trimEnd().split(/\r?\n/);
  expect(lines).toHaveLength(counted + 1);
  for (const line of lines.slice(1)) expect(line).toContain(value);
});

test("a frame that was imported once can be exported from its menu", async ({ opened: page }) => {
  await disputes(page);
  await page.getByRole("button", { name: "More actions" }).click();
  for (const format of ["CSV", "Excel", "Parquet", "JSON"]) {
    const item = page.getByRole("menuitem", { name: `Export as ${format}` });
    await expect(item).not.toHaveAttribute("data-disabled", "true");
    await expect(item).not.toHaveAttribute("aria-disabled", "true");
  }
  const download = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "Export as CSV" }).click();
  expect((await download).suggestedFilename()).toContain("disputes");
});
