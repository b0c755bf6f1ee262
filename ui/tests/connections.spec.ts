/** Connections by key: added, tried, renamed, given another key, removed; and the key is nowhere afterwards. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import {
  test as base,
  connection,
  expect,
  frames,
  importSmall,
  openConnect,
  openConnections,
  type Stripe,
} from "./workbench";

const onlyCharges = "rk_test_only_charge_read__customer_read";

/** Keys that are typed are for a local Stripe. */
const test = base.extend({ apiBase: async ({ stripe }, use) => use(stripe.url) });

async function add(page: Page, name: string, key: string) {
  await openConnections(page);
  await openConnect(page);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Secret or restricted key").fill(key);
  await page.getByRole("button", { name: "Add", exact: true }).click();
}

async function added(page: Page, name: string, key: string) {
  await add(page, name, key);
  await expect(page.getByRole("status").filter({ hasText: `${name} is connected` })).toBeVisible();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(connection(page, name)).toBeVisible();
}

async function choose(page: Page, name: string, action: string) {
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: action }).click();
}

test("what a key may not read is named, and Stripe's page asks for what was chosen", async ({
  opened: page,
}) => {
  await openConnections(page);
  await openConnect(page);
  const types = page.getByRole("group", { name: "What it may read" });
  await expect(types.getByRole("checkbox", { checked: true })).toHaveCount(10);
  await types.getByRole("checkbox", { name: "Transfers" }).uncheck();
  await types.getByLabel("Search data types").fill("invoices");
  await types.getByRole("checkbox", { name: "Invoices", exact: true }).check();
  const link = page.getByRole("link", { name: "Open Stripe's key page" });
  await expect(link).toHaveAttribute(
    "href",
    /^https:\/\/dashboard\.stripe\.com\/apikeys\/create\?.*rak_invoice_read/,
  );
  await expect(link).not.toHaveAttribute("href", /rak_transfer_read/);
  await expect(link).toHaveAttribute("rel", /noopener/);
  await page.getByLabel("Name", { exact: true }).fill("My shop");
  const key = page.getByLabel("Secret or restricted key");
  await expect(key).toHaveAttribute("type", "password");
  await expect(key).toHaveAttribute("autocomplete", "off");
  await key.fill(onlyCharges);
  await page.getByRole("button", { name: "Add", exact: true }).click();
  const read = page.getByRole("list", { name: "What My shop can read" });
  await expect(read.getByRole("listitem").filter({ hasText: "Charges" })).toHaveText("Charges: readable");
  await expect(read.getByRole("listitem").filter({ hasText: "Payouts" })).toContainText(
    "not permitted: the key lacks rak_payout_read",
  );
  await expect(read.getByRole("listitem").filter({ hasText: "Transfers" })).toHaveCount(0);
  await page.getByRole("button", { name: "Done" }).click();
  const row = connection(page, "My shop");
  await expect(row).toContainText("Sandbox");
  await expect(row).toContainText("encrypted file");
  await row.getByText(/of 10 data types can be read/).click();
  await expect(row.getByRole("listitem").filter({ hasText: "Invoices" })).toBeVisible();
});

test("a secret key is taken, with a warning", async ({ opened: page, stripe }) => {
  await openConnections(page);
  await openConnect(page);
  await page.getByLabel("Secret or restricted key").fill(stripe.secretKey);
  await expect(page.getByRole("note").filter({ hasText: "This is a secret key" })).toBeVisible();
  await page.getByLabel("Name", { exact: true }).fill("My shop");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("status").filter({ hasText: "My shop is connected" })).toBeVisible();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(connection(page, "My shop")).toContainText("Can write");
  await expect(connection(page, "My shop")).toContainText(stripe.account);
});

