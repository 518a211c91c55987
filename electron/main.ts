/**
 * The desktop shell, started as a flat list. It owns a window, a tray icon and the peer's process, and knows nothing
 * of the chat: the page in the window is a client of the peer's API as the command line is.
 *
 * Invariants
 * 1. One instance per profile; a second start shows the first one's window and ends.
 * 2. Closing the window never makes the app unreachable, and never stops the peer.
 * 3. Quitting stops a peer of our own in bounded time, and leaves an attached one alone.
 * 4. A guest leaves nothing on disk.
 */
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { app, type IpcMainEvent, ipcMain, type Session, session } from "electron";
import { channels, decodeNotice, decodeUnread } from "./bridge.ts";
import { guardApp, guardSession, isFromPage } from "./guard.ts";
import { peerGoneGraceMs } from "./limits.ts";
import { setMenu } from "./menu.ts";
import { createNotices } from "./notices.ts";
import type { PeerSource, WindowPeer } from "./peer-source.ts";
import { type Place, removeAtQuit, settle, wasDestroyed } from "./place.ts";
import { personsWords, readStart } from "./start.ts";
import { findTray } from "./tray-host.ts";
import { askToStartAgain } from "./trouble.ts";
import { createUnreadDisplay } from "./unread.ts";
import { createWindow } from "./window.ts";
import { openWindowState } from "./window-state.ts";
import { wipeEverything } from "./wipe.ts";

interface Shell {
  readonly place: Place;
  readonly source: PeerSource;
  readonly debug: boolean;
}

const here = import.meta.dirname;

function boot(): void {
  const start = readStart(personsWords(process.argv, join(here, "main.cjs")), join(dirname(here), "peer.cjs"));
  if ("failure" in start) {
    console.error(`earshot: ${start.failure}`);
    app.exit(1);
    return;
  }
  app.setName("Earshot");
  app.setAppUserModelId("earshot");
  const place = start.choosePlace();
  settle(app, place);
  guardApp();
  if (!app.requestSingleInstanceLock()) {
    console.error("earshot: already running; its window is in front now");
    app.exit(0);
    return;
  }
  removeAtQuit(app, place);
  app
    .whenReady()
    .then(() => run({ place, source: start.source, debug: start.debug }))
    .catch((error: unknown) => {
      console.error(error);
      app.exit(1);
    });
}

async function run({ place, source, debug }: Shell): Promise<void> {
  let peer: WindowPeer | undefined;
  let isQuitting = false;
  const ownOrigin = () => peer?.address.url;

  let hasTray = false;
  void findTray().then((found) => {
    hasTray = found;
  });
  const state = openWindowState(place);
  const pageSession = openSession(place);
  guardSession(pageSession, ownOrigin);
  const wipe = () => void wipeEverything(window, peer?.address).catch((error: unknown) => console.error(error));
  setMenu({ debug, wipe });
  const chat = createWindow({ session: pageSession, preload: join(here, "preload.cjs"), debug, ownOrigin, state, onClose: hide });
  const { window } = chat;
  const unread = createUnreadDisplay(window, { open: () => chat.show(), wipe, quit: () => app.quit() });
  const notices = createNotices({ open: (conversation) => chat.show(conversation) });

  app.on("second-instance", () => chat.show());
  app.on("activate", () => chat.show());
  app.on("window-all-closed", () => app.quit());
  app.on("before-quit", (event) => {
    if (isQuitting) return;
    isQuitting = true;
    // The window goes at once; what is left to say to the others is said without it.
    event.preventDefault();
    window.hide();
    void leave();
  });
  const isHeard = (event: IpcMainEvent) => !isQuitting && isFromPage(event, window.webContents, ownOrigin);
  ipcMain.on(channels.setBadge, (event, value: unknown) => {
    const count = isHeard(event) ? decodeUnread(value) : undefined;
    if (count !== undefined) unread.show(count);
  });
  ipcMain.on(channels.notify, (event, value: unknown) => {
    const notice = isHeard(event) ? decodeNotice(value) : undefined;
    if (notice !== undefined && !window.isFocused()) notices.message(notice);
  });
  await keepPeer();

  /** Shows the page of one peer after another, for as long as the person wants one. */
  async function keepPeer(): Promise<void> {
    while (!isQuitting) {
      const opened = await source.open();
      let detail = "failure" in opened ? opened.failure : "";
      if ("peer" in opened) {
        peer = opened.peer;
        if (await chat.load(peer.address)) {
          chat.show();
          await peer.gone;
        } else {
          await peer.release();
        }
        if (peer.wasWiped() || wasDestroyed(place)) {
          // What the window keeps of it goes with it.
          removeAtQuit(app, { ...place, isKept: false });
          app.quit();
          return;
        }
        await pause(peerGoneGraceMs);
        detail = "the part of it that talks to the network ended unexpectedly";
      }
      if (isQuitting) return;
      const trouble = { hasRun: "peer" in opened, isOwn: source.isOwn, detail };
      if (!(await askToStartAgain(window, trouble))) app.quit();
    }
  }

  /** True: the window stays, out of sight. */
  function hide(): boolean {
    if (isQuitting) return false;
    if (!source.isOwn) {
      // Its peer goes on wherever it runs, and `--attach` opens the window again.
      app.quit();
    } else if (place.isFoundAgain || hasTray) {
      window.hide();
      if (!state.get().toldOfHiding) notices.stillRunning(() => state.set({ toldOfHiding: true }));
    } else {
      // No tray, and another start would be another guest: the task bar is the only way back.
      window.minimize();
    }
    return true;
  }

  async function leave(): Promise<void> {
    notices.closeAll();
    unread.remove();
    await peer?.release();
    if (wasDestroyed(place)) removeAtQuit(app, { ...place, isKept: false });
    app.quit();
  }
}

/** A guest's page lives in memory. Pages come from the same machine, so a cache of them is of no use to anybody. */
function openSession(place: Place): Session {
  return session.fromPartition(place.isKept ? "persist:window" : "window", { cache: false });
}

try {
  boot();
} catch (error) {
  console.error(`earshot: ${(error as Error).message}`);
  app.exit(1);
}
