/** Imports that Stripe does not answer as it should: what is shown meanwhile, and the ways on afterwards. */
import { request as ask, createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { test as base, choose, expect, frames, openImport } from "./workbench";

type Manner = "as it is" | "no page" | "slow down";

/** Between the program and the local Stripe; its manner with disputes is the test's to choose. */
const between: { manner: Manner } = { manner: "as it is" };

const answers: Record<Exclude<Manner, "as it is">, [status: number, body: string]> = {
  "no page": [200, "<html>not here</html>"],
  "slow down": [429, JSON.stringify({ error: { type: "rate_limit_error", message: "too many requests" } })],
};

const test = base.extend({
  apiBase: async ({ stripe }, use) => {
    between.manner = "as it is";
    const server: Server = createServer((question, answer) => {
      const { manner } = between;
      if (manner !== "as it is" && question.url?.startsWith("/v1/disputes")) {
        const [status, body] = answers[manner];
        answer.writeHead(status, { "content-type": "application/json" }).end(body);
        return;
      }
      const { method, headers } = question;
      const passed = ask(new URL(question.url ?? "/", stripe.url), { method, headers }, (reply) => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(answer);
      });
      passed.on("error", () => answer.destroy());
      question.pipe(passed);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.closeAllConnections();
    server.close();
  },
});

async function importDisputes(page: Page, key: string, query: string) {
  await page.evaluate(async (typed) => {
    const body = JSON.stringify({ name: "Shop", key: typed, data_types: null });
    await fetch("/api/connections", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
  }, key);
  await page.reload();
  await openImport(page);
  await expect(page.getByLabel("Connection", { exact: true })).toHaveValue("Shop");
  await choose(page, "Data Type", "Disputes");
  await page.getByLabel("Custom Query String").fill(query);
}

const start = (page: Page) => page.getByRole("button", { name: "Import", exact: true }).click();

test("an import that failed is tried again, or its request is changed", async ({ opened: page, stripe }) => {
  await importDisputes(page, stripe.secretKey, "amount[gt]=0");
  between.manner = "no page";
  await start(page);
  await expect(page.getByRole("alert")).toContainText("The last import failed", { timeout: 40_000 });
  await expect(frames(page).getByRole("link", { name: /disputes/ })).toContainText("Failed");

  await page.getByRole("button", { name: "Change the request" }).click();
  await expect(page.getByLabel("Data Frame Name")).toHaveValue("disputes");
  await expect(page.getByLabel("Data Type", { exact: true })).toHaveValue("Disputes");
  await expect(page.getByLabel("Custom Query String")).toHaveValue("amount[gt]=0");
  await page.getByRole("button", { name: "Cancel" }).click();

  between.manner = "as it is";
  await page.getByRole("button", { name: /^(Try again|Go on)$/ }).click();
  await expect(page.getByRole("tab", { name: "Summary" })).toBeVisible({ timeout: 40_000 });
});

test("an import that is refused says that it waits, and stands first in the list when stopped", async ({
  opened: page,
  stripe,
}) => {
  await importDisputes(page, stripe.secretKey, "");
  await start(page);
  await expect(page.getByRole("tab", { name: "Summary" })).toBeVisible({ timeout: 40_000 });
  await openImport(page);
  await choose(page, "Data Type", "Disputes");
  between.manner = "slow down";
  await start(page);
  const card = page.getByRole("region", { name: "Import of disputes_2" });
  await expect(card.getByRole("status")).toContainText("Waiting: Stripe asked to slow down", {
    timeout: 20_000,
  });
  await card.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("alert")).toContainText("stopped", { timeout: 20_000 });
  await expect(frames(page).getByRole("listitem").first()).toContainText("disputes_2");
});
