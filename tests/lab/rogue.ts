/**
 * Runs inside a namespace: a member of the network that does not keep to the protocol. It proves an identity of its own,
 * opens a link, says hello, and then sends what no peer would: so many at once of what is bad, so many a second of what
 * is good but too much. `KIND HOST PORT COUNT [NETWORK]`; prints how it went as JSON.
 */
import { randomBytes } from "node:crypto";
import type { RTCPeerConnection } from "node-datachannel/polyfill";
import { createHandshakes, createIdentity, createNetworkSealing, deriveNetwork, publicIdentityFromKeys } from "../../src/crypto/index.ts";
import type { PublicIdentity } from "../../src/crypto/ports.ts";
import { createNodeSignatures } from "../../src/crypto/signatures.node.ts";
import type { ConnectionId, LogId, Millis, RoomId } from "../../src/ids.ts";
import { signCard } from "../../src/mesh/card.ts";
import { decodeFrame, encodeFrame, type Frame } from "../../src/mesh/frames.ts";
import { frameBytesMax, wantedMax } from "../../src/mesh/limits.ts";
import { encodeNews } from "../../src/mesh/news.ts";
import { startTransport } from "../../src/mesh/transport.node.ts";
import type { TransportInput } from "../../src/mesh/transport.ts";
import { nodeDataChannelClasses } from "../../src/mesh/webrtc.node.ts";
import { addressed, addressee } from "../../src/peer/control.ts";
import { signEvent } from "../../src/rooms/event.ts";
import { encodePayload } from "../../src/rooms/payload.ts";
import { createTestSealing } from "../support/sealing.ts";

const [kind, host = "", port, count, networkName = "earshot"] = process.argv.slice(2);
const loopback = "127.0.0.1";
const toldMax = 262_144;
const patienceMs = 3_000;
/** A flood goes on until the link is closed, but no longer than this. */
const floodMs = 25_000;
const batchMs = 10;
/** It floods as fast as the other side reads. */
const bufferedMax = 512 * 1024;
const signatures = createNodeSignatures();
const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const self = createIdentity(random, signatures);
const network = deriveNetwork({ name: networkName });
const connectionId = "out-1" as ConnectionId;
const instance = randomBytes(8).toString("hex");
let channel: { send(data: Uint8Array): void; readonly bufferedAmount: number } | undefined;
let victim: PublicIdentity = self;
let victimsPrekey: Uint8Array | undefined;
let someoneElse: PublicIdentity = self;
let isOpen = false;
let isFlooding = false;
let sent = 0;
/** For whoever wonders. */
let why = "";
let event: { readonly seq: number; readonly digest: Uint8Array } = { seq: 0, digest: new Uint8Array(0) };

const sealing = createTestSealing(self, random);
const networkSealing = createNetworkSealing(network.secret, random);
/** Each frame is one that an honest peer could send. */
const floods: Readonly<Record<string, () => Frame>> = {
  envelopes: () => envelopeTo(victim),
  cargo: () => envelopeTo(someoneElse),
  broadcasts: () => ({ t: "gossip", hops: 0, body: encodeNews({ k: "post", sealed: networkSealing.seal(ownMessage()) }) }),
  questions: () => ({ t: "want", peerIds: Array.from({ length: wantedMax }, () => someoneElse.peerId) }),
  prunes: () => ({ t: "prune" }),
};

const classes = nodeDataChannelClasses();
/** Does not believe how much the other side takes, and hands out its channel. */
class Deaf extends (classes.RTCPeerConnection as typeof RTCPeerConnection) {
  constructor(config: ConstructorParameters<typeof RTCPeerConnection>[0]) {
    super({ ...config, maxMessageSize: toldMax } as ConstructorParameters<typeof RTCPeerConnection>[0]);
  }

  override createDataChannel(
    ...args: Parameters<RTCPeerConnection["createDataChannel"]>
  ): ReturnType<RTCPeerConnection["createDataChannel"]> {
    const created = super.createDataChannel(...args);
    channel = created as unknown as NonNullable<typeof channel>;
    return created;
  }

  override setRemoteDescription({ type, sdp }: { type: "answer"; sdp: string }): Promise<void> {
    return super.setRemoteDescription({ type, sdp: sdp.replace(/a=max-message-size:\d+/, `a=max-message-size:${toldMax}`) });
  }
}

const transport = await startTransport({
  self,
  instance,
  // Nobody is to find it from outside of where it works.
  hosts: [host === loopback ? loopback : "0.0.0.0"],
  port: 0,
  classes: { ...classes, RTCPeerConnection: Deaf },
  createHandshake: createHandshakes(self, network, random),
  identityFromKeys: (signKey, agreeKey, binding) => publicIdentityFromKeys(signatures, signKey, agreeKey, binding),
  deliver,
});
transport.dial(connectionId, { host, port: Number(port) });
const impatience = setTimeout(() => end("kept"), patienceMs);

