/**
 * A peer as a process: every adapter wired to the driver, in the order in which the others learn of it soonest.
 * Used by the command line and by the desktop shell's peer process.
 *
 * Invariants
 * 1. `startPeer` gives a whole peer, or leaves nothing open and nothing of a guest on disk.
 * 2. `stop` says goodbye, closes everything and removes what must not stay, in bounded time.
 * 3. Nothing listens beyond the interfaces that were named; the API listens on 127.0.0.1 alone.
 */
import { randomBytes as nodeRandomBytes } from "node:crypto";
import { type EarshotEvent, isProfileMethod, type PeerMethodName } from "../api/contract.ts";
import type { PeerPort } from "../api/peer-port.ts";
import { startApiServer } from "../api/server.node.ts";
import { createNodeAgreement } from "../crypto/agreement.node.ts";
import {
  createHandshakes,
  createNetworkSealing,
  createPrimitives,
  createSealing,
  deriveNetwork,
  publicIdentityFromKeys,
} from "../crypto/index.ts";
import { createNodeKeyDerivation } from "../crypto/key-derivation.node.ts";
import { stretchNetworkKey } from "../crypto/network-key.node.ts";
import { createNodeSignatures } from "../crypto/signatures.node.ts";
import { chosenAddresses, missingInterface, sourceAddress, watchAddresses } from "../discovery/interfaces.node.ts";
import { startMdns } from "../discovery/mdns.node.ts";
import type { LogId, Millis } from "../ids.ts";
import { startTransport } from "../mesh/transport.node.ts";
import { nodeDataChannelClasses, releaseNodeDataChannel } from "../mesh/webrtc.node.ts";
import { createDriver, type Driver, Peer } from "../peer/index.ts";
import { removeApiFile, writeApiFile } from "./api-file.node.ts";
import { type Cleanup, createCleanup } from "./cleanup.ts";
import { monotonicNow, nodeClock } from "./clock.node.ts";
import { openDataDir } from "./data-dir.node.ts";
import { pageDirectory } from "./dist.node.ts";
import { createEventFeed } from "./event-feed.ts";
import { keptRooms } from "./kept-rooms.ts";
import { quitDelayMs, stopPatienceMs } from "./limits.ts";
import type { Log } from "./log.ts";
import type { RunOptions } from "./options.ts";
import { askPassphrase, givenPassphrase } from "./passphrase.node.ts";
import { openProfile } from "./profile.node.ts";
import { answerProfile, type ProfileCallsParts } from "./profile-calls.ts";
import { StartError } from "./start-error.ts";
import { version } from "./version.ts";

export interface StartedPeer {
  readonly peerId: string;
  /** "http://127.0.0.1:PORT" */
  readonly url: string;
  readonly token: string;
  readonly dataDir: string;
  /** Everything since the start, what happened before this call first. Call once. */
  follow(listener: (event: EarshotEvent) => void): void;
  stop(): Promise<void>;
  /** Everything that was kept has been destroyed; the process ends next. */
  onWiped(listener: () => void): void;
  /** For a process that is falling over: removes what must not stay, at once. Never throws. */
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
  const { interfaces } = options;
  const missing = missingInterface(interfaces);
  if (missing !== undefined) throw new StartError(`this computer has no network interface or address "${missing}"`);

  const randomBytes = (length: number): Uint8Array => new Uint8Array(nodeRandomBytes(length));
  const signatures = createNodeSignatures();
  const dataDir = openDataDir(options.place);
  cleanup.add(() => dataDir.remove());
  const passphrase = {
    given: () => givenPassphrase(options.passphraseFile),
    ask: () => askPassphrase(`Passphrase of the profile in ${dataDir.path}: `),
  };
  const profile = await openProfile(options, dataDir.path, { randomBytes, signatures }, passphrase, log);
  cleanup.add(() => profile.close());
  const { identity } = profile;
  const network = deriveNetwork({
    name: options.network,
    ...(options.networkKey !== undefined && { stretchedKey: await stretchNetworkKey(options.networkKey, options.network) }),
  });
  const instance = nodeRandomBytes(8).toString("hex");

  let driver: Driver | undefined;
  const transport = await startTransport({
    self: identity,
    instance,
    hosts: interfaces.length === 0 ? ["0.0.0.0"] : chosenAddresses(interfaces).map(({ host }) => host),
    port: options.port,
    sourceFor: interfaces.length === 0 ? undefined : (host) => sourceAddress(chosenAddresses(interfaces), host),
    classes: nodeDataChannelClasses(),
    createHandshake: createHandshakes(identity, network, randomBytes),
    identityFromKeys: (signKey, agreeKey, binding) => publicIdentityFromKeys(signatures, signKey, agreeKey, binding),
    deliver: (input) => driver?.enqueue(input),
  });
  cleanup.add(releaseNodeDataChannel);
  cleanup.add(() => transport.stop());

