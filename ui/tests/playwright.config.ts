/**
 * Browser tests of the page against the real program. `PINSTRIPE_PROGRAM` says which one;
 * `CHROMIUM` which browser, else Debian's. Each test has a program and a library of its own: see workbench.ts.
 */
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  outputDir: "results",
  // Nothing is tried twice: a test that fails sometimes has found something.
  retries: 0,
  workers: Number(process.env.PINSTRIPE_TEST_WORKERS ?? 2),
  fullyParallel: true,
  forbidOnly: true,
  reporter: [["list"]],
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    viewport: { width: 1280, height: 800 },
    locale: "en-US",
    timezoneId: "Europe/Oslo",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
