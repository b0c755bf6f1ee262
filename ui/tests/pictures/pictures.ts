/** The demo as a person sees it, page by page, in light and in dark. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, expect, type Page } from "@playwright/test";
import { addressOf, choose, frames, openImport } from "../workbench";

const folder = process.env.PINSTRIPE_PICTURES ?? "";
const program = process.env.PINSTRIPE_PROGRAM ?? "";

const test = base.extend<{ demo: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
  demo: async ({}, use) => {
    const library = mkdtempSync(join(tmpdir(), "pinstripe-pictures-"));
    const child = spawn(program, ["demo", "--no-open", "--port", "0"], {
      env: { PATH: process.env.PATH, HOME: library, TZ: "Europe/Oslo", PINSTRIPE_LIBRARY: library },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = new Promise((resolve) => child.on("close", resolve));
    try {
      await use(await addressOf(child));
    } finally {
      child.kill("SIGTERM");
      await ended;
      rmSync(library, { recursive: true, force: true });
    }
  },
});

async function take(page: Page, name: string) {
  // Whatever is on its way has come, and nothing moves.
  await page.waitForTimeout(1_500);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.waitForTimeout(400);
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`), animations: "disabled" });
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
}

test("every page", async ({ page, demo }) => {
  await page.goto(demo);
  // The demo imports while the page is open; subscriptions are the last.
  await expect(frames(page).getByRole("link", { name: /subscriptions/ })).toContainText("rows", {
    timeout: 240_000,
  });

  await openImport(page);
  await choose(page, "Data Type", "Charges");
  await choose(page, "Date Range", "Last N Months");
  await page.getByLabel("Value for Date Range").fill("6");
  await page.getByLabel("Custom Query String").fill("currency=jpy&amount[gt]=1000");
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByRole("region", { name: "First rows" }).getByRole("status")).toContainText(
    "looked at",
  );
  await take(page, "import");
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /close|cancel/i })
    .first()
    .click();

  await frames(page)
    .getByRole("link", { name: /charges/ })
    .click();
  for (const tab of ["Summary", "Table", "Chart"]) {
    await page.getByRole("tab", { name: tab, exact: true }).click();
    await take(page, tab.toLowerCase());
  }
  await page
    .getByRole("navigation", { name: "Pages" })
    .getByRole("link", { name: "Payments overview" })
    .click();
  await take(page, "overview");
});
