/**
 * A network in virtual time: the twin of the real transport, for tests and simulations. Pure; one object holds any
 * number of peers. Time moves only in `step` and `runUntil`, and every event is delivered from there, never from
 * within a call of a `Transport`.
 *
 * Invariants
 * 1. What one side of a connection sees comes in the order in which the other side caused it, whatever the latency.
 * 2. Over a cut way nothing is heard and no close seen; after `heal` what was held back arrives, in order.
 * 3. The same `random` and the same calls give the same events.
 */
import type { Address, ConnectionId, Millis } from "../ids.ts";
import { frameBytesMax } from "./limits.ts";
import { dataChannelTimeoutMs, dialConnectTimeoutMs } from "./signalling-limits.ts";
import { strict } from "./strict.ts";
import type { CloseReason, TransportInput } from "./transport.ts";
import type { Attachment, VirtualNetwork, VirtualNetworkOptions } from "./virtual-network.ts";
import { type Scheduled, VirtualQueue } from "./virtual-queue.ts";
import { Wires, wayOf } from "./virtual-wire.ts";

export type { Attachment, VirtualNetwork, VirtualNetworkOptions } from "./virtual-network.ts";

interface Node {
  key: string;
  attachment: Attachment;
  readonly deliver: (input: TransportInput, now: Millis) => void;
  readonly sides: Map<ConnectionId, Side>;
  alive: boolean;
  /** What would have happened to a machine that sleeps. */
  asleep: Event[] | undefined;
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
  /** What was sent from here has left the machine by then. */
  busyUntil: number;
  /** The path is gone, with all that was on it. */
  isSevered: boolean;
}

interface Event extends Scheduled {
  /** The way it takes, for `cut`; absent for what happens within one machine. */
  readonly way: string | undefined;
  /** Where it happens. */
  readonly node: Node | undefined;
  readonly run: () => void;
}