test("keys that are of no use are refused at the field, each in its own words", async ({ opened: page }) => {
  await openConnections(page);
  await openConnect(page);
  await page.getByLabel("Name", { exact: true }).fill("My shop");
  const key = page.getByLabel("Secret or restricted key");
  for (const [text, said] of [
    ["pk_test_0123456789abcdef", /publishable/i],
    ["rk_test_with a space", /not the form/i],
    ["rk_test_sandbox_expired", /expired/i],
    ["rk_test_sandbox_ip", /address/i],
    ["rk_test_0123456789abcdef4711", /does not know this key/i],
  ] as const) {
    await key.fill(text);
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await expect(page.getByRole("alert")).toContainText(said);
    await expect(key).toHaveAttribute("aria-invalid", "true");
  }
  expect(await page.locator("body").textContent()).not.toContain("abcdef4711");
});

test("a connection is renamed, tested, given another key, and removed, and its frames go on", async ({
  opened: page,
  stripe,
}) => {
  await added(page, "My shop", onlyCharges);
  await connection(page, "My shop").getByRole("button", { name: "Import from it" }).click();
  await importSmall(page, "Customers");
  await expect(page.getByRole("main")).toContainText("Sandbox");

  await openConnections(page);
  await choose(page, "My shop", "Rename…");
  await page.getByLabel("New name").fill("Corner shop");
  await page.getByRole("button", { name: "Rename", exact: true }).click();
  await expect(connection(page, "Corner shop")).toContainText("1 data frame");

  await choose(page, "Corner shop", "Replace key…");
  await page.getByLabel("Secret or restricted key").fill(stripe.restrictedKey);
  await page.getByRole("button", { name: "Replace", exact: true }).click();
  await expect(page.getByRole("status").filter({ hasText: "Corner shop has another key" })).toBeVisible();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(connection(page, "Corner shop")).toContainText("10 of 10 data types can be read");
  await page.getByRole("button", { name: "Test again, Corner shop" }).click();
  await expect(connection(page, "Corner shop")).toContainText("10 of 10 data types can be read");

  await frames(page)
    .getByRole("link", { name: /customers/ })
    .click();
  await expect(page.getByRole("main")).toContainText("Corner shop");
  await page.getByRole("tab", { name: "History" }).click();
  await page.getByRole("button", { name: "Re-import" }).click();
  const runs = page.getByRole("region", { name: "Runs" });
  await expect(runs.getByText("Done", { exact: true })).toHaveCount(2);

  await openConnections(page);
  await choose(page, "Corner shop", "Remove…");
  await expect(page.getByRole("list", { name: "Data frames that use it" })).toHaveText("customers");
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await expect(connection(page, "Corner shop")).toHaveCount(0);
  await expect(frames(page).getByRole("link", { name: /customers/ })).toBeVisible();
});

/** Every file below a folder, as one text. */
function contents(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .join("\n");
}

/** The half of a key that nothing may hold: what is before it is its kind, and its last four are its hint. */
const heart = (key: string) => key.slice(-44, -4);

test("a key is in no answer, not in the page, and in no file", async ({ page, workbench, stripe }) => {
  const answers: Promise<string>[] = [];
  page.on("response", (response) => answers.push(response.text().catch(() => "")));
  await page.goto(workbench.address);
  await added(page, "My shop", stripe.secretKey);
  await choose(page, "My shop", "Replace key…");
  await page.getByLabel("Secret or restricted key").fill(stripe.restrictedKey);
  await page.getByRole("button", { name: "Replace", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Import from it" }).click();
  await importSmall(page, "Disputes");
  await openConnections(page);
  const seen = [
    await page.content(),
    await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href])),
    contents(workbench.folder),
  ];
  // The stream of events has no end before the page has.
  await page.close();
  seen.push(...(await Promise.all(answers)));
  const keys = (each: Stripe) => [each.secretKey, each.restrictedKey];
  for (const key of keys(stripe)) {
    expect(heart(key)).toHaveLength(40);
    expect(seen.some((text) => text.includes(heart(key)))).toBe(false);
  }
});
