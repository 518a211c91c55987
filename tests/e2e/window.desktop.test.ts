/** The desktop shell as a person meets it: start, close, start again, trouble, quit. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Desktop, type DesktopApp, openDesktop, root, startHeadless } from "./support/desktop.ts";

const artifacts = join(root, "artifacts");
const quiet = ["--interface", "lo", "--no-mdns"];
const patience = { timeout: 10_000, interval: 50 };

let desktop: Desktop;
beforeEach(async () => {
  desktop = await openDesktop();
});
afterEach(() => desktop.stop());

const dataDir = () => join(desktop.directory, "data");

test("shows the chat, with the peer in a utility process", async () => {
  const { app, page } = await desktop.launch(...quiet, "--guest", "--data-dir", dataDir(), "--name", "Ada");
  await page.getByRole("main").waitFor();
  expect(await page.title()).toBe("Earshot");
  expect(await page.getByText("lobby").count()).toBeGreaterThan(0);

  const port = new URL(page.url()).port;
  const listener = /pid=(\d+)/u.exec(execFileSync("ss", ["-Hltnp", `sport = :${port}`], { encoding: "utf8" }))?.[1];
  const processes = await app.evaluate(({ app: electronApp }) =>
    electronApp.getAppMetrics().map(({ pid, type, name }) => ({ pid, type, name })),
  );
  expect(processes).toContainEqual({ pid: Number(listener), type: "Utility", name: "Earshot peer" });

  mkdirSync(artifacts, { recursive: true });
  await page.screenshot({ path: join(artifacts, "desktop-window.png") });
});

test("a second start shows the first one's window and ends", async () => {
  const first = await desktop.launch(...quiet, "--data-dir", dataDir());
  await first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
  expect(await desktop.startAgain(...quiet, "--data-dir", dataDir())).toBe(0);
  await vi.waitFor(async () => expect(await isVisible(first)).toBe(true), patience);
  expect(await countWindows(first)).toBe(1);
});

test("closing hides the window: the peer answers, a notification says so once, a start brings it back", async () => {
  const started = await desktop.launch(...quiet, "--data-dir", dataDir(), "--name", "Ada");
  await recordNotifications(started);
  await close(started);
  await vi.waitFor(async () => expect(await isVisible(started)).toBe(false), patience);
  expect(JSON.parse(await desktop.earshot("call", "session.get", "--data-dir", dataDir()))).toMatchObject({ name: "Ada" });
  expect(await notifications(started)).toEqual([expect.objectContaining({ title: "Earshot keeps running" })]);

  await desktop.startAgain(...quiet, "--data-dir", dataDir());
  await vi.waitFor(async () => expect(await isVisible(started)).toBe(true), patience);
  await close(started);
  await vi.waitFor(async () => expect(await isVisible(started)).toBe(false), patience);
  expect(await notifications(started)).toHaveLength(1);
});

test("quitting stops the peer within three seconds", async () => {
  const started = await desktop.launch(...quiet, "--data-dir", dataDir());
  const before = performance.now();
  expect(await started.quit()).toBe(0);
  expect(performance.now() - before).toBeLessThan(3_500);
  expect(existsSync(join(dataDir(), "api.json"))).toBe(false);
  await expect(desktop.earshot("call", "session.get", "--data-dir", dataDir())).rejects.toThrow();
});

test("a peer that dies is said to be gone, and can be started again", async () => {
  const { app, page } = await desktop.launch(...quiet, "--guest", "--data-dir", dataDir(), "--name", "Ada");
  await page.getByRole("main").waitFor();
  const firstUrl = page.url();
  await pressInDialog(app, 0);
  const pid = await peerPid(app);
  process.kill(pid, "SIGKILL");
  await vi.waitFor(async () => expect(await peerPid(app)).not.toBe(pid), patience);
  await page.waitForURL((url) => url.href !== firstUrl && url.hostname === "127.0.0.1");
  await page.getByRole("main").waitFor();
  expect(await app.evaluate(() => (globalThis as { asked?: unknown }).asked)).toMatchObject({
    message: "Earshot has stopped",
    buttons: ["Start again", "Quit"],
  });
  expect(JSON.parse(await desktop.earshot("call", "session.get", "--data-dir", dataDir()))).toMatchObject({ name: "Ada" });
});

test("after the peer has died, quitting ends the app", async () => {
  const { app } = await desktop.launch(...quiet, "--guest", "--data-dir", dataDir());
  await pressInDialog(app, 1);
  const ended = new Promise((resolve) => app.process().once("exit", resolve));
  process.kill(await peerPid(app), "SIGKILL");
  expect(await ended).toBe(0);
});

test("--attach opens a window on a running peer, and leaves it running", async () => {
  const headless = await startHeadless(desktop, ...quiet, "--data-dir", dataDir(), "--name", "Grace");
  try {
    const { page, quit } = await desktop.launch("--attach", "--data-dir", dataDir());
    await page.getByText("Grace").first().waitFor();
    await quit();
    expect(JSON.parse(await desktop.earshot("call", "session.get", "--data-dir", dataDir()))).toMatchObject({ name: "Grace" });
  } finally {
    await headless.stop();
  }
});

test("--attach where nothing runs says so and ends", async () => {
  expect(await desktop.startAgain("--attach", "--data-dir", dataDir())).toBe(1);
  expect(filesIn(join(desktop.directory, "tmp"))).toEqual([]);
});

test("a profile's window comes back where it stood", async () => {
  const bounds = { x: 120, y: 80, width: 700, height: 640 };
  const first = await desktop.launch(...quiet, "--data-dir", dataDir());
  await first.app.evaluate(({ BrowserWindow }, given) => BrowserWindow.getAllWindows()[0]?.setBounds(given), bounds);
  await vi.waitFor(() => expect(readFileSync(join(dataDir(), "window", "window.json"), "utf8")).toContain('"width":700'), patience);
  await first.quit();
  const second = await desktop.launch(...quiet, "--data-dir", dataDir());
  expect(await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())).toEqual(bounds);
});

test("everything is wiped from the menu, after one question, and nothing of the profile is left", async () => {
  const { app, page } = await desktop.launch(...quiet, "--data-dir", dataDir(), "--name", "Ada");
  await page.getByRole("main").waitFor();
  expect(existsSync(join(dataDir(), "keys.json"))).toBe(true);
  await pressInDialog(app, 1);
  const ended = new Promise((resolve) => app.process().once("exit", resolve));
  await app.evaluate(({ Menu }) => {
    Menu.getApplicationMenu()?.getMenuItemById("wipe")?.click();
  });
  expect(await ended).toBe(0);
  await vi.waitFor(() => expect(existsSync(dataDir()) ? filesIn(dataDir()) : []).toEqual([]), patience);
});

test("what a killed guest left goes when the next one starts", async () => {
  const killed = await desktop.launch(...quiet, "--guest");
  const left = readdirSync(join(desktop.directory, "tmp")).filter((name) => name.startsWith("earshot-window-"));
  expect(left).toHaveLength(1);
  const ended = new Promise((resolve) => killed.app.process().once("exit", resolve));
  killed.app.process().kill("SIGKILL");
  await ended;
  const next = await desktop.launch(...quiet, "--guest");
  expect(readdirSync(join(desktop.directory, "tmp"))).not.toContain(left[0]);
  await next.quit();
});

test("a guest leaves no file behind", async () => {
  const { page, quit } = await desktop.launch(...quiet, "--guest", "--name", "Ada");
  await page.getByRole("main").waitFor();
  await desktop.earshot("send", "#lobby", "nobody keeps this");
  await page.getByText("nobody keeps this").first().waitFor();
  await quit();
  await vi.waitFor(() => expect(filesIn(join(desktop.directory, "tmp"))).toEqual([]), patience);
  expect(filesIn(join(desktop.directory, "home"))).toEqual([]);
});

test("an unread message shows in title and notification, whose click opens the conversation", async () => {
  const other = join(desktop.directory, "other");
  const headless = await startHeadless(desktop, ...quiet, "--data-dir", other, "--name", "Grace");
  try {
    const { addresses } = JSON.parse(await desktop.earshot("call", "session.get", "--data-dir", other));
    const started = await desktop.launch(...quiet, "--connect", addresses[0], "--data-dir", dataDir(), "--name", "Ada");
    const { app, page } = started;
    await page.getByText("Grace").first().waitFor();
    await recordNotifications(started);
    await close(started);
    // Playwright makes every page believe that it has the focus.
    await page.evaluate('dispatchEvent(new Event("blur"))');
    const { peerId } = JSON.parse(await desktop.earshot("call", "session.get", "--data-dir", dataDir()));
    await desktop.earshot("send", "--data-dir", other, `@${peerId}`, "are you there");
    await vi.waitFor(async () => expect(await page.title()).toBe("(1) Earshot"), patience);
    expect((await notifications(started)).at(-1)).toEqual({ title: "Grace", body: "are you there" });
    await app.evaluate(() => (globalThis as unknown as { shown: Electron.Notification[] }).shown.at(-1)?.emit("click"));
    expect(await isVisible(started)).toBe(true);
    await page.getByRole("main").getByText("are you there").first().waitFor();
    await page.evaluate('dispatchEvent(new Event("focus"))');
    await vi.waitFor(async () => expect(await page.title()).toBe("Earshot"), patience);
  } finally {
    await headless.stop();
  }
});

/** Stands in for the desktop, which shows a notification and says that it did. */
async function recordNotifications({ app }: DesktopApp): Promise<void> {
  await app.evaluate(({ Notification }) => {
    const shown: Electron.Notification[] = [];
    (globalThis as { shown?: unknown }).shown = shown;
    Notification.prototype.show = function show(this: Electron.Notification) {
      shown.push(this);
      this.emit("show");
    };
  });
}