  let isDestroyed = false;
  const wipeListeners: (() => void)[] = [];
  let tellStopped: () => void;
  const stopped = new Promise<void>((resolve) => {
    tellStopped = resolve;
  });
  const wallNow = () => Date.now() as Millis;
  const primitives = createPrimitives(createNodeAgreement(), createNodeKeyDerivation());
  const peer = new Peer(
    {
      identity,
      name: profile.name,
      named: profile.named,
      profile: options.place.kind === "profile" ? options.place.profile : undefined,
      networkName: options.network,
      version,
      logId: instance as LogId,
      randomBytes,
      wallNow,
      signatures,
      sealing: createSealing({
        self: identity,
        primitives,
        signatures,
        randomBytes,
        wallNow,
        kept: (table) => profile.vault.entries(table),
        isKept: profile.vault.isKept,
      }),
      networkSealing: createNetworkSealing(network.secret, randomBytes),
      contacts: profile.vault.entries("contacts"),
      rooms: profile.vault.isKept ? keptRooms(profile.vault) : undefined,
      remembered: profile.remembered,
    },
    monotonicNow(),
  );
  const running = createDriver({
    peer,
    transport,
    clock: nodeClock,
    rememberPeers: (peers) => {
      if (!isDestroyed) profile.rememberPeers(peers);
    },
    rememberName: (name) => {
      if (!isDestroyed) profile.rememberName(name);
    },
    saveRecords: (records) => {
      if (!isDestroyed) profile.vault.write(records);
    },
    appendEvents: (events) => {
      if (!isDestroyed) profile.vault.appendEvents(events);
    },
    deleteEvents: (keys) => {
      if (!isDestroyed) profile.vault.deleteEvents(keys);
    },
    stopped: () => tellStopped(),
  });
  driver = running;
  const feed = createEventFeed();
  running.subscribe(feed.push);

  const tellAddresses = (addresses: readonly { readonly host: string }[]) =>
    running.enqueue({ type: "addressesChanged", addresses: addresses.map(({ host }) => ({ host, port: transport.port })) });
  tellAddresses(chosenAddresses(interfaces));
  cleanup.add(watchAddresses(interfaces, tellAddresses));

  if (options.mdns) {
    const mdns = startMdns({
      peerId: identity.peerId,
      networkTag: network.tag,
      port: transport.port,
      interfaces,
      sighted: (sighting) => running.enqueue({ type: "peerSighted", sighting }),
      log: (line) => log("warn", line),
    });
    running.subscribe((event) => {
      if (event.event === "peerChanged") mdns.linkChanged(event.peer.peerId, event.peer.link === "direct");
      if (event.event === "logged" && event.entry.kind === "lost") mdns.peerLost();
    });
    cleanup.add(() => mdns.stop());
  }
  for (const address of options.connect) {
    void running.call("peers.connect", { address }).then((outcome) => {
      if (!outcome.ok && outcome.error.code !== "stopping") log("warn", `--connect ${address}: ${outcome.error.message}`);
    });
  }

  const profileParts: ProfileCallsParts = {
    kept: profile.kept,
    destroyed: () => {
      isDestroyed = true;
    },
    // The answer leaves first.
    quit() {
      for (const listener of wipeListeners) listener();
      setTimeout(() => process.kill(process.pid, "SIGTERM"), quitDelayMs);
    },
  };
  const port: PeerPort = {
    call: (method, params) =>
      isProfileMethod(method) ? answerProfile(profileParts, method, params) : running.call(method as PeerMethodName, params),
    subscribe: (listener) => running.subscribe(listener),
  };
  const token = nodeRandomBytes(32).toString("base64url");
  const api = await startApi(options, port, token, log);
  cleanup.add(() => api.stop());
  writeApiFile(dataDir.path, { url: api.url, token, pid: process.pid, peerId: identity.peerId });
  cleanup.add(() => removeApiFile(dataDir.path));

  return {
    peerId: identity.peerId,
    url: api.url,
    token,
    dataDir: dataDir.path,
    follow: feed.follow,
    onWiped: (listener) => void wipeListeners.push(listener),
    async stop() {
      running.enqueue({ type: "stopRequested" });
      const impatience = setTimeout(tellStopped, stopPatienceMs);
      await stopped;
      clearTimeout(impatience);
      await cleanup.run();
    },
    abandon() {
      removeApiFile(dataDir.path);
      dataDir.remove();
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
