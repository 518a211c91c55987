/**
 * A network in virtual time: the twin of the real transport, for tests and simulations. Pure; one object holds any
 * number of peers. Time moves only in `step` and `runUntil`, and every event is delivered from there, never from
 * within a call of a `Transport`.
 *
 * Invariants
 * 1. What one side of a connection sees comes in the order in which the other side caused it, whatever the latency.
 * 2. A cut pair hears nothing of each other and sees no close; after `heal` what was held back arrives, in order.
 * 3. The same `random` and the same calls give the same events.
 */
import type { PublicIdentity } from "../crypto/ports.ts";
import type { Address, ConnectionId, Millis } from "../ids.ts";
import { frameBytesMax } from "./limits.ts";
import { dataChannelTimeoutMs, dialConnectTimeoutMs } from "./signalling-limits.ts";
import { strict } from "./strict.ts";
import type { CloseReason, Transport, TransportInput } from "./transport.ts";

export interface VirtualNetworkOptions {
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Mean one-way latency; each event takes between half and one and a half of it. */
  readonly latencyMs: number;
  /** Where virtual time begins; 0 unless given. */
  readonly startAt?: Millis;
}

export interface Attachment {
  readonly identity: PublicIdentity;
  readonly instance: string;
  readonly address: Address;
  /** Peers of different networks fail each other's handshake. One network unless given. */
  readonly network?: string;
}

export interface VirtualNetwork {
  now(): Millis;
  /** Several peers may have one host and different ports. An address is free again once its peer is killed. */
  attach(attachment: Attachment, deliver: (input: TransportInput, now: Millis) => void): Transport;
  nextEventAt(): Millis | undefined;
  /** Delivers the next event; false where there is none. */
  step(): boolean;
  /** Delivers everything due until then and leaves the clock there. */
  runUntil(time: Millis): void;
  /** The process dies: the others see `remoteClosed`, and nothing reaches it any more. */
  kill(address: Address): void;
  /** A pulled cable: silence both ways, no close seen, dials time out. */
  cut(one: Address, other: Address): void;
  heal(one: Address, other: Address): void;
  /** Dials between the two are refused at once; what stands, stands. */
  block(one: Address, other: Address): void;
  unblock(one: Address, other: Address): void;
  /** TCP passes, the data channel does not: negotiations end in `negotiationFailed`. */
  blockUdp(one: Address, other: Address): void;
}

interface Node {
  readonly key: string;
  readonly attachment: Attachment;
  readonly deliver: (input: TransportInput, now: Millis) => void;
  readonly sides: Map<ConnectionId, Side>;
  alive: boolean;
  inboundCount: number;
}

/** One end of a connection. */
interface Side {
  readonly node: Node;
  readonly id: ConnectionId;
  readonly dialled: boolean;
  readonly other: () => Side | undefined;
  state: "dialling" | "authenticated" | "open" | "closed";
  negotiating: boolean;
  /** Nothing may be delivered here before this: order within a connection. */
  notBefore: number;
}

interface Event {
  at: number;
  readonly sequence: number;
  /** Both ends, for `cut`; absent for what happens within one machine. */
  readonly pair: string | undefined;
  readonly run: () => void;
}

