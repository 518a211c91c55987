/** The desktop shell as a child: it runs the peer itself, this process only waits for it. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { findElectron } from "../../scripts/electron-binary.mjs";
import { hasDisplay } from "./browser.node.ts";
import { checkoutRoot, desktopMain } from "./dist.node.ts";
import { windowFailureMs } from "./limits.ts";

/** `exitCode`: it was shown, and is closed again. `missing`: why it cannot be, in words. */
export type Desktop = { readonly exitCode: number } | { readonly missing: string };

export async function openDesktop(words: readonly string[]): Promise<Desktop> {
  if (!hasDisplay()) return { missing: "there is no display" };
  if (!existsSync(desktopMain)) return { missing: "it is not built" };
  const electron = await findElectron(checkoutRoot, { download: process.stdout.isTTY === true });
  if ("missing" in electron) return electron;
  // Chromium refuses to run as root without a switch that takes its sandbox away; a wrapper that gives it is the person's choice.
  if (process.getuid?.() === 0 && !process.env["EARSHOT_ELECTRON"]) return { missing: "it does not run as root" };
  return runElectron(electron.path, words);
}

function runElectron(path: string, words: readonly string[]): Promise<Desktop> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const child = spawn(path, [desktopMain, ...words], { stdio: "inherit", env: { ...process.env, EARSHOT_NODE: process.execPath } });
    let isEnding = false;
    const pass = (signal: NodeJS.Signals) => {
      isEnding = true;
      // A terminal's Ctrl-C has reached the whole group already.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    for (const signal of signals) process.on(signal, pass);
    const settle = (desktop: Desktop) => {
      for (const signal of signals) process.off(signal, pass);
      resolve(desktop);
    };
    child.on("error", (error) => settle({ missing: error.message }));
    child.on("exit", (code, signal) => {
      const failed = !isEnding && code !== 0 && performance.now() - startedAt < windowFailureMs;
      settle(failed ? { missing: `Electron ended with ${signal ?? `code ${code}`}` } : { exitCode: code ?? 0 });
    });
  });
}
