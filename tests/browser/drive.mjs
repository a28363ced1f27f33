// Drives the page in a headless Chromium: drive.mjs URL PHOTO SIGMA OUT.png SCREENSHOT.png

import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";

const { chromium } = createRequire(`${process.cwd()}/`)("playwright-core");
const [url, photo, sigma, out, screenshot] = process.argv.slice(2);
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: flags });
const page = await browser.newPage({ viewport: { width: 960, height: 900 } });
const asked = [];
page.on("request", (request) => asked.push(request.url()));
page.on("pageerror", (error) => console.error(String(error)));

/** The page counts what it has finished. */
async function finished(count) {
  await page.waitForFunction((n) => Number(document.body.dataset.ready) >= n, count, { timeout: 120_000 });
}

await page.goto(url);
await finished(1);
await page.setInputFiles("#photo", photo);
await finished(2);
await page.evaluate((value) => { document.getElementById("sigma").value = value; }, sigma);
// What the bar shows between the tasks of the page, when it may be painted.
await page.evaluate(() => {
  window.shown = new Set();
  const { port1, port2 } = new MessageChannel();
  const look = () => { window.shown.add(document.getElementById("progress").value); port2.postMessage(null); };
  port1.onmessage = look;
  look();
});
await page.click("#go");
await finished(3);
const encoded = await page.evaluate(() => document.getElementById("after").toDataURL("image/png"));
writeFileSync(out, Buffer.from(encoded.split(",")[1], "base64"));
await page.screenshot({ path: screenshot });
console.log(JSON.stringify({ status: await page.textContent("#status"), download: await page.isVisible("#download"), asked,
  shown: await page.evaluate(() => [...window.shown]) }));
await browser.close();
