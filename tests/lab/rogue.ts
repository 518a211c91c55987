/**
 * Runs inside a namespace: a member of the network that does not keep to the protocol. It proves an identity of its own,
 * opens a link, says hello, and then sends what no peer would. `KIND HOST PORT COUNT`; prints how it went as JSON.
 */
import { randomBytes } from "node:crypto";
import type { RTCPeerConnection } from "node-datachannel/polyfill";
import { createHandshakes, createIdentity, deriveNetwork, derivePeerId, publicIdentityFromKeys } from "../../src/crypto/index.ts";
import { createNodeSignatures } from "../../src/crypto/signatures.node.ts";
import type { ConnectionId, PeerId } from "../../src/ids.ts";
import { signCard } from "../../src/mesh/card.ts";
import { decodeFrame, encodeFrame } from "../../src/mesh/frames.ts";
import { frameBytesMax } from "../../src/mesh/limits.ts";
import { startTransport } from "../../src/mesh/transport.node.ts";
import type { TransportInput } from "../../src/mesh/transport.ts";
import { nodeDataChannelClasses } from "../../src/mesh/webrtc.node.ts";

const [kind, host = "", port, count] = process.argv.slice(2);
const toldMax = 262_144;
const patienceMs = 3_000;
const signatures = createNodeSignatures();
const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const self = createIdentity(random, signatures);
const network = deriveNetwork({ name: "earshot" });
const connectionId = "out-1" as ConnectionId;
const instance = randomBytes(8).toString("hex");
let channel: { send(data: Uint8Array): void } | undefined;
let victim: PeerId = self.peerId;
let isOpen = false;

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
    channel = created as unknown as { send(data: Uint8Array): void };
    return created;
  }

  override setRemoteDescription({ type, sdp }: { type: "answer"; sdp: string }): Promise<void> {
    return super.setRemoteDescription({ type, sdp: sdp.replace(/a=max-message-size:\d+/, `a=max-message-size:${toldMax}`) });
  }
}

const transport = await startTransport({
  self,
  instance,
  hosts: ["0.0.0.0"],
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
      victim = input.remote.identity.peerId;
      transport.negotiate(connectionId);
      return;
    case "linkOpened":
      isOpen = true;
      transport.sendFrame(connectionId, encodeFrame({ t: "hello", card: ownCard(), neighbours: [] }));
      return;
    case "frameArrived": {
      const frame = decodeFrame(input.bytes);
      const [neighbour] = frame?.t === "hello" ? frame.neighbours : [];
      // Whose name it can take, it learns from the other's hello.
      if (neighbour !== undefined) misbehave(derivePeerId(neighbour.signKey, neighbour.agreeKey));
      return;
    }
    case "dialFailed":
    case "connectionClosed":
      end("closed");
      return;
    case "connectionRefused":
      return;
  }
}

function misbehave(someoneElse: PeerId): void {
  for (let sent = 0; sent < Number(count); sent += 1) {
    switch (kind) {
      case "garbage":
        transport.sendFrame(connectionId, random(200));
        break;
      case "forged":
        // In the name of somebody else, sealed by nobody.
        transport.sendFrame(connectionId, encodeFrame({ t: "envelope", from: someoneElse, to: victim, hops: 0, sealed: random(200) }));
        break;
      case "oversized":
        channel?.send(random(frameBytesMax + 1));
        break;
      default:
        throw new Error(`what is ${kind}?`);
    }
  }
}

function ownCard(): ReturnType<typeof signCard> {
  return signCard(self, signatures, { name: "rogue", named: true, revision: 1, instance, addresses: [] });
}

function end(link: "closed" | "kept"): void {
  clearTimeout(impatience);
  process.stdout.write(`${JSON.stringify({ opened: isOpen, link })}\n`, () => process.exit(0));
}
