/** What the simulator shows to those who check it: what happened, and what can be asked. No more than this do they know. */
import type { EarshotEvent, MessageView, Params, PeerMethodName, Result } from "../../src/api/contract.ts";
import type { PeerId } from "../../src/ids.ts";

/** One start of one peer. Its screen is empty at first. */
export interface Start {
  /** What the acts call it. */
  readonly name: string;
  readonly peerId: PeerId;
  /** 1 for the first start. */
  readonly count: number;
  readonly network: string;
  readonly isLiar: boolean;
}

export type Seen =
  | { readonly type: "started"; readonly start: Start }
  | { readonly type: "ended"; readonly start: Start; readonly how: "quit" | "killed" | "unplugged" }
  /** Accepted by the API. */
  | { readonly type: "typed"; readonly start: Start; readonly messageId: string; readonly text: string }
  /** One's own; accepted by the API. */
  | { readonly type: "deleted"; readonly start: Start; readonly messageId: string }
  /** To a room; accepted by the API. */
  | { readonly type: "invited"; readonly start: Start; readonly roomId: string; readonly peerId: PeerId }
  /** The screen was told. */
  | { readonly type: "told"; readonly start: Start; readonly event: EarshotEvent }
  /** Older messages had come, and the person has looked through them. */
  | { readonly type: "listed"; readonly start: Start; readonly messages: readonly MessageView[] }
  /** The first has blocked the second, or takes it back; accepted by the API. */
  | { readonly type: "shunned"; readonly start: Start; readonly peerId: string; readonly isBlocked: boolean }
  | { readonly type: "asked"; readonly start: Start; readonly requestId: string; readonly method: string }
  | { readonly type: "answered"; readonly start: Start; readonly requestId: string; readonly ok: boolean }
  /** Before it is sealed. */
  | { readonly type: "sealed"; readonly start: Start; readonly plaintext: Uint8Array }
  | { readonly type: "frameSent"; readonly start: Start; readonly bytes: Uint8Array }
  /** This side of a data channel is open. */
  | { readonly type: "linkOpened"; readonly start: Start; readonly to: PeerId }
  /** A wire was cut or healed, a machine fell asleep or woke: who can hear whom has changed. */
  | { readonly type: "weather" }
  | { readonly type: "calm" };

/** A running peer, as its person has it. */
export interface Asked {
  readonly start: Start;
  /** Milliseconds since the start. */
  readonly age: number;
  readonly isAsleep: boolean;
  /** Open data channels. */
  readonly linkCount: number;
  /** Undefined where it is refused. */
  ask<M extends PeerMethodName>(method: M, params: Params<M>): Result<M> | undefined;
  /** For those who look at how much it keeps, and for nothing else. */
  readonly core: object | undefined;
  readonly disk: object | undefined;
}

export interface Inspected {
  readonly now: number;
  /** Running honest ones. */
  readonly peers: readonly Asked[];
  readonly liar: Start | undefined;
  /** All that ever ran. */
  readonly machineCount: number;
  /** Both have an open data channel to each other, over which all arrives. */
  isLinked(one: Start, other: Start): boolean;
  /** What the acts call a peer or a room. */
  nameOf(id: string): string;
  /** Of the author of this message. */
  networkOf(messageId: string): string | undefined;
}

export type Report = (what: string) => void;

export interface Checker {
  readonly name: string;
  seen?(what: Seen, now: number): void;
  /** Every half second. */
  inspect?(all: Inspected, report: Report): void;
  /** What must hold in the end; asked again until it does or the time is over. */
  conclude?(all: Inspected, report: Report): void;
}

export type CreateChecker = (report: Report) => Checker;
