/**
 * Who is in a room and who may be, from the membership entries of its logs. The result does not depend on the order in
 * which they arrive:
 * - who is permitted grows only: the creator, and whoever a permitted peer invited;
 * - of one peer's comings and goings, the newest counts.
 */
import type { PeerId, RoomId } from "../ids.ts";
import { Circle } from "./circle.ts";
import { compareEvents, type RoomEvent } from "./event.ts";
import { lobbyId, pairOf } from "./names.ts";
import type { RoomRecord } from "./record.ts";

/** By which rule people belong to a room. */
export type Rule =
  | { readonly type: "everybody" }
  | { readonly type: "pair"; readonly pair: readonly [PeerId, PeerId] }
  | { readonly type: "public" }
  | { readonly type: "private"; readonly creator: PeerId };

/** Since when somebody has been there without leaving. */
interface Stay {
  /** The earliest after `left`, as far as is known. */
  joined: RoomEvent | undefined;
  /** The newest. */
  left: RoomEvent | undefined;
}

export class Membership {
  readonly #rule: Rule;
  readonly #self: PeerId;
  readonly #newest = new Map<PeerId, RoomEvent>();
  readonly #stays = new Map<PeerId, Stay>();
  readonly #permitted = new Set<PeerId>();
  /** By inviter and invited: the entry that says so. */
  readonly #invited = new Map<PeerId, Map<PeerId, RoomEvent>>();
  /** The entry by which each got its permission. */
  readonly #grounds = new Map<PeerId, RoomEvent>();
  readonly #present = new Set<PeerId>();
  readonly #awaited = new Set<PeerId>();
  #members: readonly PeerId[] | undefined;

  constructor(rule: Rule, self: PeerId) {
    this.#rule = rule;
    this.#self = self;
    if (rule.type === "private") this.#permitted.add(rule.creator);
  }

