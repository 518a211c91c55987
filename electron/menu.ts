/** The app menu: what every desktop app has, and no key that the page uses (Ctrl/⌘ K, F, /, Alt and arrows, Escape). */
import { Menu, type MenuItemConstructorOptions } from "electron";

export function setMenu({ debug }: { readonly debug: boolean }): void {
  const separator: MenuItemConstructorOptions = { type: "separator" };
  const isMac = process.platform === "darwin";
  const template: MenuItemConstructorOptions[] = [
    isMac
      ? { role: "appMenu" }
      : {
          label: "&Earshot",
          submenu: [
            { role: "close", label: "&Close window", accelerator: "Ctrl+W" },
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