export function createVirtualNetwork(options: VirtualNetworkOptions): VirtualNetwork {
  const nodes = new Map<string, Node>();
  const queue = new EventQueue();
  const held = new Map<string, Event[]>();
  const blocked = new Set<string>();
  const udpBlocked = new Set<string>();
  let now: number = options.startAt ?? 0;
  let sequence = 0;

  const latency = (): number => options.latencyMs * (0.5 + options.random());

  function schedule(at: number, pair: string | undefined, run: () => void): void {
    queue.push({ at, sequence: ++sequence, pair, run });
  }

  /** Something crosses the wire and arrives at `side`, after everything that was sent to it before. */
  function send(from: Side, to: Side, run: () => void): void {
    to.notBefore = Math.max(to.notBefore, now + latency());
    schedule(to.notBefore, pairOf(from.node.key, to.node.key), run);
  }

  function tell(side: Side, input: TransportInput): void {
    if (side.node.alive) side.node.deliver(input, now as Millis);
  }

  function end(side: Side, reason: CloseReason): void {
    const before = side.state;
    if (!forget(side)) return;
    if (before !== "dialling") tell(side, { type: "connectionClosed", connectionId: side.id, reason });
    else if (side.dialled) tell(side, { type: "dialFailed", connectionId: side.id, failure: "unreachable" });
  }

  function forget(side: Side): boolean {
    if (side.state === "closed") return false;
    side.state = "closed";
    side.node.sides.delete(side.id);
    return true;
  }

  function dial(from: Node, connectionId: ConnectionId, address: Address): void {
    strict(!from.sides.has(connectionId), `connection id ${connectionId} is in use`);
    let target: Side | undefined;
    const side: Side = {
      node: from,
      id: connectionId,
      dialled: true,
      other: () => target,
      state: "dialling",
      negotiating: false,
      notBefore: now,
    };
    from.sides.set(connectionId, side);
    const pair = pairOf(from.key, keyOf(address));
    const fail = (failure: "unreachable" | "handshakeFailed"): void => {
      if (side.state !== "dialling") return;
      forget(side);
      hangUp(side, "remoteClosed");
      tell(side, { type: "dialFailed", connectionId, failure });
    };
    schedule(now + dialConnectTimeoutMs, undefined, () => fail("unreachable"));
    schedule(now + latency(), pair, () => {
      if (side.state !== "dialling") return;
      const node = nodes.get(keyOf(address));
      if (node === undefined || blocked.has(pair)) return schedule(now + latency(), pair, () => fail("unreachable"));
      if (node.attachment.network !== from.attachment.network) return schedule(now + latency(), pair, () => fail("handshakeFailed"));
      target = accept(node, side);
      side.notBefore = now + latency();
      schedule(side.notBefore, pair, () => {
        if (side.state !== "dialling") return;
        side.state = "authenticated";
        const { identity, instance } = node.attachment;
        tell(side, { type: "connectionAuthenticated", connectionId, dialled: true, remote: { identity, instance, address } });
      });
    });
  }

  function accept(node: Node, dialler: Side): Side {
    const id = `in-${++node.inboundCount}` as ConnectionId;
    const side: Side = { node, id, dialled: false, other: () => dialler, state: "dialling", negotiating: false, notBefore: now };
    node.sides.set(id, side);
    // A third handshake message crosses before the responder knows who dials.
    side.notBefore = now + latency() + latency();
    schedule(side.notBefore, pairOf(node.key, dialler.node.key), () => {
      if (side.state !== "dialling") return;
      side.state = "authenticated";
      tell(side, { type: "connectionAuthenticated", connectionId: id, dialled: false, remote: dialler.node.attachment });
    });
    return side;
  }

  function negotiate(side: Side): void {
    if (side.state !== "authenticated" || side.negotiating) return;
    side.negotiating = true;
    const other = side.other();
    schedule(now + dataChannelTimeoutMs, undefined, () => {
      if (side.state === "authenticated") close(side, "negotiationFailed", true);
    });
    if (other === undefined || !other.negotiating || udpBlocked.has(pairOf(side.node.key, other.node.key))) return;
    for (const [from, to] of [
      [side, other],
      [other, side],
    ] as const) {
      send(from, to, () => {
        if (to.state !== "authenticated") return;
        to.state = "open";
        tell(to, { type: "linkOpened", connectionId: to.id });
      });
    }
  }

  function close(side: Side, reason: CloseReason, isNews: boolean): void {
    if (!forget(side)) return;
    hangUp(side, reason === "negotiationFailed" ? reason : "remoteClosed");
    if (isNews) tell(side, { type: "connectionClosed", connectionId: side.id, reason });
  }

  function hangUp(side: Side, reason: "remoteClosed" | "negotiationFailed"): void {
    const other = side.other();
    if (other !== undefined) send(side, other, () => end(other, reason));
  }

  function run(event: Event): void {
    now = Math.max(now, event.at);
    const waiting = event.pair === undefined ? undefined : held.get(event.pair);
    if (waiting === undefined) event.run();
    else waiting.push(event);
  }

  return {
    now: () => now as Millis,

    attach(attachment, deliver) {
      const key = keyOf(attachment.address);
      strict(!nodes.has(key), `somebody is attached at ${key}`);
      const node: Node = { key, attachment, deliver, sides: new Map(), alive: true, inboundCount: 0 };
      nodes.set(key, node);
      const sideOf = (connectionId: ConnectionId): Side | undefined => (node.alive ? node.sides.get(connectionId) : undefined);
      return {
        dial(connectionId, address) {
          if (node.alive) dial(node, connectionId, address);
        },
        negotiate(connectionId) {
          const side = sideOf(connectionId);
          if (side !== undefined) negotiate(side);
        },
        sendFrame(connectionId, bytes) {
          strict(bytes.length <= frameBytesMax, "a frame is too large");
          const side = sideOf(connectionId);
          const other = side?.other();
          if (side === undefined || other === undefined || side.state !== "open") return;
          const copy = bytes.slice();
          send(side, other, () => {
            if (other.state === "open") tell(other, { type: "frameArrived", connectionId: other.id, bytes: copy });
          });
        },
        closeConnection(connectionId, reason) {
          const side = sideOf(connectionId);
          if (side !== undefined) close(side, reason, false);
        },
      };
    },

    nextEventAt: () => queue.peek()?.at as Millis | undefined,

    step() {
      const event = queue.pop();
      if (event !== undefined) run(event);
      return event !== undefined;
    },

    runUntil(time) {
      for (let next = queue.peek(); next !== undefined && next.at <= time; next = queue.peek()) {
        queue.pop();
        run(next);
      }
      now = Math.max(now, time);
    },

    kill(address) {
      const node = nodes.get(keyOf(address));
      if (node === undefined) return;
      for (const side of [...node.sides.values()]) close(side, "stopped", false);
      node.alive = false;
      nodes.delete(node.key);
    },

    cut(one, other) {
      const pair = pairOf(keyOf(one), keyOf(other));
      if (!held.has(pair)) held.set(pair, []);
    },

    heal(one, other) {
      const pair = pairOf(keyOf(one), keyOf(other));
      const waiting = held.get(pair) ?? [];
      held.delete(pair);
      // The retransmission that gets through brings everything behind it.
      const at = now + latency();
      for (const event of waiting) {
        event.at = at;
        queue.push(event);
      }
      // What is on the wire already, or sent from now on, must not overtake it.
      queue.delay(pair, at);
      for (const address of [one, other]) {
        for (const side of nodes.get(keyOf(address))?.sides.values() ?? []) {
          const end = side.other();
          if (end !== undefined && pairOf(side.node.key, end.node.key) === pair) side.notBefore = Math.max(side.notBefore, at);
        }
      }
    },

    block: (one, other) => void blocked.add(pairOf(keyOf(one), keyOf(other))),
    unblock: (one, other) => void blocked.delete(pairOf(keyOf(one), keyOf(other))),
    blockUdp: (one, other) => void udpBlocked.add(pairOf(keyOf(one), keyOf(other))),
  };
}

function keyOf(address: Address): string {
  return `${address.host} ${address.port}`;
}

function pairOf(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}

/** A binary heap by time, then by the order of scheduling. */
class EventQueue {
  #heap: Event[] = [];

  peek(): Event | undefined {
    return this.#heap[0];
  }

  push(event: Event): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (parent === undefined || isBefore(parent, event)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = event;
  }

  pop(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      const left = heap[2 * index + 1];
      const right = heap[2 * index + 2];
      const childIndex = left !== undefined && right !== undefined && isBefore(right, left) ? 2 * index + 2 : 2 * index + 1;
      const child = heap[childIndex];
      if (child === undefined || isBefore(last, child)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
    return first;
  }

  /** No event of this pair happens before `at`. Rare, hence the plain rebuild. */
  delay(pair: string, at: number): void {
    const events = this.#heap;
    this.#heap = [];
    for (const event of events) {
      if (event.pair === pair && event.at < at) event.at = at;
      this.push(event);
    }
  }
}

function isBefore(one: Event, other: Event): boolean {
  return one.at < other.at || (one.at === other.at && one.sequence < other.sequence);
}
