/** How much is unread, wherever the desktop can show it: tray, dock or launcher badge, taskbar overlay. */
import { app, type BrowserWindow, Menu, Tray } from "electron";
import { drawIcon } from "./icon.ts";

export interface UnreadDisplay {
  show(count: number): void;
  remove(): void;
}

const isMac = process.platform === "darwin";
/** The menu bar's height on macOS; elsewhere panels scale down what is too large and blur what is too small. */
const traySize = isMac ? 18 : 24;

export function createUnreadDisplay(
  window: BrowserWindow,
  { open, wipe, quit }: { open(): void; wipe(): void; quit(): void },
): UnreadDisplay {
  const tray = new Tray(trayIcon(0));
  tray.setContextMenu(
    Menu.buildFromTemplate([
      { label: "Open Earshot", click: open },
      { type: "separator" },
      { label: "Wipe everything…", click: wipe },
      { label: "Quit Earshot", click: quit },
    ]),
  );
  // On macOS a click opens the menu.
  if (!isMac) tray.on("click", open);

  function show(count: number): void {
    tray.setImage(trayIcon(count));
    tray.setToolTip(count > 0 ? `Earshot, ${count} unread` : "Earshot");
    if (isMac) tray.setTitle(count > 0 ? String(count) : "");
    app.setBadgeCount(count);
    if (process.platform === "win32") window.setOverlayIcon(count > 0 ? drawIcon(16, "mark", { unread: true }) : null, `${count} unread`);
  }
  show(0);

  return { show, remove: () => tray.destroy() };
}

function trayIcon(count: number) {
  return drawIcon(traySize, isMac ? "template" : "mark", { unread: count > 0 });
}
