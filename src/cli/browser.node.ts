/** The person's own browser, where there is a screen to show it on. */
import { spawn } from "node:child_process";

export function canShowBrowser(): boolean {
  return process.platform !== "linux" || hasDisplay() || process.env["BROWSER"] !== undefined;
}

export function hasDisplay(): boolean {
  const { env } = process;
  return process.platform !== "linux" || Boolean(env["DISPLAY"]) || Boolean(env["WAYLAND_DISPLAY"]);
}

/** False where nothing could be started. It outlives this process. */
export function openBrowser(address: string): boolean {
  const [command, ...args] = commandFor(address);
  const child = spawn(command, args, { detached: true, stdio: "ignore" });
  // The address is printed too: a person without xdg-open copies it.
  child.on("error", () => undefined);
  child.unref();
  return child.pid !== undefined;
}

function commandFor(address: string): [string, ...string[]] {
  if (process.platform === "darwin") return ["open", address];
  if (process.platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler", address];
  return ["xdg-open", address];
}
