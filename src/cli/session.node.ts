/**
 * A peer with its profile, beneath an API that may be there before and after it: every adapter wired to the driver, in the order in
 * which the others learn of it soonest.
 *
 * Invariants
 * 1. `startSession` gives a whole peer, or leaves nothing open and nothing of a guest on disk.
 * 2. `stop` says goodbye, closes everything and removes what must not stay, in bounded time.
 * 3. Nothing listens beyond the interfaces that were named.
 */
import { randomBytes as nodeRandomBytes } from "node:crypto";
import { isProfileMethod, type MethodName, type PeerMethodName } from "../api/contract.ts";
import type { CallOutcome } from "../api/peer-port.ts";
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
import { chosenAddresses, sourceAddress, watchAddresses } from "../discovery/interfaces.node.ts";
import { startMdns } from "../discovery/mdns.node.ts";
import type { LogId, Millis } from "../ids.ts";
import { startTransport } from "../mesh/transport.node.ts";
import { nodeDataChannelClasses } from "../mesh/webrtc.node.ts";
import { createDriver, type Driver, type DriverPorts, Peer } from "../peer/index.ts";
import { exportProfile, readExported } from "../store/index.ts";
import { removeApiFile, writeApiFile } from "./api-file.node.ts";
import { type Cleanup, createCleanup } from "./cleanup.ts";
import { monotonicNow, nodeClock } from "./clock.node.ts";
import type { DataDir } from "./data-dir.node.ts";
import { createEventFeed } from "./event-feed.ts";
import { upgradedRooms } from "./kept-rooms.ts";
import { stopPatienceMs } from "./limits.ts";
import type { Log } from "./log.ts";
import type { RunOptions } from "./options.ts";
import { givenNetworkKey } from "./passphrase.node.ts";
import type { OpenProfile } from "./profile.node.ts";
import { answerProfile, type ProfileCallsParts } from "./profile-calls.ts";
import type { OpenSession } from "./profile-shell.ts";
import { version } from "./version.ts";

export interface SessionParts {
  readonly options: RunOptions;
  readonly dataDir: DataDir;
  /** Undefined for a guest. */
  readonly profileName: string | undefined;
  readonly profile: OpenProfile;
  readonly log: Log;
  /** Everything that was kept has been destroyed; the process ends once the answer has left. */
  wiped(): void;
}

export interface Session extends OpenSession {
  readonly peerId: string;
  readonly dataDir: string;
  readonly openProfile: OpenProfile;
  /** The person's other programs find the API by the directory, until this session ends. */
  announce(url: string, token: string): void;
  /** As `stop`. @param take is called when nothing happens any more, and before anything is forgotten, with what the rooms were */
  stopAnd(take: () => void): Promise<void>;
  /** For a process that is falling over: removes what must not stay, at once. Never throws. */
  abandon(): void;
}

/** Takes over what `parts` hold, whether it succeeds or not. */
export async function startSession(parts: SessionParts): Promise<Session> {
  const cleanup = createCleanup((error) => parts.log("warn", `not everything could be closed: ${String(error)}`));
  cleanup.add(() => parts.dataDir.remove());
  cleanup.add(() => parts.profile.close());
  try {
    return await compose(parts, cleanup);
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

async function compose({ options, dataDir, profileName, profile, log, wiped }: SessionParts, cleanup: Cleanup): Promise<Session> {
  const { interfaces } = options;
  const randomBytes = (length: number): Uint8Array => new Uint8Array(nodeRandomBytes(length));
  const signatures = createNodeSignatures();
  const { identity } = profile;
  const networkKey = givenNetworkKey(options);
  const network = deriveNetwork({
    name: options.network,
    ...(networkKey !== undefined && { stretchedKey: await stretchNetworkKey(networkKey, options.network) }),
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
  cleanup.add(() => transport.stop());

  let isDestroyed = false;
  let isStopped = false;
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
      profile: profileName,
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
      settings: profile.vault.entries("settings"),
      own: profile.vault.entries("own"),
      mail: profile.vault.entries("mail"),
      rooms: upgradedRooms(profile.vault),
      remembered: profile.remembered,
    },
    monotonicNow(),
  );
  const ifKept =
    <T>(write: (what: T) => void) =>
    (what: T): void => {
      if (!isDestroyed) write(what);
    };
  const running = createDriver({
    peer,
    transport,
    clock: nodeClock,
    rememberPeers: ifKept((peers) => profile.rememberPeers(peers)),
    rememberName: ifKept((name) => profile.rememberName(name)),
    saveRecords: ifKept<Parameters<DriverPorts["saveRecords"]>[0]>((records) => profile.vault.write(records)),
    appendEvents: ifKept((events) => profile.vault.appendEvents(events)),
    rewriteEvents: ifKept((events) => profile.vault.rewriteEvents(events)),
    deleteEvents: ifKept((keys) => profile.vault.deleteEvents(keys)),
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
    quit: wiped,
  };
  let stopping: Promise<void> | undefined;
  const stopAnd: Session["stopAnd"] = (take) => {
    stopping ??= stopOnce(take);
    return stopping;
  };
  const stopOnce: Session["stopAnd"] = async (take) => {
    isStopped = true;
    removeApiFile(dataDir.path);
    running.enqueue({ type: "stopRequested" });
    const impatience = setTimeout(tellStopped, stopPatienceMs);
    await stopped;
    clearTimeout(impatience);
    try {
      take();
    } finally {
      await cleanup.run();
    }
  };
  return {
    peerId: identity.peerId,
    dataDir: dataDir.path,
    profile: profileName,
    openProfile: profile,
    damage: profile.kept?.salvage?.message,
    get isStopped() {
      return isStopped;
    },
    call: (method: MethodName, params: unknown): Promise<CallOutcome> =>
      isProfileMethod(method) ? answerProfile(profileParts, method, params) : running.call(method as PeerMethodName, params),
    subscribe(listener) {
      feed.follow(listener);
      return () => feed.follow(() => undefined);
    },
    announce: (url, token) => writeApiFile(dataDir.path, { url, token, pid: process.pid, peerId: identity.peerId }),
    exported() {
      const exported = readExported(profile.vault);
      if (exported === undefined) throw new Error("a profile without an identity runs");
      const { file, phrase } = exportProfile(exported, randomBytes);
      return { file: Buffer.from(file).toString("base64"), phrase };
    },
    stop: () => stopAnd(() => undefined),
    stopAnd,
    abandon() {
      removeApiFile(dataDir.path);
      dataDir.remove();
    },
  };
}
