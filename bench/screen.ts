/**
 * A room of a hundred thousand messages on the screen, in Chromium: opening it, scrolling through it, and what the page holds
 * meanwhile. A real headless peer on loopback; the baseline is a plain page with as many rows, drawn by the same browser.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CDPSession, Page } from "playwright-core";
import { startChromium } from "../tests/e2e/support/chromium.ts";
import { ApiConnection } from "./api-connection.ts";
import { drawFrames } from "./frame-chart.ts";
import { ready, startPeer } from "./processes.ts";
import { median, ms, percentile, type Row } from "./stats.ts";

const messages = Number(process.env["SCREEN_MESSAGES"] ?? 100_000);
const atOnce = 40;
const openings = 25;
/** As a hand that flicks the wheel: some nine screens a second. */
const wheelPx = 120;
const wheelTurns = 1_500;
const frameMs = 1_000 / 60;
const figure = new URL("../docs/screen.svg", import.meta.url).pathname;

export async function screenRows(): Promise<Row[]> {
  const peer = startPeer("screen");
  const browser = await startChromium();
  try {
    const { dataDir } = await ready(peer);
    const api = await ApiConnection.open(dataDir);
    const { roomId } = await api.call("rooms.create", { name: "long", visibility: "public" });
    await api.call("rooms.create", { name: "short", visibility: "public" });
    for (let sent = 0; sent < messages; sent += atOnce)
      await Promise.all(Array.from({ length: atOnce }, (_, i) => api.call("messages.send", { to: roomId, text: textOf(sent + i) })));
    api.close();
    const { url, token } = JSON.parse(readFileSync(join(dataDir, "api.json"), "utf8")) as { url: string; token: string };
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.goto(`${url}/#token=${token}`);
    await page.getByRole("navigation").getByRole("button", { name: "short" }).click();
    const cold = await timeOpenings(page, true);
    const warm = await timeOpenings(page, false);
    const cdp = await context.newCDPSession(page);
    const before = await held(cdp);
    const up = await scroll(page, -wheelPx);
    const after = await held(cdp);
    await context.close();

    const plain = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
    const naive = await openNaive(plain);
    const naiveCdp = await plain.context().newCDPSession(plain);
    const naiveHeld = await held(naiveCdp);
    const naiveScroll = await scroll(plain, -wheelPx);
    writeFileSync(
      figure,
      drawFrames(`Frames while scrolling through a room of ${messages.toLocaleString("en")} messages`, [
        { name: "Earshot", frames: up.frames },
        { name: "a plain page of as many rows", frames: naiveScroll.frames },
      ]),
    );
    const frames = (taken: Scrolled): string =>
      `p50 ${ms(median(taken.frames))}, p95 ${ms(percentile(taken.frames, 0.95))}, p99 ${ms(percentile(taken.frames, 0.99))}, worst ${ms(Math.max(...taken.frames))}; ` +
      `${(100 * late(taken.frames)).toFixed(1)} % late`;
    return [
      {
        what: `opening a room of ${messages} messages, from the click to the messages on the screen, read anew`,
        value: `p50 ${ms(median(cold))}, p95 ${ms(percentile(cold, 0.95))}`,
        baseline: `${ms(naive)} for a plain page of as many rows`,
        aim: "≤ 100 ms",
      },
      {
        what: "the same of a room that the page remembers",
        value: `p50 ${ms(median(warm))}, p95 ${ms(percentile(warm, 0.95))}`,
        baseline: "",
        aim: "≤ 100 ms",
      },
      { what: `scrolling up through ${up.passed} messages, a frame`, value: frames(up), baseline: frames(naiveScroll), aim: "16.7 ms" },
      {
        what: "what the page holds before and after that",
        value: `${before.megabytes} → ${after.megabytes} MB, ${before.nodes} → ${after.nodes} nodes`,
        baseline: `${naiveHeld.megabytes} MB, ${naiveHeld.nodes} nodes`,
        aim: "does not grow",
      },
    ];
  } finally {
    await browser.close();
    await peer.stop("SIGKILL");
  }
}

