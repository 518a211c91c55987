/** The app menu: what every desktop app has, and no key that the page uses (Ctrl/⌘ K, F, /, Alt and arrows, Escape). */
import { Menu, type MenuItemConstructorOptions } from "electron";

export function setMenu({ debug, wipe }: { readonly debug: boolean; wipe(): void }): void {
  const wipeItem: MenuItemConstructorOptions = { id: "wipe", label: "Wipe everything…", click: wipe };
  const separator: MenuItemConstructorOptions = { type: "separator" };
  const isMac = process.platform === "darwin";
  const template: MenuItemConstructorOptions[] = [
    isMac
      ? { role: "appMenu" }
      : {
          label: "&Earshot",
          submenu: [
            { role: "close", label: "&Close window", accelerator: "Ctrl+W" },
            wipeItem,
            { role: "quit", label: "&Quit", accelerator: "Ctrl+Q" },
          ],
        },
    {
      label: "&Edit",
      submenu: [
        { role: "undo" },
        { role: "redo" },
        separator,
        { role: "cut" },
        { role: "copy" },
        { role: "paste" },
        { role: "pasteAndMatchStyle" },
        { role: "selectAll" },
        // macOS has the app's own menu made by the system.
        ...(isMac ? [separator, wipeItem] : []),
      ],
    },
    {
      label: "&View",
      submenu: [
        { role: "zoomIn" },
        { role: "zoomOut" },
        { role: "resetZoom" },
        separator,
        { role: "togglefullscreen" },
        ...(debug ? [separator, { role: "toggleDevTools" } as const] : []),
      ],
    },
    ...(isMac ? [{ role: "windowMenu" } as const] : []),
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
