/** Many meshes, without rooms, on one virtual LAN: for what the overlay, the broadcast tree and the roster promise. */
import { createIdentity, publicIdentityFromKeys } from "../../src/crypto/index.ts";
import type { Identity, Signatures } from "../../src/crypto/ports.ts";
import { createNodeSignatures } from "../../src/crypto/signatures.node.ts";
import type { Address, Millis, PeerId } from "../../src/ids.ts";
import { Mesh, type MeshEvent, type MeshOutcome } from "../../src/mesh/index.ts";
import type { Transport } from "../../src/mesh/transport.ts";
import { createVirtualNetwork, type VirtualNetwork } from "../../src/mesh/transport-memory.ts";
import { createRandom } from "./random.ts";

export interface CrowdPeer {
  readonly identity: Identity;
  readonly address: Address;
  readonly mesh: Mesh;
  readonly transport: Transport;
  readonly events: MeshEvent[];
  isAlive: boolean;
  wakeAt: number;
}

interface Ring {
  readonly at: number;
  readonly place: number;
  readonly peer: CrowdPeer;
}

export interface FrameCount {
  frames: number;
  bytes: number;
}

export class Crowd {
  readonly network: VirtualNetwork;
  readonly peers: CrowdPeer[] = [];
  /** Sees every frame at the moment it is sent. */
  tap: (from: CrowdPeer, bytes: Uint8Array) => void = () => undefined;
  /** Sees every event of every mesh. */
  watch: (peer: CrowdPeer, event: MeshEvent) => void = () => undefined;
  readonly sent: FrameCount = { frames: 0, bytes: 0 };
  readonly #random: () => number;
  readonly #signatures = remembering(createNodeSignatures());
  readonly #rings: Ring[] = [];
  #count = 0;

