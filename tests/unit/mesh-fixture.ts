/** Meshes without a network: a test says what reaches them, and reads what they order. */
import { createIdentity, publicIdentityFromKeys } from "../../src/crypto/index.ts";
import type { Identity } from "../../src/crypto/ports.ts";
import { createNodeSignatures } from "../../src/crypto/signatures.node.ts";
import type { Address, ConnectionId, Millis, PeerId } from "../../src/ids.ts";
import { type About, type Card, type IdentityFromKeys, signCard } from "../../src/mesh/card.ts";
import { decodeFrame, encodeFrame, type Frame } from "../../src/mesh/frames.ts";
import { Mesh } from "../../src/mesh/mesh.ts";
import { type Statement, signStatement } from "../../src/mesh/news.ts";
import type { MeshEvent, MeshOutcome } from "../../src/mesh/outcome.ts";
import { createRandom } from "../support/random.ts";

export const signatures = createNodeSignatures();
export const identityFromKeys: IdentityFromKeys = (signKey, agreeKey, binding) =>
  publicIdentityFromKeys(signatures, signKey, agreeKey, binding);
export const at = (ms: number): Millis => ms as Millis;

/** The same person for the same number, in the order of ids: `person(1)` has a smaller id than `person(2)`. */
const people = Array.from({ length: 40 }, (_, seed) => {
  const random = createRandom(seed + 1);
  return createIdentity((length) => Uint8Array.from({ length }, () => Math.floor(random() * 256)), signatures);
}).sort((a, b) => (a.peerId < b.peerId ? -1 : 1));

export function person(number: number): Identity {
  return people[number] as Identity;
}

export function aboutOf(number: number, changes: Partial<About> = {}): About {
  return {
    name: `P${number}`,
    named: true,
    revision: 1,
    instance: instanceOf(number),
    addresses: [placeOf(number)],
    prekey: new Uint8Array(32).fill(9),
    ...changes,
  };
}

export const cardOf = (number: number, changes: Partial<About> = {}): Card =>
  signCard(person(number), signatures, aboutOf(number, changes));
export const placeOf = (number: number): Address => ({ host: `10.0.0.${number + 1}`, port: 47_474 });
export const instanceOf = (number: number): string => `${number}`.padStart(16, "0");

/** The first word of one start of that person. */
export function wordOf(number: number, instance = instanceOf(number)): Statement {
  return signStatement(person(number), signatures, instance, 0, false);
}

/** A mesh whose owner is `person(number)`, and shorthand for what its transport tells it. */
export class Bench {
  readonly mesh: Mesh;
  readonly self: PeerId;
  now = 0;
  #connections = 0;

  constructor(number: number, about: Partial<About> = {}) {
    const identity = person(number);
    this.self = identity.peerId;
    this.mesh = new Mesh(
      { identity, signatures, identityFromKeys, random: () => 0.5, openPost: (sealed) => sealed },
      aboutOf(number, about),
      at(0),
    );
  }

  /** An inbound connection of that person, as far as the handshake. */
  authenticated(
    number: number,
    changes: { instance?: string; connectionId?: string; dialled?: boolean } = {},
  ): { id: ConnectionId; outcome: MeshOutcome } {
    const id = (changes.connectionId ?? `in-${++this.#connections}`) as ConnectionId;
    const remote = { identity: person(number), instance: changes.instance ?? instanceOf(number), address: placeOf(number) };
    const outcome = this.mesh.handle(
      { type: "connectionAuthenticated", connectionId: id, dialled: changes.dialled ?? false, remote },
      at(this.now),
    );
    return { id, outcome };
  }

  /** An open link whose `hello` has not come yet. */
  opened(number: number): ConnectionId {
    const { id } = this.authenticated(number);
    this.mesh.handle({ type: "linkOpened", connectionId: id }, at(this.now));
    return id;
  }

  /** A link to that person, who says it is linked to `neighbours`, and brings their word. */
  link(number: number, neighbours: readonly number[] = []): ConnectionId {
    const id = this.opened(number);
    this.tell(id, { t: "hello", card: cardOf(number), neighbours: neighbours.map((other) => cardOf(other)) });
    if (neighbours.length > 0) this.tell(id, { t: "cards", cards: [], statements: neighbours.map((other) => wordOf(other)) });
    return id;
  }

  tell(connectionId: ConnectionId, frame: Frame): MeshOutcome {
    return this.mesh.handle({ type: "frameArrived", connectionId, bytes: encodeFrame(frame) }, at(this.now));
  }

  /** Wakes at every `nextWakeAt` until then. Fails where waking brings it no further. */
  pass(ms: number): MeshOutcome {
    const all: { orders: MeshOutcome["orders"]; events: MeshEvent[] } = { orders: [], events: [] };
    const end = this.now + ms;
    for (let wakes = 0; ; wakes += 1) {
      const next = this.mesh.nextWakeAt();
      if (next === undefined || next > end) break;
      if (wakes > 100 + ms) throw new Error("it wakes again and again");
      this.now = Math.max(this.now, next);
      const { orders, events } = this.mesh.wake(at(this.now));
      all.orders.push(...orders);
      all.events.push(...events);
    }
    this.now = end;
    return all;
  }
}

/** The frames an outcome orders, by the connection they go to. */
export function framesOf({ orders }: MeshOutcome): { to: ConnectionId; frame: Frame }[] {
  return orders.flatMap((order) => {
    if (order.type !== "sendFrame") return [];
    const frame = decodeFrame(order.bytes);
    if (frame === undefined) throw new Error("a mesh sends a frame that it would refuse itself");
    return [{ to: order.connectionId, frame }];
  });
}
