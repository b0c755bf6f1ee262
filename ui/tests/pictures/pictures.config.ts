/** Takes the pictures of the README: `cargo xtask pictures`. They go to `PINSTRIPE_PICTURES`. */
import { defineConfig } from "@playwright/test";
import base from "../playwright.config";

export default defineConfig({
  ...base,
  testDir: ".",
  outputDir: "../results",
  testMatch: "pictures.ts",
  workers: 1,
  timeout: 100_000,
});
