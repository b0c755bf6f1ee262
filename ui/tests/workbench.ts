/**
 * A program for each test, with an empty library in a folder of its own, and the steps that several tests take.
 * Steps use what a person sees: labels, roles and names, never classes.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test as base, expect, type Page } from "@playwright/test";

export interface Workbench {
  /** With the token in it. */
  address: string;
  library: string;
}

const program = process.env.PINSTRIPE_PROGRAM ?? "";

export async function addressOf(child: ChildProcess): Promise<string> {
  const lines = [child.stdout, child.stderr].map((stream) =>
    createInterface({ input: stream as NodeJS.ReadableStream }),
  );
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    for (const line of lines) {
      line.on("line", (text) => {
        said.push(text);
        const found = text.match(/http:\/\/127\.0\.0\.1:\d+\/\?token=[0-9a-f]+/);
        if (found) resolve(found[0]);
      });
    }
    child.on("exit", (code) => reject(new Error(`the program ended with ${code}:\n${said.join("\n")}`)));
    child.on("error", reject);
  });
}

export const test = base.extend<{ workbench: Workbench; opened: Page }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
  workbench: async ({}, use) => {
    if (program === "") throw new Error("expected PINSTRIPE_PROGRAM to name the program under test");
    const library = mkdtempSync(join(tmpdir(), "pinstripe-page-"));
    const child = spawn(program, ["workbench", "--port", "0", "--no-open"], {
      env: { PATH: process.env.PATH, HOME: library, TZ: "Europe/Oslo", PINSTRIPE_LIBRARY: library },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = new Promise((resolve) => child.on("close", resolve));
    try {
      await use({ address: await addressOf(child), library });
    } finally {
      child.kill("SIGTERM");
      await ended;
      rmSync(library, { recursive: true, force: true });
    }
  },
  opened: async ({ page, workbench }, use) => {
    const broken: string[] = [];
    page.on("pageerror", (error) => broken.push(String(error)));
    page.on("console", (message) => {
      // Chromium reports every refusal that the page shows in its place.
      const refused = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !refused) broken.push(message.text());
    });
    await page.goto(workbench.address);
    await use(page);
    expect(broken).toEqual([]);
  },
});

export { expect };

/** The path of the guide: '+', Import Cloud Apps Data, Stripe. */
export async function openImport(page: Page) {
  await page.getByRole("button", { name: "Add data frame" }).click();
  await page.getByRole("menuitem", { name: "Import Cloud Apps Data" }).click();
  await page.getByRole("button", { name: "Stripe", exact: true }).click();
  await expect(page.getByLabel("Data Frame Name")).toBeVisible();
}

export async function choose(page: Page, label: string, option: string) {
  await page.getByLabel(label, { exact: true }).click();
  await page.getByRole("option", { name: option, exact: true }).click();
}

/** Connects the sandbox from the empty page, which opens the import dialog. */
export async function startSandbox(page: Page) {
  await page.getByRole("button", { name: "Try it with the sandbox" }).click();
  await expect(page.getByLabel("Connection", { exact: true })).toHaveValue("Sandbox");
}

/** A sandbox so large that an import of it can be watched. */
export async function startLargeSandbox(page: Page) {
  await page.evaluate(async () => {
    const asked = { method: "POST", headers: { "content-type": "application/json" } };
    await fetch("/api/sandbox", { ...asked, body: JSON.stringify({ customers: 50_000 }) });
  });
  await page.getByRole("button", { name: "Begin with Sandbox" }).click();
  await expect(page.getByLabel("Connection", { exact: true })).toHaveValue("Sandbox");
}

/** Imports all of a small list, and waits until it is there. */
export async function importSmall(page: Page, dataType: string) {
  await choose(page, "Data Type", dataType);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("tab", { name: "Summary" })).toBeVisible({ timeout: 40_000 });
}

export const frames = (page: Page) => page.getByRole("region", { name: "Data Frames" });
