import { mkdirSync } from "node:fs";
import { createEdgeProxy } from "@edgekit/edge-proxy";
import { hasCommand, until } from "@edgekit/testkit";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openBrowser } from "./support/chromium.ts";
import { ShownNlb, scriptedId } from "./support/shown-nlb.ts";

/** A folder: the page's states are put there as pictures, for people to look at. */
const pictures = process.env["STATUS_PAGE_PICTURES"];
if (pictures !== undefined) mkdirSync(pictures, { recursive: true });

const looks: readonly (readonly [string, BrowserContextOptions])[] = [
  ["light", { viewport: { width: 1280, height: 900 }, colorScheme: "light" }],
  ["dark", { viewport: { width: 1280, height: 900 }, colorScheme: "dark" }],
  ["tablet", { viewport: { width: 800, height: 1000 } }],
  ["phone", { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 }],
];

describe.skipIf(!hasCommand("chromium"))("needs chromium: the status page", () => {
  let browser: Browser;
  let shown: ShownNlb;
  /** What went wrong inside a page: exceptions, refused loads, violations of its policy. */
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    complaints.length = 0;
    shown = await ShownNlb.start();
    await until(() => shown.state(0) === "healthy" && shown.state(1) === "healthy", "the first checks");
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await shown[Symbol.asyncDispose]();
  });

  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await (await browser.newContext(options)).newPage();
    page.setDefaultTimeout(15_000);
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(shown.url);
    await page.locator('#live[data-state="live"]').waitFor();
    return page;
  }

  /** The row of a target of the group app. */
  const row = (page: Page, index: number): Locator =>
    page.locator(`[data-group="app"] [data-target="${shown.key(index)}"]`);

  // biome-ignore lint/performance/useDomNodeTextContent: what is hidden is not to be found.
  const textOf = (locator: Locator): Promise<string> => locator.innerText();

  const picture = async (page: Page, name: string): Promise<void> => {
    if (pictures !== undefined) await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
  };

  it("says how targets stand and why, where clients connect, and what in the config has no effect", async () => {
    if (shown.targets[2]) shown.targets[2].isHealthy = false;
    const page = await open();
    await row(page, 2).getByText("unhealthy", { exact: true }).waitFor();
    await shown.send(20);
    expect(await textOf(row(page, 0))).toMatch(/healthy\s+gets new flows\s+passed: HTTP 200 \(.+ ms\)\s+\d s ago/);
    expect(await textOf(row(page, 1))).toContain("zone local-1b");
    expect(await textOf(row(page, 2))).toMatch(/failed its health checks\s+failed: HTTP 503/);
    await page.locator('[data-group="green"]').getByText("Fails open in local-1a, local-1b").waitFor();
    expect(await textOf(page.locator('[data-group="empty"]'))).toContain("No target is registered.");
    expect(await textOf(page.locator('[data-group="spare"]'))).toContain("no listener uses it");
    const web = await textOf(page.locator('[data-balancer="web"]'));
    for (const { address, port } of shown.nlb.listeners.filter(({ loadBalancer }) => loadBalancer === "web")) {
      expect(web).toContain(`${address}:${port}`);
    }
    expect(web).toContain("blue 90 %, green 10 %");
    const other = await textOf(page.locator('[data-balancer="private"]'));
    expect(other).toContain("VPC endpoint vpce-08d2bf15fac5001c9");
    expect(other).toContain("Targets see the address of clients inside 127.0.0.0/8");
    expect(await textOf(page.locator("#notices"))).toMatch(/zonal_shift.*no effect[\s\S]*Time scale 0.1/);
    await page.locator("#ends").getByText("20", { exact: true }).waitFor();
    expect(await page.locator("#ends tbody tr").count()).toBe(12);
    expect(await textOf(page.locator("#limits"))).toMatch(/Flows\s+0 of [\d,]+ \(0 %\)/);
    expect(complaints).toEqual([]);
  });

  it("shows worker processes where there are any, also one that has been replaced", async () => {
    const alone = await open();
    expect(await alone.locator("#workers-section").isVisible()).toBe(false);
    await alone.context().close();
    await shown[Symbol.asyncDispose]();
    shown = await ShownNlb.start({ workers: 2 });
    const page = await open();
    const [first, second] = shown.nlb.state().workers;
    const workers = page.locator("#workers");
    await workers.getByText(`process ${second?.pid}, 0 flows`, { exact: true }).waitFor();
    expect(await textOf(page.locator("#limits"))).toContain("File descriptors of each worker");
    process.kill(first?.pid as number, "SIGKILL");
    await workers.getByText(/process \d+, 0 flows; replaced once$/).waitFor();
    expect(await textOf(workers)).not.toContain(`process ${first?.pid},`);
    await page.evaluate(axe.source);
    const { violations } = (await page.evaluate("axe.run()")) as axe.AxeResults;
    expect(violations.map(({ id }) => id)).toEqual([]);
    await picture(page, "workers");
    expect(complaints).toEqual([]);
  });

  it("drains a target, and takes it back", async () => {
    const page = await open();
    const drain = page.getByRole("button", { name: `Drain ${shown.key(1)} of app` });
    await drain.click();
    await row(page, 1).getByText("draining", { exact: true }).waitFor();
    expect(shown.state(1)).toBe("draining");
    expect(await textOf(row(page, 1))).toMatch(/drained by hand; its flows have \d+ s to end/);
    await page
      .getByRole("status")
      .getByText(`${shown.key(1)} of app is draining`)
      .waitFor();
    await page.getByRole("button", { name: `Ready ${shown.key(1)} of app` }).click();
    await row(page, 1).getByText("healthy", { exact: true }).waitFor();
    expect(shown.state(1)).toBe("healthy");
    await drain.waitFor();
    expect(complaints).toEqual([]);
  });

  it("forces what health checks find, by keyboard", async () => {
    const page = await open();
    const choice = page.getByRole("combobox", { name: `Health checks of ${shown.key(0)} of app` });
    await choice.focus();
    await choice.press("End");
    await row(page, 0).getByText("health checks forced: unhealthy").waitFor();
    await row(page, 0).getByText("unhealthy", { exact: true }).waitFor();
    expect(shown.state(0)).toBe("unhealthy");
    await choice.selectOption("Real checks");
    await row(page, 0).getByText("healthy", { exact: true }).waitFor();
    expect(await choice.inputValue()).toBe("none");
    expect(complaints).toEqual([]);
  });

  it("says what could not be done", async () => {
    const page = await open();
    // Gone by the time that the button is pressed.
    await page.route("**/api/state?*", (route) => route.abort());
    await shown.nlb.update({});
    await page.getByRole("button", { name: `Drain ${shown.key(0)} of app` }).click();
    await page.getByRole("status").getByText("there is no target group 'app'").waitFor();
  });

  it("asks where a flow would go, and shows the answer as it is", async () => {
    const page = await open();
    const asked: string[] = [];
    await page.route("**/explain?*", (route) => {
      asked.push(new URL(route.request().url()).search);
      return route.fulfill({
        json: asked.length === 1 ? { target: scriptedId } : { error: "no such listener" },
        status: asked.length === 1 ? 200 : 400,
      });
    });
    await page.getByLabel("From").fill("198.51.100.7:40001");
    await page.getByLabel("To").fill("web:80");
    await page.getByRole("button", { name: "Explain" }).click();
    await page
      .locator("#explain output")
      .getByText(JSON.stringify({ target: scriptedId }).slice(1, -1).replace(":", ": "))
      .waitFor();
    await page.getByLabel("To").press("Enter");
    await page.locator("#explain output").getByText("no such listener").waitFor();
    expect(asked).toEqual(Array(2).fill("?from=198.51.100.7%3A40001&to=web%3A80"));
    const [at] = shown.nlb.listeners;
    expect(await page.locator("#explain-to option").first().getAttribute("value")).toBe(`${at?.address}:${at?.port}`);
  });

  it("shows names as they are, whatever they look like", async () => {
    const page = await open();
    await page.getByRole("rowheader", { name: scriptedId }).waitFor();
    expect(await page.locator("main img").count()).toBe(0);
    expect(await page.title()).toBe("edge-proxy");
    expect(complaints).toEqual([]);
  });

  it.each(looks)("can be read by everybody, and without scrolling sideways: %s", async (look, options) => {
    if (shown.targets[2]) shown.targets[2].isHealthy = false;
    shown.nlb.drainTarget("app", shown.key(1));
    shown.nlb.forceTargetHealth("app", shown.key(0), "healthy");
    const page = await open(options);
    await shown.send(20);
    await row(page, 2).getByText("unhealthy", { exact: true }).waitFor();
    await page.locator("#ends").getByText("20", { exact: true }).waitFor();
    const { scroll, window } = await page.evaluate(
      "({ scroll: document.documentElement.scrollWidth, window: innerWidth })" as unknown as () => Record<
        string,
        number
      >,
    );
    expect(scroll).toBeLessThanOrEqual(window ?? 0);
    await page.evaluate(axe.source);
    const { violations } = (await page.evaluate("axe.run()")) as axe.AxeResults;
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    await picture(page, `${look}-mixed`);
  });

  it("asks about once a second, and not while nobody can see it or it is paused", async () => {
    const page = await open();
    let questions = 0;
    await page.clock.install();
    await page.reload();
    await page.locator('#live[data-state="live"]').waitFor();
    page.on("request", (request) => {
      if (request.url().includes("/api/state")) questions++;
    });
    const look = (hidden: boolean): Promise<void> =>
      page.evaluate(
        `Object.defineProperty(document, "hidden", { value: ${hidden}, configurable: true });
         document.dispatchEvent(new Event("visibilitychange")); undefined;`,
      );
    await look(true);
    await page.clock.runFor(60_000);
    expect(questions).toBe(0);
    await look(false);
    await until(() => questions === 1, "a question as soon as somebody looks");
    await page.locator('#live[data-state="live"]').waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    const before = questions;
    await page.clock.runFor(60_000);
    expect(questions).toBe(before);
    await page.getByRole("button", { name: "Go on" }).click();
    await until(() => questions > before, "a question when it goes on");
  });

  it("opens with the link that has the token, and keeps the token out of sight", async () => {
    const token = "a-token-for-tests_01";
    await using nlb = await createEdgeProxy({
      admin: { address: "0.0.0.0", port: 0, token },
      targetGroups: [{ name: "app", port: 80, targets: [{ id: "127.0.0.1" }] }],
    }).start();
    const url = `http://127.0.0.1:${nlb.admin?.port}/`;
    const page = await (await browser.newContext()).newPage();
    expect((await page.goto(url))?.status()).toBe(401);
    await page.goto(`${url}?token=${token}`);
    expect(page.url()).toBe(url);
    await page.getByRole("button", { name: "Drain 127.0.0.1:80 of app" }).click();
    await page.getByText("drained by hand").first().waitFor();
    expect(nlb.state().targetGroups[0]?.targets[0]?.byHand.drained).toBe(true);
    expect(await page.evaluate("document.cookie")).toBe("");
  });

  it("says so when the config is empty, and when nobody answers any more", async () => {
    const page = await open();
    await picture(page, "light-healthy");
    await shown.nlb.update({});
    await page.getByText("The config is empty: there is no load balancer and no target group yet.").waitFor();
    expect(await page.locator("#groups").locator("article").count()).toBe(0);
    await picture(page, "light-empty");
    await shown.nlb.close({ drainMs: 0 });
    await page
      .locator('#live[data-state="lost"]')
      .getByText(/no answer since \d\d:\d\d:\d\d: nobody is there/)
      .waitFor();
    await picture(page, "light-lost");
  });
});
