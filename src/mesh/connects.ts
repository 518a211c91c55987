/** Addresses that a person typed and waits for. */
import type { Address, Millis, PeerId } from "../ids.ts";
import { formatAddress } from "./card.ts";
import { connectTimeoutMs } from "./limits.ts";
import type { MeshEvent } from "./outcome.ts";

interface Pending {
  readonly addresses: ReadonlySet<string>;
  readonly until: Millis;
  /** Known once the handshake is done; the link may still be on its way. */
  peerId: PeerId | undefined;
  /** One of the addresses is our own; another may still be somebody's. */
  isSelf: boolean;
  /** Not yet dialled in vain. */
  readonly untried: Set<string>;
  /** At one of the addresses somebody is who does not share our network. */
  isForeign: boolean;
}

export class Connects {
  readonly #pending = new Map<number, Pending>();
  #count = 0;

  begin(addresses: readonly Address[], now: Millis): number {
    const ticket = ++this.#count;
    const texts = addresses.map(formatAddress);
    this.#pending.set(ticket, {
      addresses: new Set(texts),
      untried: new Set(texts),
      isForeign: false,
      until: (now + connectTimeoutMs) as Millis,
      peerId: undefined,
      isSelf: false,
    });
    return ticket;
  }

  /** The handshake at this address showed `peerId`; `isThere` where nothing more is to be waited for. */
  reached(address: Address, peerId: PeerId, isThere: boolean): MeshEvent[] {
    const settled: MeshEvent[] = [];
    for (const [ticket, pending] of this.#pending) {
      if (!pending.addresses.has(formatAddress(address))) continue;
      pending.peerId = peerId;
      if (isThere) settled.push(this.#settle(ticket, peerId));
    }
    return settled;
  }

  /** At this address we reached ourselves. */
  reachedSelf(address: Address, self: PeerId): MeshEvent[] {
    const settled: MeshEvent[] = [];
    for (const [ticket, pending] of this.#pending) {
      if (!pending.addresses.has(formatAddress(address))) continue;
      pending.isSelf = true;
      if (pending.addresses.size === 1) settled.push(this.#settle(ticket, self));
    }
    return settled;
  }

  /** A dial was in vain. Who answers but is of another network will not be of ours in eight seconds: the person hears at once. */
  failed(address: Address | undefined, isForeign: boolean): MeshEvent[] {
    const text = address === undefined ? "" : formatAddress(address);
    const settled: MeshEvent[] = [];
    for (const [ticket, pending] of this.#pending) {
      if (!pending.addresses.has(text)) continue;
      pending.untried.delete(text);
      pending.isForeign ||= isForeign;
      if (pending.isForeign && pending.untried.size === 0 && pending.peerId === undefined) settled.push(this.#settle(ticket, undefined));
    }
    return settled;
  }

  linkOpened(peerId: PeerId): MeshEvent[] {
    return [...this.#pending].filter(([, pending]) => pending.peerId === peerId).map(([ticket]) => this.#settle(ticket, peerId));
  }

  expire(self: PeerId, now: Millis): MeshEvent[] {
    return [...this.#pending]
      .filter(([, pending]) => now >= pending.until)
      .map(([ticket, pending]) => this.#settle(ticket, pending.isSelf && pending.peerId === undefined ? self : undefined));
  }

  nextWakeAt(): Millis | undefined {
    let next: Millis | undefined;
    for (const { until } of this.#pending.values()) if (next === undefined || until < next) next = until;
    return next;
  }

  #settle(ticket: number, peerId: PeerId | undefined): MeshEvent {
    const isForeign = this.#pending.get(ticket)?.isForeign ?? false;
    this.#pending.delete(ticket);
    return { type: "connectSettled", ticket, peerId, ...(isForeign && peerId === undefined && { isForeign }) };
  }
}
