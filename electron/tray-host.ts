/** Whether this desktop shows tray icons. Windows and macOS do; on Linux it depends, and Electron does not tell. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { trayQuestionMaxMs } from "./limits.ts";

const question = [
  "--session",
  "--print-reply",
  "--dest=org.freedesktop.DBus",
  "/org/freedesktop/DBus",
  "org.freedesktop.DBus.NameHasOwner",
  "string:org.kde.StatusNotifierWatcher",
];

export async function findTray(): Promise<boolean> {
  if (process.platform !== "linux") return true;
  try {
    const { stdout } = await promisify(execFile)("dbus-send", question, { timeout: trayQuestionMaxMs });
    return stdout.includes("boolean true");
  } catch {
    // No bus or nobody who answers: no tray either.
    return false;
  }
}
