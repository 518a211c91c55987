/**
 * A member of a crowd (mesh-crowd.ts), or among whole peers, that does not keep to what honest peers need: it links to
 * whom it likes, says hello and a heartbeat, and floods each of its links with frames that are valid, each by itself.
 */
import { createIdentity, publicIdentityFromKeys } from "../../src/crypto/index.ts";
import type { Identity } from "../../src/crypto/ports.ts";
import { createNodeSignatures } from "../../src/crypto/signatures.node.ts";
import type { ConnectionId, PeerId } from "../../src/ids.ts";
import { signCard } from "../../src/mesh/card.ts";
import { decodeFrame, encodeFrame, type Frame } from "../../src/mesh/frames.ts";
import type { Transport, TransportInput } from "../../src/mesh/transport.ts";
import type { Crowd, CrowdPeer } from "./mesh-crowd.ts";
import { bytesFrom, createRandom } from "./random.ts";

const instance = "f".repeat(16);
/** Where it is. */
export const flooderAddress = { host: "10.0.9.9", port: 47_474 };
const signatures = createNodeSignatures();

export class Flooder {
  readonly identity: Identity;
  readonly #transport: Transport;
  readonly #open = new Map<ConnectionId, PeerId>();
  #dials = 0;

  constructor(crowd: Pick<Crowd, "network">, seed: number) {
    this.identity = createIdentity(bytesFrom(createRandom(seed)), signatures);
    this.#transport = crowd.network.attach({ identity: this.identity, instance, address: flooderAddress }, (input) => this.#hear(input));
  }

  dial({ address: to }: Pick<CrowdPeer, "address">): void {
    this.#transport.dial(`out-flooder-${++this.#dials}` as ConnectionId, to);
  }

  get links(): number {
    return this.#open.size;
  }

  /** The same to each, or to each its own. */
  flood(make: (to: PeerId) => Frame): void {
    for (const [connectionId, peerId] of this.#open) this.#transport.sendFrame(connectionId, encodeFrame(make(peerId)));
  }

  #hear(input: TransportInput): void {
    if (input.type === "connectionAuthenticated") this.#transport.negotiate(input.connectionId);
    if (input.type === "connectionClosed") this.#open.delete(input.connectionId);
    if (input.type !== "frameArrived") return;
    const frame = decodeFrame(input.bytes);
    // What is said before the other's hello may come too early.
    if (frame?.t !== "hello") return;
    const card = signCard(this.identity, signatures, {
      name: "Flooder",
      named: true,
      revision: 1,
      instance,
      addresses: [flooderAddress],
      prekey: new Uint8Array(32).fill(9),
    });
    this.#transport.sendFrame(input.connectionId, encodeFrame({ t: "hello", card, neighbours: [] }));
    const { signKey, agreeKey, binding } = frame.card;
    const peer = publicIdentityFromKeys(signatures, signKey, agreeKey, binding);
    if (peer !== undefined) this.#open.set(input.connectionId, peer.peerId);
  }
}
