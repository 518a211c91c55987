/**
 * What travels to everybody, and how linked peers complete each other's knowledge of who is here. Composes the broadcast
 * tree and the roster; cards are learned through introductions.
 *
 *   census (digest) ──differs──► members (ids) ──unknown──► want ──► cards
 */
import type { Identity, Signatures } from "../crypto/ports.ts";
import type { Millis, PeerId } from "../ids.ts";
import { Broadcast } from "./broadcast.ts";
import type { Card } from "./card.ts";
import { sameBytes } from "./card.ts";
import type { HostView } from "./election.ts";
import type { Floods } from "./floods.ts";
import type { Frame } from "./frames.ts";
import type { Introductions } from "./introductions.ts";
import {
  censusDelayMs,
  censusIntervalMs,
  censusPartMax,
  censusQuietMs,
  fullMeshMax,
  newsTurns,
  newsUnitBytes,
  steadyLinkMs,
  wantAgainMs,
  wantedMax,
} from "./limits.ts";
import type { Connection, Links } from "./links.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import { checkStatement, decodeNews, encodeNews, type News, type Statement, signStatement } from "./news.ts";
import type { Outbox } from "./outcome.ts";
import { Roster } from "./roster.ts";
import type { Member } from "./roster-entry.ts";
import { Tree } from "./tree.ts";
import { Turns } from "./turns.ts";

export type GossipFrame = Extract<Frame, { t: "gossip" | "ihave" | "graft" | "prune" | "census" | "members" | "want" | "cards" }>;

export interface GossipPorts {
  readonly identity: Identity;
  readonly instance: string;
  readonly signatures: Signatures;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly links: Links;
  readonly neighbourhood: Neighbourhood;
  readonly introductions: Introductions;
  readonly floods: Floods;
  readonly out: Outbox;
  openPost(sealed: Uint8Array): Uint8Array | undefined;
  /** This peer came to the mesh or went from it. */
  changed(peerId: PeerId, saidGoodbye: boolean): void;
}

/** "kept" goes no further, though nothing is wrong with it. */
type Verdict = "passedOn" | "kept" | "bad";

export class Gossip {
  readonly #ports: GossipPorts;
  readonly #broadcast: Broadcast;
  readonly #turns: Turns;
  readonly roster: Roster;
  readonly tree: Tree;
  /** Linked peers whose roster is to be compared with ours, and when. */
  readonly #censusAt = new Map<PeerId, Millis>();
  #nextCensusAt: Millis;
  /** Of whom a linked peer told in the list that it is sending. */
  readonly #listing = new Map<PeerId, Set<PeerId>>();
  readonly #wanted = new Map<PeerId, Millis>();
  /** The roster's digest, and since when it has been that. */
  #lookedAt: { readonly digest: readonly [number, number]; readonly at: Millis };
  #now: Millis;

  constructor(ports: GossipPorts, now: Millis) {
    const { identity, instance, signatures, neighbourhood } = ports;
    this.#ports = ports;
    this.#now = now;
    this.#broadcast = new Broadcast((to, frame) => this.#send(to, frame));
    this.#turns = new Turns(newsTurns, now);
    this.#nextCensusAt = this.#drawCensus(now);
    this.#lookedAt = { digest: [0, 0], at: now };
    this.tree = new Tree(identity.peerId);
    this.roster = new Roster(
      {
        self: identity.peerId,
        instance,
        random: ports.random,
        cardOf: (peerId) => neighbourhood.known(peerId)?.card,
        isLinked: (peerId) => neighbourhood.isLinked(peerId),
        sign: (seq, left) => signStatement(identity, signatures, instance, seq, left),
        verify: (statement, card) => checkStatement(statement, card, signatures),
        broadcast: (news) => this.#broadcast.start(encodeNews(news), this.#now),
        changed: (peerId, saidGoodbye) => ports.changed(peerId, saidGoodbye),
      },
      now,
    );
  }

  get sizes(): Broadcast["sizes"] {
    return this.#broadcast.sizes;
  }

  /** Tells everybody. */
  tell(news: News, now: Millis): void {
    this.#now = now;
    this.#broadcast.start(encodeNews(news), now);
  }

  /** Our own card is another. */
  announce(card: Card, now: Millis): void {
    this.roster.revised(card.revision);
    // Neighbours hear it before whatever is said under the new name; the tree may be a moment behind.
    this.#ports.out.broadcast({ t: "neighbourUp", card });
    this.tell({ k: "card", card }, now);
  }