/** As people write: lines, now and then several, a list, code, emphasis, a link. */
function textOf(number: number): string {
  if (number % 50 === 7) return `Steps for ${number}:\n- take it\n- *turn* it\n- put it back`;
  if (number % 50 === 19) return `\`\`\`ts\nconst entry = ${number};\nconsole.log(entry);\n\`\`\``;
  if (number % 10 === 3) return `message ${number} with **weight** and a link to https://example.org/${number}`;
  return `message ${number}, as long as people write them in a room, more or less`;
}

/** From the click to the frame in which the last message stands in view. `isAnew`: nothing of the room is remembered. */
async function timeOpenings(page: Page, isAnew: boolean): Promise<number[]> {
  const taken: number[] = [];
  for (let round = 0; round < openings; round++) {
    if (isAnew) {
      await page.reload();
      await page.getByRole("navigation").getByRole("button", { name: "short" }).click();
    } else await page.getByRole("navigation").getByRole("button", { name: "short" }).click();
    await page.getByRole("heading", { name: "short", level: 2 }).waitFor();
    await page.waitForTimeout(200);
    taken.push(Number(await page.evaluate(openAndWait(textOf(messages - 1).slice(0, 20)))));
  }
  return taken;
}

const openAndWait = (last: string): string => `new Promise((done) => {
  const button = [...document.querySelectorAll("nav button, .sidebar button")].find((one) => /^\\s*long/.test(one.textContent));
  const from = performance.now();
  button.click();
  const look = () => {
    const all = document.querySelectorAll(".messages [data-message]");
    const last = all[all.length - 1];
    const box = document.querySelector(".messages")?.getBoundingClientRect();
    const place = last?.getBoundingClientRect();
    if (last?.textContent.includes(${JSON.stringify(last)}) && place.top < box.bottom) {
      // This frame draws it: the next one begins when it is done.
      requestAnimationFrame(() => done(performance.now() - from));
    } else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})`;

interface Scrolled {
  /** Between one frame and the next, in ms. */
  readonly frames: number[];
  /** Messages that went by. */
  readonly passed: number;
}

/** By the wheel, while the page notes its frames. */
async function scroll(page: Page, dy: number): Promise<Scrolled> {
  await page.mouse.move(700, 400);
  await page.evaluate(`globalThis.noted = { frames: [], seen: new Set(), last: performance.now(), isOver: false };
    (function note(now) {
      noted.frames.push(now - noted.last);
      noted.last = now;
      if (noted.frames.length % 10 === 0) for (const one of document.querySelectorAll("[data-message]")) noted.seen.add(one.dataset.message);
      if (!noted.isOver) requestAnimationFrame(note);
    })(performance.now())`);
  for (let turn = 0; turn < wheelTurns; turn++) {
    await page.mouse.wheel(0, dy);
    await page.waitForTimeout(12);
  }
  const { frames, passed } = (await page.evaluate(
    "noted.isOver = true; ({ frames: noted.frames.slice(2), passed: noted.seen.size })",
  )) as Scrolled;
  return { frames, passed };
}

/** Later than the next frame of sixty a second. */
const late = (frames: readonly number[]): number => frames.filter((taken) => taken > 1.5 * frameMs).length / frames.length;

async function held(cdp: CDPSession): Promise<{ megabytes: number; nodes: number }> {
  await cdp.send("Performance.enable");
  await cdp.send("HeapProfiler.collectGarbage");
  const { metrics } = await cdp.send("Performance.getMetrics");
  const value = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? 0;
  return { megabytes: Math.round(value("JSHeapUsedSize") / 1024 / 1024), nodes: value("Nodes") };
}

/** All rows at once, without acts, formats or pictures. */
async function openNaive(page: Page): Promise<number> {
  const taken = await page.evaluate(`new Promise((done) => {
    const rows = Array.from({ length: ${messages} }, (_, n) => "<article data-message=" + n + "><b>Ada</b> <time>10:00</time><p>message " + n + ", as long as people write them in a room, more or less</p></article>").join("");
    const from = performance.now();
    document.body.style.cssText = "margin:0;height:100vh;overflow-y:auto";
    document.body.innerHTML = rows;
    document.body.scrollTop = document.body.scrollHeight;
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - from)));
  })`);
  return Number(taken);
}
