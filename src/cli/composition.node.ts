/**
 * A peer as a process: every adapter wired to the driver, in the order in which the others get to know of it soonest.
 * Used by the command line and by the desktop shell's peer process.
 *
 * Invariants
 * 1. `start` either gives a whole peer or leaves nothing open and nothing on disk.
 * 2. `stop` says goodbye, closes everything and removes what must not stay, in bounded time.
 */
import { randomBytes as nodeRandomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { EarshotEvent } from "../api/contract.ts";
import { type ApiServer, startApiServer } from "../api/server.node.ts";
import {
  createBoxSealing,
  createIdentity,
  deriveNetwork,
  type Identity,
  identityFromSecrets,
  noiseSuite,
  publicIdentityFromKeys,
  startHandshake,
} from "../crypto/index.ts";
import { stretchNetworkKey } from "../crypto/network-key.node.ts";
import { createNodeSignatures } from "../crypto/signatures.node.ts";
import { startMdns } from "../discovery/mdns.node.ts";
import type { LogId, Millis } from "../ids.ts";
import { startTransport } from "../mesh/transport.node.ts";
import { nodeDataChannelClasses, releaseNodeDataChannel } from "../mesh/webrtc.node.ts";
import { createDriver, type Driver, Peer } from "../peer/index.ts";
import { lockDirectory } from "../store/directory-lock.node.ts";
import { createMemoryStore, type ProfileStore } from "../store/index.ts";
import { openProfileFile } from "../store/profile-file.node.ts";
import { removeApiFile, writeApiFile } from "./api-file.node.ts";
import { type DataDir, openDataDir } from "./data-dir.node.ts";
import { chosenAddresses, missingInterface, sourceAddress, watchAddresses } from "./interfaces.node.ts";
import { stopPatienceMs } from "./limits.ts";
import type { Log } from "./log.ts";
import type { RunOptions } from "./options.ts";
import { version } from "./version.ts";

export interface StartedPeer {
  readonly peerId: string;
  /** "http://127.0.0.1:PORT" */
  readonly url: string;
  readonly token: string;
  readonly dataDir: string;
  /** Everything since the start, also what happened before this call; then as it happens. Call once. */
  follow(listener: (event: EarshotEvent) => void): void;
  stop(): Promise<void>;
  /** For a process that is falling over: removes what must not stay, now. Never throws. */
  abandon(): void;
}

/** Rejects with `StartError`, `ProfileError` or `ListenError`, each in words for the person. */
export async function startPeer(options: RunOptions, log: Log): Promise<StartedPeer> {
  const cleanup = createCleanup((error) => log("warn", `not everything could be closed: ${String(error)}`));
  try {
    return await compose(options, log, cleanup);
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

async function compose(options: RunOptions, log: Log, cleanup: Cleanup): Promise<StartedPeer> {
  const missing = missingInterface(options.interfaces);
  if (missing !== undefined) throw new StartError(`this computer has no network interface or address "${missing}"`);

  const dataDir = openDataDir(options.place);
  cleanup.add(() => dataDir.remove());
  const store = await openStore(options.place, dataDir, cleanup);
  const self = await openSelf(store, options.name);
  const network = deriveNetwork({
    name: options.network,
    ...(options.networkKey !== undefined && { stretchedKey: await stretchNetworkKey(options.networkKey, options.network) }),
  });
  const instance = nodeRandomBytes(8).toString("hex");
  const events = createEventFeed();

  // ── The transport, first: the others may dial as soon as mDNS has told them ──────────────────────────────────────
  let driver: Driver | undefined;
  const hosts = options.interfaces.length === 0 ? ["0.0.0.0"] : chosenAddresses(options.interfaces).map(({ host }) => host);
  const transport = await startTransport({
    self: self.identity,
    instance,
    hosts,
    port: options.port,
    sourceFor: options.interfaces.length === 0 ? undefined : (host) => sourceAddress(chosenAddresses(options.interfaces), host),
    classes: nodeDataChannelClasses(),
    createHandshake: ({ initiator, prologue }) =>
      startHandshake({
        initiator,
        prologue,
        psk: network.secret,
        staticSecret: self.identity.agreeSecret,
        staticPublic: self.identity.agreeKey,
        randomBytes,
        suite: noiseSuite,
      }),
    identityFromKeys: (signKey, agreeKey, binding) => publicIdentityFromKeys(signatures, signKey, agreeKey, binding),
    deliver: (input) => driver?.enqueue(input),
  });
  cleanup.add(releaseNodeDataChannel);
  cleanup.add(() => transport.stop());

  // ── The peer ─────────────────────────────────────────────────────────────────────────────────────────────────────
}
