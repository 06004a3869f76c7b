// npm run draw -- PROMETHEUS FOLDER SECONDS: pictures of the dashboards over the last so many seconds.
// Ends with 1 when a panel has no data that must have some, or anything has an error.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext } from "playwright-core";
import { preview } from "vite";
import type { Told } from "./src/panel.tsx";

const [prometheus, folder, seconds] = process.argv.slice(2);
if (!prometheus || !folder || !seconds) throw new Error("npm run draw -- PROMETHEUS FOLDER SECONDS");

async function shoot(browser: BrowserContext, address: string, board: string): Promise<string[]> {
  const faults: string[] = [];
  const page = await browser.newPage();
  await page.setViewportSize({ width: 1920, height: 1080 });
  page.on("pageerror", (error) => faults.push(`page: ${error.message}`));
  page.on("console", (message) => { if (message.type() === "error") faults.push(`console: ${message.text()} ${message.location().url}`); });
  await page.goto(`${address}?${new URLSearchParams({ board, prometheus: prometheus!, seconds: seconds! })}`);
  await page.waitForFunction(() => window.told !== undefined, undefined, { timeout: 60_000 })
    .catch(() => faults.push("not every panel told what it has within 60 s"));
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.waitForTimeout(1500);  // uPlot draws in frames of its own
  const told: Told[] = await page.evaluate(() => window.told ?? []);
  for (const { title, series, emptyWhenWell, errors } of told) {
    faults.push(...errors.map((error) => `${title}: ${error}`));
    if (!series && !emptyWhenWell && !errors.length) faults.push(`${title}: no data`);
  }
  await page.screenshot({ path: join(folder!, `${board}.png`) });
  await page.setViewportSize({ width: 1920, height: await page.evaluate(() => document.documentElement.scrollHeight) });
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(folder!, `${board}-whole.png`) });
  console.log(`${board}: ${told.length} panels, ${told.filter(({ series }) => series > 0).length} with data, ${faults.length} faults`);
  await page.close();
  return faults.map((fault) => `${board}: ${fault}`);
}

const profile = mkdtempSync(join(tmpdir(), "lamplight-draw-"));
const server = await preview({ preview: { host: "127.0.0.1", port: 0 }, logLevel: "error" });
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: "/usr/bin/chromium", headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const faults: string[] = [];
try {
  const { port } = server.httpServer.address() as { port: number };
  for (const board of ["lamplight-campaign", "lamplight-circulation", "lamplight-clearance", "lamplight-services"]) faults.push(...await shoot(browser, `http://127.0.0.1:${port}/`, board));
} finally {
  await browser.close();
  await server.close();
  rmSync(profile, { recursive: true, force: true });
}
for (const fault of faults) console.error(fault);
process.exit(faults.length ? 1 : 0);
