/** What the page in the window may not do, tried from inside the page. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Desktop, type DesktopApp, openDesktop } from "./support/desktop.ts";

const patience = { timeout: 5_000, interval: 50 };

let desktop: Desktop;
let started: DesktopApp;
/** Another server of this machine, which the page must not reach. */
let foreign: Server;
let foreignUrl: string;
const foreignRequests: string[] = [];

beforeAll(async () => {
  foreign = createServer((request, response) => {
    foreignRequests.push(request.url ?? "");
    response.setHeader("access-control-allow-origin", "*").end("<title>foreign</title>");
  });
  await new Promise<void>((resolve) => foreign.listen(0, "127.0.0.1", resolve));
  foreignUrl = `http://127.0.0.1:${(foreign.address() as AddressInfo).port}`;
  desktop = await openDesktop();
  started = await desktop.launch("--interface", "lo", "--no-mdns", "--data-dir", join(desktop.directory, "data"), "--name", "Ada");
  await started.page.getByRole("main").waitFor();
});
afterAll(async () => {
  await desktop.stop();
  foreign.close();
});

test("the page has no Node, and three functions of the shell", async () => {
  const found = await started.page.evaluate(() => {
    const world = globalThis as unknown as Record<string, unknown>;
    return {
      types: ["require", "process", "module", "Buffer", "global", "electron"].map((name) => typeof world[name]),
      bridge: Object.keys(world["earshotDesktop"] as object).sort(),
    };
  });
  expect(new Set(found.types)).toEqual(new Set(["undefined"]));
  expect(found.bridge).toEqual(["notify", "onOpenConversation", "setBadge"]);
});

test("the window is sandboxed, isolated, and has no tools", async () => {
  const { preferences, toolsOpened } = await started.app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    contents?.openDevTools();
    const { getLastWebPreferences } = contents as unknown as { getLastWebPreferences(): Record<string, unknown> };
    return { preferences: getLastWebPreferences.call(contents), toolsOpened: contents?.isDevToolsOpened() };
  });
  expect(preferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true });
  expect(preferences["webviewTag"]).not.toBe(true);
  expect(toolsOpened).toBe(false);
});

test("the page comes with a strict content security policy", async () => {
  const response = await fetch(new URL("/", started.page.url()));
  const policy = response.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toContain("unsafe");
});

test("window.open is refused, and without a click nothing opens outside", async () => {
  const opened = await inPage(`return [window.open("${foreignUrl}"), window.open("https://example.org/"), window.open("about:blank")]`);
  expect(opened).toEqual([null, null, null]);
  expect(await countWindows()).toBe(1);
  expect(desktop.openedOutside()).toEqual([]);
});

test("a clicked link opens outside, once, and only where it is for a browser", async () => {
  await inPage(`
    const button = document.createElement("button");
    button.id = "links";
    button.textContent = "links";
    button.style.cssText = "position: fixed; inset: 0 auto auto 0; z-index: 99";
    button.addEventListener("click", () => {
      for (const url of ["file:///etc/passwd", "https://bank.example@evil.example/", "smb://host/x"]) window.open(url);
      window.open("https://example.org/one");
      window.open("https://example.org/two");
    });
    document.body.append(button);
  `);
  await started.page.click("#links");
  await vi.waitFor(() => expect(desktop.openedOutside()).toEqual(["https://example.org/one"]), patience);
  expect(await countWindows()).toBe(1);
});

test("navigation to another origin is refused, by script and by link", async () => {
  const before = started.page.url();
  await started.app.evaluate(({ BrowserWindow }) => {
    const seen: [string, boolean][] = [];
    (globalThis as { navigations?: unknown }).navigations = seen;
    BrowserWindow.getAllWindows()[0]?.webContents.on("will-frame-navigate", (event) =>
      seen.push([new URL(event.url).pathname, event.defaultPrevented]),
    );
  });
  const navigations = () => started.app.evaluate(() => (globalThis as { navigations?: unknown }).navigations);
  await inPage(`location.href = "${foreignUrl}/script"`);
  await vi.waitFor(async () => expect(await navigations()).toEqual([["/script", true]]), patience);
  await inPage(`
    const link = document.createElement("a");
    link.href = "${foreignUrl}/link";
    document.body.append(link);
    link.click();
  `);
  await vi.waitFor(async () => expect(await navigations()).toContainEqual(["/link", true]), patience);
  expect(started.page.url()).toBe(before);
  expect(foreignRequests).toEqual([]);
});

test("no request leaves the page's own origin, even past its content security policy", async () => {
  const { page } = started;
  await (await page.context().newCDPSession(page)).send("Page.setBypassCSP", { enabled: true });
  await page.reload();
  const outcomes = await inPage(`
    const tried = (run) => new Promise(run).then(() => "reached", () => "refused");
    const loads = (element, source) => tried((resolve, reject) => {
      element.addEventListener("load", resolve);
      element.addEventListener("error", reject);
      element.src = source;
      document.body.append(element);
    });
    return Promise.all([
      tried((resolve, reject) => fetch("${foreignUrl}/fetch").then(resolve, reject)),
      tried((resolve, reject) => fetch("https://example.org/", { mode: "no-cors" }).then(resolve, reject)),
      loads(new Image(), "${foreignUrl}/image"),
      loads(document.createElement("script"), "${foreignUrl}/script"),
      tried((resolve, reject) => {
        const socket = new WebSocket("${foreignUrl.replace("http", "ws")}/socket");
        socket.addEventListener("open", resolve);
        socket.addEventListener("error", reject);
      }),
      tried((resolve, reject) => fetch("/").then(resolve, reject)),
    ]);
  `);
  expect(outcomes).toEqual(["refused", "refused", "refused", "refused", "refused", "reached"]);
  expect(foreignRequests).toEqual([]);
});

test("every permission is denied", async () => {
  const outcomes = await inPage(`
    const names = ["geolocation", "notifications", "camera", "microphone", "midi", "clipboard-read"];
    const states = await Promise.all(names.map(async (name) => (await navigator.permissions.query({ name })).state));
    const media = await navigator.mediaDevices.getUserMedia({ audio: true }).then(() => "granted", () => "denied");
    return [...states, media, await Notification.requestPermission()];
  `);
  expect(new Set(outcomes as string[])).toEqual(new Set(["denied"]));
});

test("a download is refused", async () => {
  const downloads = await started.app.evaluate(async ({ BrowserWindow }) => {
    const window = BrowserWindow.getAllWindows()[0];
    const item = new Promise<string>((resolve) =>
      window?.webContents.session.once("will-download", (event) => resolve(String(event.defaultPrevented))),
    );
    window?.webContents.downloadURL(new URL("/", window.webContents.getURL()).href);
    return item;
  });
  expect(downloads).toBe("true");
});

function countWindows(): Promise<number> {
  return started.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
}

/** The body of an async function, run in the page's own world. */
function inPage(body: string): Promise<unknown> {
  return started.page.evaluate(`(async () => {${body}})()`);
}
