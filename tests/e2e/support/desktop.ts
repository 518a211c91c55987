/**
 * The real desktop shell under a display and with a home of its own. Everything that a test starts is ended,
 * and everything it could have written lies under one directory.
 */
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { _electron, type ElectronApplication, type Page } from "playwright-core";
import { type Service, startDisplay } from "./desktop-display.ts";

export const root = dirname(dirname(dirname(import.meta.dirname)));
const mainScript = join(root, "dist", "electron", "main.cjs");
const command = join(root, "dist", "earshot.mjs");
const keyringLoader = join(import.meta.dirname, "keyring-loader.cjs");
const startMaxMs = 30_000;
const callMaxMs = 15_000;

export interface Desktop {
  /** Home, temporary files and all else of the person at this desktop. */
  readonly directory: string;
  readonly env: Record<string, string>;
  launch(...args: string[]): Promise<DesktopApp>;
  /** In a session that has a keyring, too. */
  launchWithKeyring(more: Record<string, string>, ...args: string[]): Promise<DesktopApp>;
  /** A start that ends by itself, as a second start does; its exit code. */
  startAgain(...args: string[]): Promise<number>;
  earshot(...args: string[]): Promise<string>;
  /** Addresses that were handed to the person's browser. */
  openedOutside(): string[];
  stop(): Promise<void>;
}

export interface DesktopApp {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** Ends it as the person would; its exit code. */
  quit(): Promise<number | null>;
}

export async function openDesktop(): Promise<Desktop> {
  const directory = mkdtempSync(join(tmpdir(), "desk-"));
  const browserLog = join(directory, "opened-outside.txt");
  const display = await startDisplay();
  const apps = new Set<ElectronApplication>();
  const env = personEnvironment(directory, browserLog, display.address);

  async function launch(more: Record<string, string>, loaders: readonly string[], args: readonly string[]): Promise<DesktopApp> {
    const app = await _electron.launch({
      executablePath: electronPath(),
      // Playwright's own loader: with it, the app waits until the test can see its windows.
      args: ["-r", playwrightLoader(), ...loaders, "--no-sandbox", mainScript, ...args],
      env: { ...env, ...more },
      timeout: startMaxMs,
    });
    apps.add(app);
    const child = app.process();
    const exited = new Promise<number | null>((resolve) => {
      child.once("exit", (code) => {
        apps.delete(app);
        resolve(code);
      });
    });
    const page = await app.firstWindow({ timeout: startMaxMs });
    await page.waitForURL(/^http:\/\/127\.0\.0\.1:/u, { timeout: startMaxMs });
    return {
      app,
      page,
      async quit() {
        await app.evaluate(({ app: electronApp }) => {
          setImmediate(() => electronApp.quit());
        });
        return exited;
      },
    };
  }

  return {
    directory,
    env,
    launch: (...args) => launch({}, [], args),
    launchWithKeyring: (more, ...args) => launch(more, ["-r", keyringLoader], args),
    startAgain: (...args) =>
      new Promise((resolve, reject) => {
        const child = spawn(electronPath(), ["--no-sandbox", mainScript, ...args], { env, stdio: "ignore", timeout: startMaxMs });
        child.once("error", reject);
        child.once("exit", (code, signal) => (code === null ? reject(new Error(`still running, ended by ${signal}`)) : resolve(code)));
      }),
    earshot: async (...args) => (await promisify(execFile)(process.execPath, [command, ...args], { env, timeout: callMaxMs })).stdout,
    openedOutside: () => (existsSync(browserLog) ? readFileSync(browserLog, "utf8").trim().split("\n") : []),
    async stop() {
      for (const app of apps) app.process().kill("SIGKILL");
      await display.stop();
      rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

/** A headless peer in a process of its own, as somebody's terminal would run it. */
export function startHeadless(desktop: Desktop, ...args: string[]): Promise<Service> {
  const child = spawn(process.execPath, [command, "run", "--headless", "--json", ...args], {
    env: desktop.env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return new Promise((resolve, reject) => {
    child.once("exit", () => reject(new Error("the headless peer ended before it was ready")));
    child.stdout.setEncoding("utf8").once("data", (line: string) =>
      resolve({
        address: line,
        async stop() {
          child.kill("SIGTERM");
          await ended;
        },
      }),
    );
  });
}

function personEnvironment(directory: string, browserLog: string, display: string): Record<string, string> {
  const folder = (name: string) => {
    const path = join(directory, name);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  };
  // What a desktop calls to open a link; this one notes it down.
  writeFileSync(join(folder("bin"), "xdg-open"), `#!/bin/sh\necho "$1" >> '${browserLog}'\n`, { mode: 0o755 });
  const home = folder("home");
  return {
    PATH: `${folder("bin")}:${process.env["PATH"] ?? ""}`,
    HOME: home,
    TMPDIR: folder("tmp"),
    XDG_CONFIG_HOME: folder("home/.config"),
    XDG_CACHE_HOME: folder("home/.cache"),
    XDG_DATA_HOME: folder("home/.local/share"),
    XDG_STATE_HOME: folder("home/.local/state"),
    // GTK's and the bus's own; nothing of it is on disk on a real desktop.
    XDG_RUNTIME_DIR: folder("runtime"),
    // As the command hands it over.
    EARSHOT_NODE: process.execPath,
    NO_AT_BRIDGE: "1",
    LANG: "C.UTF-8",
    DISPLAY: display,
    // No bus: without an address GLib would start one of its own, and leave it.
    DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(directory, "no-bus")}`,
  };
}

export function electronPath(): string {
  const cached = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "earshot-electron", "electron");
  const path = process.env["EARSHOT_ELECTRON"] ?? cached;
  if (!existsSync(path)) throw new Error(`no Electron at ${path}; EARSHOT_ELECTRON names one`);
  return path;
}

function playwrightLoader(): string {
  const manifest = createRequire(import.meta.url).resolve("playwright-core/package.json");
  return join(dirname(manifest), "lib", "server", "electron", "loader.js");
}
