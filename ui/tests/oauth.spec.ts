/** OAuth the whole way with the sandbox's consent page: approved, denied, cancelled, pasted; the list follows by itself. */
import type { BrowserContext, Page } from "@playwright/test";
import { connection, expect, openConnect, openConnections, startSandbox, test } from "./workbench";

// The sandbox's platform has one redirect address, and one port waits for the answer.
test.describe.configure({ mode: "default" });

/** The sandbox's own platform or app is set, and the form asks for a name. */
async function openOAuth(page: Page, kind: "Connect platform" | "Stripe App") {
  await startSandbox(page);
  await page.getByRole("button", { name: "Cancel" }).click();
  await openConnections(page);
  await openConnect(page);
  await page.getByText("With OAuth", { exact: true }).click();
  await page.getByText(kind, { exact: true }).click();
  await page.getByRole("button", { name: "Try OAuth with the sandbox" }).click();
  await page.getByLabel("Name", { exact: true }).fill("My seller");
}

/** Presses the button and gives the tab with Stripe's page. */
async function connect(page: Page, context: BrowserContext): Promise<Page> {
  const [tab] = await Promise.all([
    context.waitForEvent("page"),
    page.getByRole("button", { name: "Connect with Stripe" }).click(),
  ]);
  await expect(tab.getByRole("button", { name: "Connect" })).toBeVisible();
  return tab;
}

for (const kind of ["Connect platform", "Stripe App"] as const) {
  test(`${kind}: agreed on Stripe's page, and the list shows it by itself`, async ({
    opened: page,
    context,
  }) => {
    await openOAuth(page, kind);
    const tab = await connect(page, context);
    await expect(page.getByRole("status").filter({ hasText: "Waiting" })).toBeVisible();
    expect(await tab.evaluate(() => window.opener === null && document.referrer === "")).toBe(true);
    await tab.getByRole("button", { name: "Connect" }).click();
    await expect(tab.getByRole("heading", { name: "Authorized" })).toBeVisible();
    await expect(page.getByRole("status").filter({ hasText: "Authorized: My seller" })).toBeVisible();
    await page.getByRole("button", { name: "Done" }).click();
    await expect(connection(page, "My seller")).toContainText(`OAuth, ${kind}`);
    await expect(connection(page, "My seller")).toContainText("Sandbox");
    await expect(connection(page, "My seller")).toContainText("acct_");

    await page.getByRole("button", { name: "Actions for My seller" }).click();
    await page.getByRole("menuitem", { name: "Remove…" }).click();
    await expect(page.getByRole("dialog")).toContainText("given back to Stripe");
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    await expect(connection(page, "My seller")).toHaveCount(0);
  });
}

test("a denial is said, and one can begin again", async ({ opened: page, context }) => {
  await openOAuth(page, "Connect platform");
  const tab = await connect(page, context);
  await tab.getByRole("button", { name: "Deny" }).click();
  await expect(tab.getByRole("heading", { name: "Not authorized" })).toBeVisible();
  await expect(page.getByRole("alert")).toContainText("Access was denied");
  await page.getByRole("button", { name: "Begin again" }).click();
  await page.getByLabel("Name", { exact: true }).fill("My seller");
  const second = await connect(page, context);
  await second.getByRole("button", { name: "Connect" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Authorized: My seller" })).toBeVisible();
});

test("an answer can be pasted, a wrong one is refused, and a request can be cancelled", async ({
  opened: page,
  context,
}) => {
  await openOAuth(page, "Connect platform");
  const tab = await connect(page, context);
  const field = page.getByLabel("Code or address");
  await field.fill("http://127.0.0.1:8765/oauth/callback?code=ac_forged&state=x");
  await page.getByRole("button", { name: "Use it" }).click();
  await expect(page.getByRole("alert")).toContainText("does not belong to this request");
  // As where the browser cannot come back: the address is all there is.
  const answered = await tab.request.post(new URL("/oauth/authorize", tab.url()).href, {
    form: {
      request: await tab.locator("[name=request]").inputValue(),
      account: await tab.getByLabel("Account").inputValue(),
      decision: "connect",
    },
    maxRedirects: 0,
  });
  const back = answered.headers().location ?? "";
  await field.fill(back);
  await page.getByRole("button", { name: "Use it" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Authorized: My seller" })).toBeVisible();
  expect(await page.content()).not.toContain(new URL(back).searchParams.get("code"));
  await page.getByRole("button", { name: "Done" }).click();

  await openConnect(page);
  await page.getByText("With OAuth", { exact: true }).click();
  await page.getByLabel("Name", { exact: true }).fill("My seller");
  await page.getByRole("button", { name: "Connect with Stripe" }).click();
  await expect(page.getByRole("alert")).toContainText("exists already");
  await page.getByLabel("Name", { exact: true }).fill("Another");
  await connect(page, context);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(connection(page, "Another")).toHaveCount(0);
});

test("settings of one's own are checked and kept, without the secret", async ({ opened: page }) => {
  await openConnections(page);
  await openConnect(page);
  await page.getByText("With OAuth", { exact: true }).click();
  await page.getByLabel("Client id").fill("not-one");
  await page.getByLabel("Secret key of its owner").fill("sk_test_0123456789abcdefghij4711");
  await expect(page.getByLabel("Redirect address")).toHaveValue("http://127.0.0.1:8765/oauth/callback");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("alert")).toContainText("client id");
  await page.getByLabel("Client id").fill("ca_0123456789");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("dialog")).toContainText("ca_0123456789");
  await page.getByRole("button", { name: "Change settings" }).click();
  await expect(page.getByLabel("Secret key of its owner")).toHaveValue("");
  expect(await page.content()).not.toContain("0123456789abcdefghij");
});