function deliver(input: TransportInput): void {
  switch (input.type) {
    case "connectionAuthenticated":
      if (input.connectionId !== connectionId) return;
      victim = input.remote.identity;
      transport.negotiate(connectionId);
      return;
    case "linkOpened":
      isOpen = true;
      transport.sendFrame(connectionId, encodeFrame({ t: "hello", card: ownCard(), neighbours: [] }));
      return;
    case "frameArrived": {
      const frame = decodeFrame(input.bytes);
      if (frame?.t === "hello") victimsPrekey = frame.card.prekey;
      const [neighbour] = frame?.t === "hello" ? frame.neighbours : [];
      if (neighbour === undefined) return;
      // Whose name it can take, it learns from the other's hello.
      const { signKey, agreeKey, binding } = neighbour;
      someoneElse = publicIdentityFromKeys(signatures, signKey, agreeKey, binding) ?? self;
      misbehave();
      return;
    }
    case "dialFailed":
    case "connectionClosed":
      // Whoever dials the rogue meanwhile is none of its business.
      if (input.connectionId !== connectionId) return;
      why = "reason" in input ? String(input.reason) : input.type;
      end("closed");
      return;
    case "connectionRefused":
      return;
  }
}

function misbehave(): void {
  const make = floods[kind ?? ""];
  if (make !== undefined) {
    if (!isFlooding) flood(make);
    return;
  }
  for (let done = 0; done < Number(count); done += 1) {
    switch (kind) {
      case "garbage":
        transport.sendFrame(connectionId, random(200));
        break;
      case "unsealed":
        say({ t: "envelope", from: self.peerId, to: victim.peerId, hops: 0, sealed: unsealed() });
        break;
      case "forged":
        // In the name of somebody else, sealed by nobody, as if it came by a relay.
        say({ t: "envelope", from: someoneElse.peerId, to: victim.peerId, hops: 1, sealed: unsealed() });
        break;
      case "oversized":
        channel?.send(random(frameBytesMax + 1));
        break;
      default:
        throw new Error(`what is ${kind}?`);
    }
  }
}

/** Of no kind that there is. */
const unsealed = (): Uint8Array => Uint8Array.from([0, ...random(199)]);

function say(frame: Frame): void {
  transport.sendFrame(connectionId, encodeFrame(frame));
}

function flood(make: () => Frame): void {
  isFlooding = true;
  clearTimeout(impatience);
  setTimeout(() => end("kept"), floodMs);
  setInterval(() => {
    for (let i = 0; i < (Number(count) * batchMs) / 1_000; i += 1) {
      if ((channel?.bufferedAmount ?? 0) > bufferedMax) return;
      say(make());
      sent += 1;
    }
  }, batchMs);
}

function ownMessage(): Uint8Array {
  const at = Date.now() as Millis;
  const next = signEvent(signatures, self.signSeed, {
    roomId: "lobby" as RoomId,
    author: self.peerId,
    logId: instance as LogId,
    seq: event.seq + 1,
    prev: event.digest,
    clock: at,
    at,
    body: { kind: "message", text: `buy one, get ${event.seq} free` },
  });
  event = next;
  const { signKey, agreeKey, binding } = self;
  const payload = {
    k: "events",
    roomId: next.roomId,
    authors: [{ signKey, agreeKey, binding }],
    events: [next.bytes],
    floors: [],
  } as const;
  return addressed(addressee.rooms, encodePayload(payload));
}

function envelopeTo(reader: PublicIdentity): Frame {
  const [copy] = sealing.seal(
    { roomId: "lobby", members: undefined, readers: [{ identity: reader, prekey: victimsPrekey }] },
    ownMessage(),
    0 as Millis,
  );
  if (copy === undefined) throw new Error("there is one copy for one reader");
  return { t: "envelope", from: self.peerId, to: reader.peerId, hops: 0, sealed: copy.sealed };
}

function ownCard(): ReturnType<typeof signCard> {
  return signCard(self, signatures, {
    name: "rogue",
    named: true,
    revision: 1,
    instance,
    addresses: [],
    prekey: new Uint8Array(32).fill(9),
  });
}

function end(link: "closed" | "kept"): void {
  clearTimeout(impatience);
  process.stdout.write(`${JSON.stringify({ opened: isOpen, link, why, sent, peerId: self.peerId })}\n`, () => process.exit(0));
}