  /** Whether what this peer writes counts here. */
  permits(peerId: PeerId): boolean {
    if (this.#rule.type === "pair") return this.#rule.pair.includes(peerId);
    return this.#rule.type !== "private" || this.#permitted.has(peerId);
  }

  /** Permitted in a private room, and never been there. */
  isAwaited(peerId: PeerId): boolean {
    return this.#awaited.has(peerId);
  }

  awaited(): Iterable<PeerId> {
    return [...this.#awaited];
  }

  hasInvited(inviter: PeerId, peerId: PeerId): boolean {
    return this.#invited.get(inviter)?.has(peerId) === true;
  }

  /** By id. */
  invitersOf(peerId: PeerId): PeerId[] {
    return [...this.#invited].flatMap(([inviter, invited]) => (invited.has(peerId) ? [inviter] : [])).sort();
  }

  /** Whether members are whoever wrote `joined`. */
  get isWritten(): boolean {
    return this.#rule.type === "public" || this.#rule.type === "private";
  }

  isMember(peerId: PeerId): boolean {
    if (this.#rule.type === "everybody") return peerId === this.#self || this.#present.has(peerId);
    if (this.#rule.type === "pair") return this.#rule.pair.includes(peerId);
    // One's own entries prove to oneself what nobody else has to permit.
    return this.#newest.get(peerId)?.body.kind === "joined" && (peerId === this.#self || this.permits(peerId));
  }

  hasLeft(peerId: PeerId): boolean {
    return this.#newest.get(peerId)?.body.kind === "left";
  }

  /** What it called itself when it last came in. */
  nameOf(peerId: PeerId): string | undefined {
    const body = this.#newest.get(peerId)?.body;
    return body?.kind === "joined" ? body.name : undefined;
  }

  /** By id. The same array until somebody comes or goes. */
  members(): readonly PeerId[] {
    this.#members ??= this.#everyone()
      .filter((peerId) => this.isMember(peerId))
      .sort();
    return this.#members;
  }

  get memberCount(): number {
    return this.#rule.type === "everybody" ? this.#present.size + 1 : this.members().length;
  }

  #everyone(): PeerId[] {
    if (this.#rule.type === "everybody") return [this.#self, ...this.#present];
    return this.#rule.type === "pair" ? [...this.#rule.pair] : [...this.#newest.keys()];
  }

  /** In the lobby: who is reachable is there. True where that changed. */
  setPresent(peerId: PeerId, isPresent: boolean): boolean {
    if (this.#rule.type !== "everybody" || this.#present.has(peerId) === isPresent) return false;
    if (isPresent) this.#present.add(peerId);
    else this.#present.delete(peerId);
    // Sorting a thousand anew for each that comes would cost more than all else that follows from it.
    if (this.#members !== undefined) {
      const members = new Circle(this.#members, true);
      if (isPresent) members.add(peerId);
      else members.delete(peerId);
      this.#members = [...members];
    }
    return true;
  }

  /** Takes an entry in. Returns who is permitted through it, oneself included. */
  apply(event: RoomEvent): PeerId[] {
    const { author, body } = event;
    if (body.kind === "joined" || body.kind === "left") {
      const newest = this.#newest.get(author);
      if (newest === undefined || compareEvents(newest, event) < 0) this.#newest.set(author, event);
      this.#noteStay(event);
      this.#awaited.delete(author);
      this.#members = undefined;
      return [];
    }
    if (body.kind !== "invited" || this.#rule.type !== "private") return [];
    const invited = this.#invited.get(author) ?? new Map<PeerId, RoomEvent>();
    this.#invited.set(author, invited);
    if (!invited.has(body.peerId)) invited.set(body.peerId, event);
    return this.permits(author) ? this.#permit([[body.peerId, event]]) : [];
  }

  /**
   * From which clock on somebody has been there, undefined where nothing says that they are. Nobody came before they were
   * invited, nor before whoever invited them was there: so a clock that somebody makes up brings them nothing.
   */
  thereSince(peerId: PeerId): number | undefined {
    const joined = this.#stays.get(peerId)?.joined;
    if (joined === undefined) return undefined;
    let since = joined.clock;
    const seen = new Set<PeerId>();
    for (let at = peerId; !seen.has(at); ) {
      seen.add(at);
      const ground = this.#grounds.get(at);
      if (ground === undefined) break;
      at = ground.author;
      // The creator was there before all.
      since = Math.max(since, ground.clock, this.#grounds.has(at) ? (this.#stays.get(at)?.joined?.clock ?? 0) : 0);
    }
    return this.#rule.type === "private" && peerId === this.#rule.creator && this.#stays.get(peerId)?.left === undefined ? 0 : since;
  }

  #noteStay(event: RoomEvent): void {
    const stay = this.#stays.get(event.author) ?? { joined: undefined, left: undefined };
    this.#stays.set(event.author, stay);
    if (event.body.kind === "left") {
      if (stay.left !== undefined && compareEvents(event, stay.left) < 0) return;
      stay.left = event;
      if (stay.joined === undefined || compareEvents(stay.joined, event) > 0) return;
      // Of those after it only the newest is known: later than it may be, never earlier.
      const newest = this.#newest.get(event.author);
      stay.joined = newest?.body.kind === "joined" && compareEvents(newest, event) > 0 ? newest : undefined;
    } else if (stay.left === undefined || compareEvents(event, stay.left) > 0) {
      if (stay.joined === undefined || compareEvents(event, stay.joined) < 0) stay.joined = event;
    }
  }

  /** The `invited` entries that lead from the creator to this peer, in this order; none where there are more than `max`. */
  wayTo(peerId: PeerId, max: number): RoomEvent[] {
    const way: RoomEvent[] = [];
    for (let ground = this.#grounds.get(peerId); ground !== undefined; ground = this.#grounds.get(ground.author)) {
      if (way.length === max) return [];
      way.unshift(ground);
    }
    return way;
  }

  /**
   * The `invited` entries of others than this peer who have never been there, newest first, as far as those who wrote them are
   * the creator or in `way`.
   */
  invitedBeside(peerId: PeerId, way: readonly RoomEvent[], max: number): RoomEvent[] {
    const known = new Set(way.map(({ author }) => author));
    return [...this.#awaited]
      .flatMap((awaited) => (awaited === peerId ? [] : (this.#grounds.get(awaited) ?? [])))
      .filter(({ author }) => known.has(author))
      .sort((a, b) => compareEvents(b, a))
      .slice(0, max);
  }

  #permit(grounds: Iterable<readonly [PeerId, RoomEvent]>): PeerId[] {
    const added: PeerId[] = [];
    const open = [...grounds];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [peer, ground] = next;
      if (this.#permitted.has(peer)) continue;
      this.#permitted.add(peer);
      this.#grounds.set(peer, ground);
      if (!this.#newest.has(peer)) this.#awaited.add(peer);
      added.push(peer);
      open.push(...(this.#invited.get(peer) ?? []));
    }
    if (added.length > 0) this.#members = undefined;
    return added;
  }
}

export function ruleOf(roomId: RoomId, record: RoomRecord | undefined): Rule {
  if (roomId === lobbyId) return { type: "everybody" };
  const pair = pairOf(roomId);
  if (pair !== undefined) return { type: "pair", pair };
  if (record === undefined) throw new Error("a named room has a record");
  return record.visibility === "public" ? { type: "public" } : { type: "private", creator: record.creator.peerId };
}