  /** A link is ready for more than its hello. Strangers may belong to another part of the mesh: then the two parts compare notes. */
  greeted(connection: Connection, isStranger: boolean, now: Millis): void {
    this.#now = now;
    const { peerId } = connection.remote.identity;
    this.#broadcast.linked(peerId);
    this.roster.greeted(now);
    this.#sendCards(peerId, [], [this.roster.proofOf(this.#ports.identity.peerId)]);
    const isAlone = this.roster.size <= 2;
    if (isAlone || (isStranger && this.#ports.identity.peerId < peerId))
      this.#censusAt.set(peerId, (now + (isAlone ? 0 : censusDelayMs)) as Millis);
  }

  /** Who is host, or what the neighbours said of it, may be different: so may be the place in the tree. */
  replant(view: HostView): void {
    this.tree.choose(view);
    this.#broadcast.place(this.tree.parent, view.role === "host");
  }

  unlinked(peerId: PeerId): void {
    this.tree.unlinked(peerId);
    this.#broadcast.unlinked(peerId);
    this.#turns.unlinked(peerId);
    this.#censusAt.delete(peerId);
    this.#listing.delete(peerId);
    if (this.#ports.neighbourhood.linkedPeers().length === 0) this.roster.clear();
  }

  challenge(peerId: PeerId, now: Millis): void {
    this.#now = now;
    this.roster.challenge(peerId, now);
  }

  leave(now: Millis): void {
    this.#now = now;
    this.roster.leave();
  }

  /** False where what it says does not hold. */
  frame(connection: Connection, frame: GossipFrame, now: Millis): boolean {
    this.#now = now;
    const from = connection.remote.identity.peerId;
    switch (frame.t) {
      case "gossip":
        return this.#gossip(connection, frame.hops, frame.body, now);
      case "ihave":
        this.#broadcast.ihave(from, frame.ids, now);
        return true;
      case "graft":
        this.#broadcast.graft(from, frame.ids);
        return true;
      case "prune":
        this.#broadcast.prune(from);
        return true;
      case "census":
        this.#compare(from, frame.digest);
        return true;
      case "members":
        this.#members(from, frame, now);
        return true;
      case "want": {
        const known = frame.peerIds.flatMap((peerId) => this.#ports.neighbourhood.known(peerId)?.card ?? []);
        this.#sendCards(
          from,
          known,
          frame.peerIds.map((peerId) => this.roster.proofOf(peerId)),
        );
        return true;
      }
      case "cards":
        return this.#cards(connection, frame.cards, frame.statements, now);
    }
  }

  wake(now: Millis): void {
    this.#ports.introductions.wake(now);
    this.#now = now;
    this.#broadcast.wake(now);
    this.roster.wake(now);
    if (now >= this.#nextCensusAt) {
      this.#nextCensusAt = this.#drawCensus(now);
      const linked = this.#ports.neighbourhood.linkedPeers();
      const one = linked[Math.floor(this.#ports.random() * linked.length)];
      if (one !== undefined && !this.#censusAt.has(one)) this.#censusAt.set(one, now);
    }
    for (const [peerId, at] of this.#censusAt) {
      if (at > now) continue;
      if (this.#isChanging(now)) {
        this.#censusAt.set(peerId, (now + censusQuietMs) as Millis);
        continue;
      }
      this.#censusAt.delete(peerId);
      this.#send(peerId, { t: "census", digest: [...this.roster.digest] });
    }
    for (const [peerId, at] of this.#wanted) if (now - at >= wantAgainMs) this.#wanted.delete(peerId);
  }

  nextWakeAt(): Millis {
    let next = this.roster.nextWakeAt();
    const consider = (at: Millis | undefined): void => {
      if (at !== undefined && at < next) next = at;
    };
    consider(this.#broadcast.nextWakeAt());
    consider(this.#nextCensusAt);
    for (const at of this.#censusAt.values()) consider(at);
    return next;
  }

  // ── Broadcasts ────────────────────────────────────────────────────────────────────────────────────────────────────

  #gossip(connection: Connection, hops: number, body: Uint8Array, now: Millis): boolean {
    const from = connection.remote.identity.peerId;
    let verdict = "passedOn" as Verdict;
    // What does not hold is not passed on: whoever does so would seem to have made it.
    this.#broadcast.gossip(from, hops, body, now, () => {
      const hasTurn = this.#turns.take(from, now, Math.ceil((body.length + 1) / newsUnitBytes));
      if (!hasTurn) this.#ports.floods.crowdedOut(from, now);
      const news = hasTurn ? decodeNews(body) : undefined;
      verdict = !hasTurn ? "kept" : news === undefined ? "bad" : this.#judge(connection, news, now);
      return verdict === "passedOn";
    });
    return verdict !== "bad";
  }

  #judge(connection: Connection, news: News, now: Millis): Verdict {
    const from = connection.remote.identity.peerId;
    const { neighbourhood, introductions, out, openPost } = this.#ports;
    switch (news.k) {
      case "card": {
        const peerId = introductions.learn(connection, news.card, now);
        if (peerId === "bad" || peerId === "tooMany") return peerId === "bad" ? "bad" : "kept";
        neighbourhood.routed(peerId, from);
        return "passedOn";
      }
      case "statement": {
        const taken = this.roster.stated(news.statement, now);
        if (taken === "unknown") this.#want(from, [news.statement.peerId], now);
        if (taken === "taken") neighbourhood.routed(news.statement.peerId, from);
        if (taken === "refused") return "bad";
        // What is older has not been checked, and whoever lacks it is to have the newer.
        return taken === "old" && !this.#isNewest(news.statement) ? "kept" : "passedOn";
      }
      case "suspect":
        this.roster.suspected(news.peerId, news.instance, news.seq, now);
        return "passedOn";
      case "post": {
        const body = openPost(news.sealed);
        if (body === undefined) return "bad";
        out.tell({ type: "broadcastArrived", body });
        return "passedOn";
      }
    }
  }

  #isNewest({ peerId, signature }: Statement): boolean {
    const proof = this.roster.proofOf(peerId);
    return proof !== undefined && sameBytes(proof.signature, signature);
  }

  /** While people come in and go out, no two rosters are alike, and to compare them would cost much and mend nothing. */
  #isChanging(now: Millis): boolean {
    const { digest, size } = this.roster;
    if (this.#lookedAt.digest !== digest) this.#lookedAt = { digest, at: now };
    return size > fullMeshMax && now - this.#lookedAt.at < censusQuietMs;
  }

  // ── Who is here ───────────────────────────────────────────────────────────────────────────────────────────────────

  #compare(from: PeerId, digest: readonly number[]): void {
    const [a, b] = this.roster.digest;
    if (digest[0] === a && digest[1] === b) return;
    this.#sendMembers(from, this.roster.list(), true);
  }

  #sendMembers(to: PeerId, list: readonly Member[], isWhole: boolean): void {
    const parts = Math.max(1, Math.ceil(list.length / censusPartMax));
    for (let part = 0; part < parts; part += 1) {
      const members = list.slice(part * censusPartMax, (part + 1) * censusPartMax);
      this.#send(to, { t: "members", part, parts, isWhole, members });
    }
  }

  #members(from: PeerId, { part, parts, isWhole, members }: Extract<Frame, { t: "members" }>, now: Millis): void {
    const wanted: PeerId[] = [];
    for (const member of members) {
      const [peerId] = member;
      const listed = this.roster.listed(member, now);
      if (listed === "wanted") wanted.push(peerId);
      const obituary = listed === "missed" ? this.roster.obituary(peerId, now) : undefined;
      if (obituary === undefined) continue;
      // They may not have heard what the suspicion is about.
      this.#sendCards(from, [], [this.roster.proofOf(peerId)]);
      this.#send(from, { t: "gossip", hops: 0, body: encodeNews(obituary) });
    }
    this.#want(from, wanted, now);
    if (!isWhole) return;
    const listing = part === 0 ? new Set<PeerId>() : this.#listing.get(from);
    if (listing === undefined) return;
    for (const [peerId] of members) listing.add(peerId);
    this.#listing.set(from, listing);
    if (part < parts - 1) return;
    this.#listing.delete(from);
    const unlisted = this.roster.list().filter(([peerId]) => !listing.has(peerId));
    if (unlisted.length > 0) this.#sendMembers(from, unlisted, false);
  }

  #want(from: PeerId, peerIds: readonly PeerId[], now: Millis): void {
    const asked = peerIds.filter((peerId) => !this.#wanted.has(peerId));
    for (const peerId of asked) this.#wanted.set(peerId, now);
    for (let place = 0; place < asked.length; place += wantedMax)
      this.#send(from, { t: "want", peerIds: asked.slice(place, place + wantedMax) });
  }

  #sendCards(to: PeerId, cards: Extract<Frame, { t: "cards" }>["cards"], proofs: readonly (Statement | undefined)[]): void {
    const statements = proofs.filter((proof) => proof !== undefined);
    if (cards.length + statements.length > 0) this.#send(to, { t: "cards", cards, statements });
  }

  #cards(connection: Connection, cards: Extract<Frame, { t: "cards" }>["cards"], statements: readonly Statement[], now: Millis): boolean {
    const { introductions, neighbourhood } = this.#ports;
    const from = connection.remote.identity.peerId;
    let hold = true;
    const { size } = this.roster;
    for (const card of cards) {
      const peerId = introductions.learn(connection, card, now);
      if (peerId === "bad") hold = false;
      else if (peerId !== "tooMany") neighbourhood.routed(peerId, from);
    }
    for (const statement of statements) if (this.roster.stated(statement, now) === "refused") hold = false;
    // Two parts of the mesh have met here: the news goes on, from link to link. New links lead to the same part as this one.
    if (this.roster.size !== size) {
      for (const { remote, openedAt } of this.#ports.links.open()) {
        const { peerId } = remote.identity;
        if (peerId !== from && neighbourhood.isLinked(peerId) && now - (openedAt ?? now) >= steadyLinkMs)
          this.#censusAt.set(peerId, (now + censusDelayMs) as Millis);
      }
    }
    return hold;
  }

  #send(to: PeerId, frame: Frame): void {
    const link = this.#ports.links.to(to);
    if (link !== undefined) this.#ports.out.send(link.connectionId, frame);
  }

  #drawCensus(now: Millis): Millis {
    return Math.round(now + censusIntervalMs * (0.5 + this.#ports.random())) as Millis;
  }
}
