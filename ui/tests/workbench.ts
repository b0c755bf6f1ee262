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
  /** Everything that it leaves behind: the library, and a home of its own. */
  folder: string;
}

/** A local Stripe in a process of its own. */
export interface Stripe {
  url: string;
  secretKey: string;
  restrictedKey: string;
  account: string;
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

async function stripeOf(child: ChildProcess): Promise<Stripe> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const line = await new Promise<string>((resolve, reject) => {
    lines.once("line", resolve);
    child.on("exit", (code) => reject(new Error(`the sandbox ended with ${code}`)));
    child.on("error", reject);
  });
  const said = JSON.parse(line) as Record<string, string>;
  return {
    url: said.url ?? "",
    secretKey: said.secret_key ?? "",
    restrictedKey: said.restricted_key ?? "",
    account: said.account ?? "",
  };
}

interface Fixtures {
  /** Runs only for tests that name it. */
  stripe: Stripe;
  /** The server that typed keys are for. */
  apiBase: string | null;
  workbench: Workbench;
  opened: Page;
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
  stripe: async ({}, use) => {
    const child = spawn(program, ["sandbox", "--json", "--port", "0", "--customers", "30"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const ended = new Promise((resolve) => child.on("close", resolve));
    try {
      await use(await stripeOf(child));
    } finally {
      child.kill("SIGTERM");
      await ended;
    }
  },
  apiBase: [null, { option: true }],
  workbench: async ({ apiBase }, use) => {
    if (program === "") throw new Error("expected PINSTRIPE_PROGRAM to name the program under test");
    const folder = mkdtempSync(join(tmpdir(), "pinstripe-page-"));
    const library = join(folder, "library");
    const child = spawn(program, ["workbench", "--port", "0", "--no-open"], {
      env: {
        PATH: process.env.PATH,
        HOME: join(folder, "home"),
        TZ: "Europe/Oslo",
        PINSTRIPE_LIBRARY: library,
        PINSTRIPE_SECRETS: "file",
        ...(apiBase === null ? {} : { STRIPE_API_BASE: apiBase }),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = new Promise((resolve) => child.on("close", resolve));
    try {
      await use({ address: await addressOf(child), library, folder });
    } finally {
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
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

export async function openConnections(page: Page) {
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Connections" }).click();
  await expect(page.getByRole("heading", { name: "Connections", exact: true })).toBeVisible();
}

/** Connections, Add, Stripe. */
export async function openConnect(page: Page) {
  await page.getByRole("button", { name: "Add connection" }).click();
  await page.getByRole("menuitem", { name: "Stripe" }).click();
  await expect(page.getByRole("dialog", { name: "Connect a Stripe account" })).toBeVisible();
}

export const connection = (page: Page, name: string) =>
  page.getByRole("list", { name: "Connections" }).getByRole("listitem", { name, exact: true });

export const frames = (page: Page) => page.getByRole("region", { name: "Data Frames" });
