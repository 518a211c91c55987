/**
 * Earshot as a process: the API, and beneath it whoever is logged in. Used by the command line and by the desktop shell's peer process.
 *
 * Invariants
 * 1. `startPeer` gives a whole process, or leaves nothing open and nothing of a guest on disk.
 * 2. `stop` says goodbye, closes everything and removes what must not stay, in bounded time.
 * 3. The API listens on 127.0.0.1 alone, and its address and token stay the same whoever logs in and out.
 */
import { randomBytes } from "node:crypto";
import type { EarshotEvent } from "../api/contract.ts";
import type { PeerPort } from "../api/peer-port.ts";
import { startApiServer } from "../api/server.node.ts";
import { missingInterface } from "../discovery/interfaces.node.ts";
import { releaseNodeDataChannel } from "../mesh/webrtc.node.ts";
import type { Keychain } from "../store/index.ts";
import { writeApiFile } from "./api-file.node.ts";
import { type Cleanup, createCleanup } from "./cleanup.ts";
import { type DataDir, openDataDir } from "./data-dir.node.ts";
import { pageDirectory } from "./dist.node.ts";
import { createEventFeed } from "./event-feed.ts";
import { quitDelayMs } from "./limits.ts";
import type { Log } from "./log.ts";
import { createOpenings } from "./openings.node.ts";
import type { RunOptions } from "./options.ts";
import { systemUserName } from "./profile.node.ts";
import { type Opening, ProfileShell } from "./profile-shell.ts";
import type { Session } from "./session.node.ts";
import { StartError } from "./start-error.ts";

export interface StartedPeer {
  /** Of whoever logged in at the start; undefined where the window asks who that is. */
  readonly peerId: string | undefined;
  readonly dataDir: string | undefined;
  /** "http://127.0.0.1:PORT" */
  readonly url: string;
  readonly token: string;
  /** Everything since the start, what happened before this call first. Call once. */
  follow(listener: (event: EarshotEvent) => void): void;
  stop(): Promise<void>;
  /** Everything that was kept has been destroyed; the process ends next. */
  onWiped(listener: () => void): void;
  /** For a process that is falling over: removes what must not stay, at once. Never throws. */
  abandon(): void;
}

/** @param keychain undefined where there is none that can be trusted. Rejects with `StartError`, `ProfileError` or `ListenError`, each in words for the person. */
export async function startPeer(options: RunOptions, log: Log, keychain?: Keychain): Promise<StartedPeer> {
  const cleanup = createCleanup((error) => log("warn", `not everything could be closed: ${String(error)}`));
  try {
    return await compose(options, log, keychain, cleanup);
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

async function compose(options: RunOptions, log: Log, keychain: Keychain | undefined, cleanup: Cleanup): Promise<StartedPeer> {
  const missing = missingInterface(options.interfaces);
  if (missing !== undefined) throw new StartError(`this computer has no network interface or address "${missing}"`);

  const wipeListeners: (() => void)[] = [];
  let current: Session | undefined;
  const openings = createOpenings({
    options,
    log,
    keychain,
    current: () => current,
    // The answer leaves first.
    wiped() {
      for (const listener of wipeListeners) listener();
      setTimeout(() => process.kill(process.pid, "SIGTERM"), quitDelayMs);
    },
  });
  const token = randomBytes(32).toString("base64url");
  let url: string | undefined;
  cleanup.add(releaseNodeDataChannel);

  function announce(session: Session): Session {
    current = session;
    if (url !== undefined) session.announce(url, token);
    return session;
  }
  let waiting: DataDir | undefined;
  /** While nobody is logged in there is a place, too, where the API is found: a guest's. */
  function announceWaiting(): void {
    if (url === undefined) return;
    waiting = openDataDir({ kind: "guest", dataDir: undefined });
    writeApiFile(waiting.path, { url, token, pid: process.pid, peerId: "" });
  }
  function endWaiting(): void {
    waiting?.remove();
    waiting = undefined;
  }
  cleanup.add(endWaiting);
  const first = options.asks ? undefined : await openings.openFirst();
  const shell = new ProfileShell(
    {
      keychain: keychain !== undefined,
      suggestedName: systemUserName(),
      list: () => openings.list(),
      nameIn: (file, phrase) => openings.nameIn(file, phrase),
      async open(opening: Opening) {
        // A guest's directory is the same one.
        endWaiting();
        try {
          return announce(await openings.open(opening));
        } catch (error) {
          if (current === undefined || current.isStopped) announceWaiting();
          throw error;
        }
      },
    },
    first === undefined && options.place.kind === "profile" ? options.place.profile : undefined,
  );
  cleanup.add(() => shell.end());
  const feed = createEventFeed();
  shell.subscribe(feed.push);
  if (first !== undefined) shell.begin(first);

  const api = await startApi(options, shell, token, log);
  cleanup.add(() => api.stop());
  url = api.url;
  if (first === undefined) announceWaiting();
  else announce(first);
  shell.subscribe((event) => {
    if (event.event === "profilesChanged" && event.profiles.state !== "running" && waiting === undefined) announceWaiting();
  });

  return {
    peerId: first?.peerId,
    dataDir: first?.dataDir,
    url,
    token,
    follow: feed.follow,
    onWiped: (listener) => void wipeListeners.push(listener),
    async stop() {
      await shell.end();
      await cleanup.run();
    },
    abandon() {
      endWaiting();
      current?.abandon();
    },
  };
}

async function startApi(options: RunOptions, peer: PeerPort, token: string, log: Log): Promise<Awaited<ReturnType<typeof startApiServer>>> {
  try {
    return await startApiServer({ peer, token, port: options.uiPort, pageDir: pageDirectory, log: (line) => log("debug", line) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new StartError(`port ${options.uiPort} is in use; choose another with --ui-port`);
  }
}
