/** axe finds nothing serious on any page, in either colour scheme. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import type { AxeResults } from "axe-core";
import {
  choose,
  expect,
  importSmall,
  openConnect,
  openConnections,
  openImport,
  startSandbox,
  test,
} from "./workbench";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function serious(page: Page, where: string): Promise<string[]> {
  // Evaluated, not added as a script: the page's security policy allows none but its own.
  await page.evaluate(axe);
  const results = await page.evaluate(
    () => (window as unknown as { axe: { run: () => Promise<unknown> } }).axe.run() as Promise<AxeResults>,
  );
  return results.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${where}: ${id}: ${html.slice(0, 200)}`));
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });
    test("every page", async ({ opened: page }) => {
      const found: string[] = [];
      await expect(page.getByRole("button", { name: "Try it with the sandbox" })).toBeVisible();
      found.push(...(await serious(page, "welcome")));
      await startSandbox(page);
      await choose(page, "Data Type", "Disputes");
      await page.getByRole("button", { name: "Preview" }).click();
      await expect(page.getByRole("checkbox", { name: "amount", exact: true })).toBeVisible();
      await page.getByLabel("Data Type", { exact: true }).click();
      found.push(...(await serious(page, "import dialog")));
      await page.keyboard.press("Escape");
      await importSmall(page, "Disputes");
      for (const tab of ["Summary", "Table", "Chart", "SQL", "History"]) {
        await page.getByRole("tab", { name: tab, exact: true }).click();
        await page.waitForLoadState("networkidle").catch(() => undefined);
        found.push(...(await serious(page, tab)));
      }
      for (const name of ["Payments overview", "SQL", "Runs", "Connections"]) {
        await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name }).click();
        await expect(
          page.getByRole("main").getByRole("heading").or(page.getByRole("main").getByRole("textbox")).first(),
        ).toBeVisible();
        found.push(...(await serious(page, name)));
      }
      await openConnect(page);
      await page.getByLabel("Secret or restricted key").fill("sk_test_");
      found.push(...(await serious(page, "connect with a key")));
      await page.getByText("With OAuth", { exact: true }).click();
      await expect(page.getByLabel("Client id")).toBeVisible();
      found.push(...(await serious(page, "OAuth settings")));
      await page.getByRole("button", { name: "Try OAuth with the sandbox" }).click();
      await expect(page.getByRole("button", { name: "Connect with Stripe" })).toBeVisible();
      found.push(...(await serious(page, "connect with OAuth")));
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Settings" }).click();
      found.push(...(await serious(page, "settings")));
      await page.keyboard.press("Escape");
      await openImport(page);
      await page.getByLabel("Custom Query String").fill("curency=jpy");
      await expect(page.getByRole("alert")).toBeVisible();
      found.push(...(await serious(page, "refused")));
      expect(found).toEqual([]);
    });
  });
}

for (const colorScheme of ["light", "dark"] as const) {
  const withStripe = test.extend({ apiBase: async ({ stripe }, use) => use(stripe.url) });
  withStripe.describe(`connections, ${colorScheme}`, () => {
    withStripe.use({ colorScheme });
    withStripe("rows, outcomes and questions", async ({ opened: page, stripe }) => {
      const found: string[] = [];
      await openConnections(page);
      await openConnect(page);
      await page.getByLabel("Name", { exact: true }).fill("My shop");
      await page.getByLabel("Secret or restricted key").fill("sk_test_0123456789abcdef");
      await page.getByRole("button", { name: "Add", exact: true }).click();
      await expect(page.getByRole("alert")).toBeVisible();
      found.push(...(await serious(page, "refused key")));
      await page.getByLabel("Secret or restricted key").fill(stripe.secretKey);
      await page.getByRole("button", { name: "Add", exact: true }).click();
      await expect(page.getByRole("status").filter({ hasText: "My shop is connected" })).toBeVisible();
      found.push(...(await serious(page, "outcome")));
      await page.getByRole("button", { name: "Done" }).click();
      await page.getByText("10 of 10 data types can be read").click();
      found.push(...(await serious(page, "rows")));
      await page.getByRole("button", { name: "Actions for My shop" }).click();
      found.push(...(await serious(page, "actions")));
      await page.getByRole("menuitem", { name: "Remove…" }).click();
      found.push(...(await serious(page, "remove")));
      expect(found).toEqual([]);
    });
  });
}