  constructor(seed: number, latencyMs = 1) {
    this.#random = createRandom(seed);
    this.network = createVirtualNetwork({ random: this.#random, latencyMs });
  }

  get now(): Millis {
    return this.network.now();
  }

  /** Starts a peer that sights `sighted` of those who are here, drawn at random, as mDNS answers would come. */
  join(sighted = 30): CrowdPeer {
    const number = ++this.#count;
    const randomBytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => Math.floor(this.#random() * 256));
    const identity = createIdentity(randomBytes, this.#signatures);
    const instance = Array.from(randomBytes(8), (byte) => byte.toString(16).padStart(2, "0")).join("");
    const address = { host: `10.0.${number >> 8}.${number & 255}`, port: 47_474 };
    const mesh = new Mesh(
      {
        identity,
        signatures: this.#signatures,
        identityFromKeys: (signKey, agreeKey, binding) => publicIdentityFromKeys(this.#signatures, signKey, agreeKey, binding),
        random: this.#random,
        openPost: (sealed) => sealed,
      },
      { name: `P${number}`, named: true, revision: 1, instance, addresses: [address], prekey: new Uint8Array(32).fill(9) },
      this.now,
    );
    const transport = this.network.attach({ identity, instance, address }, (input) => this.#perform(peer, mesh.handle(input, this.now)));
    const peer: CrowdPeer = { identity, address, mesh, transport, events: [], isAlive: true, wakeAt: Number.POSITIVE_INFINITY };
    const others = [...this.peers];
    for (let i = 0; i < sighted && others.length > 0; i += 1) {
      const [other] = others.splice(Math.floor(this.#random() * others.length), 1);
      if (other !== undefined) this.sight(peer, other);
    }
    this.peers.push(peer);
    this.#arm(peer);
    return peer;
  }

  sight(who: CrowdPeer, whom: CrowdPeer): void {
    this.#perform(who, who.mesh.sight({ source: "mdns", addresses: [whom.address], peerId: whom.identity.peerId }, this.now));
  }

  kill(peer: CrowdPeer): void {
    peer.isAlive = false;
    peer.wakeAt = Number.POSITIVE_INFINITY;
    this.network.kill(peer.address);
    this.peers.splice(this.peers.indexOf(peer), 1);
  }

  quit(peer: CrowdPeer): void {
    this.#perform(peer, peer.mesh.stop(this.now));
    this.pass(50);
    this.kill(peer);
  }

  broadcast(peer: CrowdPeer, sealed: Uint8Array): void {
    this.#perform(peer, peer.mesh.broadcast(sealed, this.now));
  }

  send(peer: CrowdPeer, to: PeerId, sealed: Uint8Array): void {
    this.#perform(peer, peer.mesh.sendSealed(to, sealed, true, this.now));
  }

  pass(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const ring = this.#nextRing();
      const eventAt = this.network.nextEventAt() ?? Number.POSITIVE_INFINITY;
      if (Math.min(ring?.at ?? Number.POSITIVE_INFINITY, eventAt) > end) break;
      if (ring === undefined || eventAt <= ring.at) {
        this.network.step();
        continue;
      }
      this.network.runUntil(ring.at as Millis);
      if (ring.peer.wakeAt !== ring.at) continue;
      ring.peer.wakeAt = Number.POSITIVE_INFINITY;
      pop(this.#rings);
      this.#perform(ring.peer, ring.peer.mesh.wake(this.now));
    }
    this.network.runUntil(end as Millis);
  }

  /** Passes time until this holds, or `maxMs` have passed. Returns how long it took. */
  until(holds: () => boolean, maxMs: number, stepMs = 50): number | undefined {
    for (let passed = 0; passed <= maxMs; passed += stepMs) {
      if (holds()) return passed;
      this.pass(stepMs);
    }
    return undefined;
  }

  linkCounts(): number[] {
    return this.peers.map((peer) => this.peers.filter((other) => peer.mesh.linkTo(other.identity.peerId) !== undefined).length);
  }

  /** Everybody sees everybody, and nobody else. */
  get isWhole(): boolean {
    return this.peers.every(({ mesh }) => mesh.reachable().length === this.peers.length - 1);
  }

  get hosts(): Set<string> {
    return new Set(this.peers.map(({ mesh }) => `${mesh.host.term} ${mesh.host.hostId}`));
  }

  pick(): CrowdPeer {
    return this.peers[Math.floor(this.#random() * this.peers.length)] as CrowdPeer;
  }

  #perform(peer: CrowdPeer, outcome: MeshOutcome): void {
    for (const order of outcome.orders) {
      if (order.type === "dial") peer.transport.dial(order.connectionId, order.address);
      else if (order.type === "negotiate") peer.transport.negotiate(order.connectionId);
      else if (order.type === "closeConnection") peer.transport.closeConnection(order.connectionId, order.reason);
      else {
        this.sent.frames += 1;
        this.sent.bytes += order.bytes.length;
        this.tap(peer, order.bytes);
        peer.transport.sendFrame(order.connectionId, order.bytes);
      }
    }
    for (const event of outcome.events) this.watch(peer, event);
    this.#arm(peer);
  }

  #arm(peer: CrowdPeer): void {
    const at = peer.isAlive ? (peer.mesh.nextWakeAt() ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
    if (at >= peer.wakeAt && peer.wakeAt >= this.now) {
      if (at === peer.wakeAt) return;
      // It rings too early then, and finds nothing to do.
      return;
    }
    peer.wakeAt = Math.max(at, this.now);
    if (peer.wakeAt !== Number.POSITIVE_INFINITY) push(this.#rings, { at: peer.wakeAt, place: ++this.#count, peer });
  }

  #nextRing(): Ring | undefined {
    for (let first = this.#rings[0]; first !== undefined; first = this.#rings[0]) {
      if (first.peer.wakeAt === first.at) return first;
      pop(this.#rings);
    }
    return undefined;
  }
}

/** Checking one signature a thousand times proves nothing more. */
function remembering(signatures: Signatures): Signatures {
  const verified = new Map<string, boolean>();
  return {
    ...signatures,
    verify(publicKey, message, signature) {
      const key = `${Buffer.from(publicKey).toString("latin1")}${Buffer.from(signature).toString("latin1")}${Buffer.from(message).toString("latin1")}`;
      let holds = verified.get(key);
      if (holds === undefined) {
        holds = signatures.verify(publicKey, message, signature);
        verified.set(key, holds);
      }
      return holds;
    },
  };
}

function before(one: Ring, other: Ring): boolean {
  return one.at < other.at || (one.at === other.at && one.place < other.place);
}

function push(heap: Ring[], ring: Ring): void {
  let index = heap.length;
  heap.push(ring);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (before(heap[parent] as Ring, ring)) break;
    heap[index] = heap[parent] as Ring;
    index = parent;
  }
  heap[index] = ring;
}

function pop(heap: Ring[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child + 1 < heap.length && before(heap[child + 1] as Ring, heap[child] as Ring)) child += 1;
    if (child >= heap.length || before(last, heap[child] as Ring)) break;
    heap[index] = heap[child] as Ring;
    index = child;
  }
  heap[index] = last;
}