function notifications({ app }: DesktopApp): Promise<{ title: string; body: string }[]> {
  return app.evaluate(() =>
    (globalThis as unknown as { shown: Electron.Notification[] }).shown.map(({ title, body }) => ({ title, body })),
  );
}

function isVisible({ app }: DesktopApp): Promise<boolean> {
  return app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() === true);
}

function countWindows({ app }: DesktopApp): Promise<number> {
  return app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
}

/** As the window's own button does. */
async function close({ app }: DesktopApp): Promise<void> {
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
}

/** Stands in for the person, who reads the dialog and presses one of its buttons. */
async function pressInDialog(app: DesktopApp["app"], button: number): Promise<void> {
  await app.evaluate(({ dialog }, response) => {
    dialog.showMessageBox = (async (...given: unknown[]) => {
      (globalThis as { asked?: unknown }).asked = given.at(-1);
      return { response, checkboxChecked: false };
    }) as typeof dialog.showMessageBox;
  }, button);
}

async function peerPid(app: DesktopApp["app"]): Promise<number> {
  const pids = await app.evaluate(({ app: electronApp }) =>
    electronApp
      .getAppMetrics()
      .filter(({ name }) => name === "Earshot peer")
      .map(({ pid }) => pid),
  );
  expect(pids).toHaveLength(1);
  return pids[0] ?? 0;
}

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}
