/**
 * The loop around a peer: takes one input, calls `handle`, performs each effect in order, arms one timer.
 * It decides nothing. Clock, transport and store are handed in, so the same driver runs in virtual time.
 */
import type { EarshotEvent, PeerMethodName } from "../api/contract.ts";
import type { Millis, RequestId } from "../ids.ts";
import type { Transport } from "../mesh/transport.ts";
import type { KeptEvent, KeptEventKey } from "../rooms/index.ts";
import type { ApiOutcome, Effect, KeptRecord, RememberedPeer } from "./effect.ts";
import type { Input } from "./input.ts";
import { pendingCallsMax } from "./limits.ts";

/** The part of a peer that a driver knows. */
export interface Machine {
  handle(input: Input, now: Millis): Effect[];
  nextWakeAt(): Millis | undefined;
}

export interface Clock {
  /** Monotonic. */
  now(): Millis;
  /** Calls once, not before `at`. Returns how to cancel. */
  setTimer(at: Millis, ring: () => void): () => void;
}

export interface DriverPorts {
  readonly peer: Machine;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly rememberPeers: (peers: readonly RememberedPeer[]) => void;
  readonly rememberName: (name: string) => void;
  /** Synchronous: what was sealed with these keys leaves next. */
  readonly saveRecords: (records: readonly KeptRecord[]) => void;
  readonly appendEvents: (events: readonly KeptEvent[]) => void;
  readonly rewriteEvents: (events: readonly KeptEvent[]) => void;
  readonly deleteEvents: (keys: readonly KeptEventKey[]) => void;
  readonly stopped: () => void;
}

export interface Driver {
  enqueue(input: Input): void;
  /** `params` have passed the method's schema. */
  call(method: PeerMethodName, params: unknown): Promise<ApiOutcome>;
  subscribe(listener: (event: EarshotEvent) => void): () => void;
}

export function createDriver(ports: DriverPorts): Driver {
  const queue: Input[] = [];
  const pending = new Map<RequestId, (outcome: ApiOutcome) => void>();
  const listeners = new Set<(event: EarshotEvent) => void>();
  let isDraining = false;
  let isStopped = false;
  let requestCount = 0;
  let cancelTimer: (() => void) | undefined;
  let armedAt: Millis | undefined;

  function enqueue(input: Input): void {
    if (isStopped) return;
    queue.push(input);
    if (isDraining) return;
    isDraining = true;
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        for (const effect of ports.peer.handle(next, ports.clock.now())) perform(effect);
      }
    } finally {
      isDraining = false;
    }
    arm();
  }

  function perform(effect: Effect): void {
    switch (effect.type) {
      case "dial":
        ports.transport.dial(effect.connectionId, effect.address);
        return;
      case "negotiate":
        ports.transport.negotiate(effect.connectionId);
        return;
      case "sendFrame":
        ports.transport.sendFrame(effect.connectionId, effect.bytes);
        return;
      case "closeConnection":
        ports.transport.closeConnection(effect.connectionId, effect.reason);
        return;
      case "rememberPeers":
        ports.rememberPeers(effect.peers);
        return;
      case "rememberName":
        ports.rememberName(effect.name);
        return;
      case "saveRecords":
        ports.saveRecords(effect.records);
        return;
      case "appendEvents":
        ports.appendEvents(effect.events);
        return;
      case "rewriteEvents":
        ports.rewriteEvents(effect.events);
        return;
      case "deleteEvents":
        ports.deleteEvents(effect.keys);
        return;
      case "replied": {
        const settle = pending.get(effect.requestId);
        pending.delete(effect.requestId);
        settle?.(effect.outcome);
        return;
      }
      case "notifyView":
        for (const listener of listeners) listener(effect.event);
        return;
      case "stopped":
        isStopped = true;
        for (const settle of pending.values()) settle({ ok: false, error: { code: "stopping", message: "Earshot is closing." } });
        pending.clear();
        ports.stopped();
        return;
    }
  }

  function arm(): void {
    const at = isStopped ? undefined : ports.peer.nextWakeAt();
    if (at === armedAt && cancelTimer !== undefined) return;
    cancelTimer?.();
    armedAt = at;
    cancelTimer =
      at === undefined
        ? undefined
        : ports.clock.setTimer(at, () => {
            cancelTimer = undefined;
            enqueue({ type: "woke" });
          });
  }

  return {
    enqueue,
    call(method, params) {
      if (isStopped) return Promise.resolve({ ok: false, error: { code: "stopping", message: "Earshot is closing." } });
      if (pending.size >= pendingCallsMax) {
        return Promise.resolve({ ok: false, error: { code: "busy", message: "Too much is going on at once. Try again in a moment." } });
      }
      const requestId = `call-${++requestCount}` as RequestId;
      return new Promise((resolve) => {
        pending.set(requestId, resolve);
        enqueue({ type: "apiCalled", requestId, method, params });
      });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