export function createVirtualNetwork(options: VirtualNetworkOptions): VirtualNetwork {
  const nodes = new Map<string, Node>();
  const queue = new VirtualQueue<Event>();
  const wires = new Wires(options.random, options.latencyMs);
  const held = new Map<string, Event[]>();
  const blocked = new Set<string>();
  const udpBlocked = new Set<string>();
  let now: number = options.startAt ?? 0;
  let sequence = 0;

  function schedule(at: number, way: string | undefined, node: Node | undefined, run: () => void): void {
    queue.push({ at, sequence: ++sequence, way, node, run });
  }

  /** Something crosses the wire and arrives at `to`, after everything that was sent to it before. */
  function send(from: Side, to: Side, bytes: number, run: () => void): void {
    if (from.isSevered) return;
    from.busyUntil = Math.max(from.busyUntil, now) + wires.transmission(from.node.key, to.node.key, bytes);
    to.notBefore = Math.max(to.notBefore, from.busyUntil + wires.delay(from.node.key, to.node.key));
    schedule(to.notBefore, wayOf(from.node.key, to.node.key), to.node, () => {
      if (!from.isSevered) run();
    });
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

  function createSide(node: Node, id: ConnectionId, dialled: boolean, other: () => Side | undefined): Side {
    const side: Side = {
      node,
      id,
      dialled,
      other,
      state: "dialling",
      negotiating: false,
      notBefore: now,
      busyUntil: now,
      isSevered: false,
    };
    node.sides.set(id, side);
    return side;
  }

  function dial(from: Node, connectionId: ConnectionId, address: Address): void {
    strict(!from.sides.has(connectionId), `connection id ${connectionId} is in use`);
    let target: Side | undefined;
    const side = createSide(from, connectionId, true, () => target);
    const key = keyOf(address);
    const [there, back] = [wayOf(from.key, key), wayOf(key, from.key)];
    const fail = (failure: "unreachable" | "handshakeFailed"): void => {
      if (side.state !== "dialling" || side.isSevered) return;
      forget(side);
      hangUp(side, "remoteClosed");
      tell(side, { type: "dialFailed", connectionId, failure });
    };
    schedule(now + dialConnectTimeoutMs, undefined, from, () => fail("unreachable"));
    schedule(now + wires.dialDelay(from.key, key), there, nodes.get(key), () => {
      if (side.state !== "dialling" || side.isSevered) return;
      const node = nodes.get(key);
      const refuse = (failure: "unreachable" | "handshakeFailed"): void =>
        schedule(now + wires.dialDelay(key, from.key), back, from, () => fail(failure));
      if (node === undefined || blocked.has(pairOf(from.key, key))) return refuse("unreachable");
      if (node.attachment.network !== from.attachment.network) return refuse("handshakeFailed");
      target = accept(node, side);
      side.notBefore = now + wires.dialDelay(key, from.key);
      schedule(side.notBefore, back, from, () => {
        if (side.state !== "dialling" || side.isSevered) return;
        side.state = "authenticated";
        const { identity, instance } = node.attachment;
        tell(side, { type: "connectionAuthenticated", connectionId, dialled: true, remote: { identity, instance, address } });
      });
    });
  }

  function accept(node: Node, dialler: Side): Side {
    const side = createSide(node, `in-${++node.inboundCount}` as ConnectionId, false, () => dialler);
    const [one, other] = [node.key, dialler.node.key];
    // A third handshake message crosses before the responder knows who dials.
    side.notBefore = now + wires.dialDelay(one, other) + wires.dialDelay(other, one);
    schedule(side.notBefore, wayOf(other, one), node, () => {
      if (side.state !== "dialling" || side.isSevered) return;
      side.state = "authenticated";
      tell(side, { type: "connectionAuthenticated", connectionId: side.id, dialled: false, remote: dialler.node.attachment });
    });
    return side;
  }

  function negotiate(side: Side): void {
    if (side.state !== "authenticated" || side.negotiating) return;
    side.negotiating = true;
    const other = side.other();
    schedule(now + dataChannelTimeoutMs, undefined, side.node, () => {
      if (side.state === "authenticated") close(side, "negotiationFailed", true);
    });
    if (other === undefined || !other.negotiating || udpBlocked.has(pairOf(side.node.key, other.node.key))) return;
    open(side, other);
    open(other, side);
  }

  function open(from: Side, to: Side): void {
    const run = (): void => {
      if (to.state !== "authenticated") return;
      // Where the answers do not pass, no channel opens.
      const back = wayOf(to.node.key, from.node.key);
      const waiting = held.get(back);
      if (waiting !== undefined) return void waiting.push({ at: now, sequence: ++sequence, way: back, node: to.node, run });
      to.state = "open";
      tell(to, { type: "linkOpened", connectionId: to.id });
    };
    send(from, to, 0, run);
  }

  function close(side: Side, reason: CloseReason, isNews: boolean): void {
    if (!forget(side)) return;
    hangUp(side, reason === "negotiationFailed" ? reason : "remoteClosed");
    if (isNews) tell(side, { type: "connectionClosed", connectionId: side.id, reason });
  }

  function hangUp(side: Side, reason: "remoteClosed" | "negotiationFailed"): void {
    const other = side.other();
    if (other !== undefined) send(side, other, 0, () => end(other, reason));
  }

  function sendFrame(side: Side, bytes: Uint8Array): void {
    const other = side.other();
    if (other === undefined || side.state !== "open") return;
    const [from, to] = [side.node, other.node];
    if (side.isSevered && !to.alive && nodes.has(to.key)) {
      // Whoever stands there now knows nothing of this connection.
      schedule(now + wires.delay(from.key, to.key) + wires.delay(to.key, from.key), wayOf(to.key, from.key), from, () =>
        end(side, "remoteClosed"),
      );
      return;
    }
    const copy = bytes.slice();
    send(side, other, bytes.length, () => {
      if (other.state === "open") tell(other, { type: "frameArrived", connectionId: other.id, bytes: copy });
    });
    if (wires.isClogged(from.key, to.key, side.busyUntil - now)) schedule(now, undefined, from, () => close(side, "overloaded", true));
  }

  function sever(side: Side): void {
    side.isSevered = true;
    const other = side.other();
    if (other !== undefined) other.isSevered = true;
  }

  function run(event: Event): void {
    now = Math.max(now, event.at);
    const waiting = event.way === undefined ? undefined : held.get(event.way);
    if (waiting !== undefined) waiting.push(event);
    else if (event.node?.asleep !== undefined) event.node.asleep.push(event);
    else event.run();
  }

  function healWay(from: Address, to: Address): void {
    const way = wayOf(keyOf(from), keyOf(to));
    const waiting = held.get(way);
    if (waiting === undefined) return;
    held.delete(way);
    // The retransmission that gets through brings everything behind it.
    const at = now + wires.delay(keyOf(from), keyOf(to));
    for (const event of waiting) {
      event.at = at;
      queue.push(event);
    }
    // What is on the wire already, or sent from now on, must not overtake it.
    queue.delay((event) => event.way === way, at);
    for (const side of nodes.get(keyOf(to))?.sides.values() ?? []) {
      const end = side.other();
      if (end !== undefined && end.node.key === keyOf(from)) side.notBefore = Math.max(side.notBefore, at);
    }
  }

  const cutOneWay = (from: Address, to: Address): void => {
    const way = wayOf(keyOf(from), keyOf(to));
    if (!held.has(way)) held.set(way, []);
  };

  return {
    now: () => now as Millis,

    attach(attachment, deliver) {
      const key = keyOf(attachment.address);
      strict(!nodes.has(key), `somebody is attached at ${key}`);
      const node: Node = { key, attachment, deliver, sides: new Map(), alive: true, asleep: undefined, inboundCount: 0 };
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
          if (side !== undefined) sendFrame(side, bytes);
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

    unplug(address) {
      const node = nodes.get(keyOf(address));
      if (node === undefined) return;
      for (const side of [...node.sides.values()]) {
        sever(side);
        forget(side);
      }
      node.alive = false;
      nodes.delete(node.key);
    },

    sleep(address) {
      const node = nodes.get(keyOf(address));
      if (node !== undefined) node.asleep ??= [];
    },

    wake(address, isForgotten) {
      const node = nodes.get(keyOf(address));
      if (node?.asleep === undefined) return;
      const missed = node.asleep;
      node.asleep = undefined;
      for (const side of isForgotten ? [...node.sides.values()] : []) {
        const isOpening = side.state === "dialling";
        forget(side);
        hangUp(side, "remoteClosed");
        const { id: connectionId, dialled } = side;
        schedule(now, undefined, node, () => {
          if (!isOpening) tell(side, { type: "connectionClosed", connectionId, reason: "remoteClosed" });
          else if (dialled) tell(side, { type: "dialFailed", connectionId, failure: "unreachable" });
        });
      }
      for (const event of missed) {
        event.at = now;
        queue.push(event);
      }
    },

    move(from, to) {
      const node = nodes.get(keyOf(from));
      if (node === undefined || nodes.has(keyOf(to))) return;
      for (const side of node.sides.values()) sever(side);
      nodes.delete(node.key);
      node.key = keyOf(to);
      node.attachment = { ...node.attachment, address: to };
      nodes.set(node.key, node);
    },

    cut(one, other) {
      cutOneWay(one, other);
      cutOneWay(other, one);
    },
    cutOneWay,
    heal(one, other) {
      healWay(one, other);
      healWay(other, one);
    },

    block: (one, other) => void blocked.add(pairOf(keyOf(one), keyOf(other))),
    unblock: (one, other) => void blocked.delete(pairOf(keyOf(one), keyOf(other))),
    blockUdp: (one, other) => void udpBlocked.add(pairOf(keyOf(one), keyOf(other))),
    unblockUdp: (one, other) => void udpBlocked.delete(pairOf(keyOf(one), keyOf(other))),
    setConditions(one, other, conditions) {
      wires.set(keyOf(one), keyOf(other), conditions);
      wires.set(keyOf(other), keyOf(one), conditions);
    },
  };
}

function keyOf(address: Address): string {
  return `${address.host} ${address.port}`;
}

function pairOf(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}
