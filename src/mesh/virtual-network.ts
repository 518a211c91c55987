/** What a network in virtual time offers to those who drive it, besides the transport that its peers see. */
import type { PublicIdentity } from "../crypto/ports.ts";
import type { Address, Millis } from "../ids.ts";
import type { Transport, TransportInput } from "./transport.ts";
import type { WireConditions } from "./virtual-wire.ts";

export interface VirtualNetworkOptions {
  /** Uniform in [0, 1). It is told which way the draw is for, and may keep one source for each. */
  readonly random: (from: string, to: string) => number;
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
  /** The machine dies: the others see nothing, until somebody else answers at this address. */
  unplug(address: Address): void;
  /** The lid is closed: nothing arrives, nothing leaves, the others see nothing. */
  sleep(address: Address): void;
  /** What came meanwhile arrives now. `isForgotten`: the machine has lost its connections and says so. */
  wake(address: Address, isForgotten: boolean): void;
  /** The machine gets another address: its connections fall silent both ways. */
  move(from: Address, to: Address): void;
  /** A pulled cable: silence both ways, no close seen, dials time out. */
  cut(one: Address, other: Address): void;
  /** Nothing arrives that way; the other way all is well. */
  cutOneWay(from: Address, to: Address): void;
  /** Both ways. */
  heal(one: Address, other: Address): void;
  /** Dials between the two are refused at once; what stands, stands. */
  block(one: Address, other: Address): void;
  unblock(one: Address, other: Address): void;
  /** TCP passes, the data channel does not: negotiations end in `negotiationFailed`. */
  blockUdp(one: Address, other: Address): void;
  unblockUdp(one: Address, other: Address): void;
  /** Both ways. Undefined: as everywhere. */
  setConditions(one: Address, other: Address, conditions: WireConditions | undefined): void;
}
