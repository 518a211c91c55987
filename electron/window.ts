/** The one window: guarded before anything loads, hidden rather than closed, remembered for profiles. */
import { BrowserWindow, nativeTheme, type Session } from "electron";
import { channels } from "./bridge.ts";
import { guardContents, type OwnOrigin, pagePreferences } from "./guard.ts";
import { drawIcon } from "./icon.ts";
import { boundsSavePauseMs, windowHeightMin, windowWidthMin } from "./limits.ts";
import type { PeerAddress } from "./peer-source.ts";
import type { WindowStateStore } from "./window-state.ts";

export interface WindowOptions {
  readonly session: Session;
  readonly preload: string;
  readonly debug: boolean;
  readonly ownOrigin: OwnOrigin;
  readonly state: WindowStateStore;
  /** What closing does. `false` lets the window go. */
  onClose(): boolean;
}

export interface ChatWindow {
  readonly window: BrowserWindow;
  /** False where the page did not come. */
  load(address: PeerAddress): Promise<boolean>;
  show(conversation?: string): void;
}

export function createWindow(options: WindowOptions): ChatWindow {
  const { session, preload, debug, ownOrigin, state } = options;
  const { bounds, isMaximized } = state.get();
  const window = new BrowserWindow({
    width: 1100,
    height: 760,
    ...bounds,
    minWidth: windowWidthMin,
    minHeight: windowHeightMin,
    title: "Earshot",
    icon: drawIcon(128, "mark", { unread: false }),
    show: false,
    autoHideMenuBar: true,
    // The page's own ground, so that nothing flashes before it is there.
    backgroundColor: nativeTheme.shouldUseDarkColors ? "#17161c" : "#fcfcfd",
    webPreferences: pagePreferences(session, preload, { debug }),
  });
  if (isMaximized) window.maximize();
  guardContents(window.webContents, ownOrigin);
  rememberBounds(window, state);
  window.on("close", (event) => {
    if (options.onClose()) event.preventDefault();
  });

  return {
    window,
    async load({ url, token }) {
      try {
        await window.loadURL(`${url}/#token=${encodeURIComponent(token)}`);
        return true;
      } catch {
        return false;
      }
    },
    show(conversation) {
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
      if (conversation !== undefined) window.webContents.send(channels.openConversation, conversation);
    },
  };
}

function rememberBounds(window: BrowserWindow, state: WindowStateStore): void {
  let pause: NodeJS.Timeout | undefined;
  const save = () => {
    if (!window.isDestroyed()) state.set({ bounds: window.getNormalBounds(), isMaximized: window.isMaximized() });
  };
  const saveSoon = () => {
    clearTimeout(pause);
    pause = setTimeout(save, boundsSavePauseMs);
  };
  window.on("resize", saveSoon);
  window.on("move", saveSoon);
  window.on("maximize", saveSoon);
  window.on("unmaximize", saveSoon);
  window.on("closed", () => clearTimeout(pause));
}
