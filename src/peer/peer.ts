/**
 * One peer: composes mesh and rooms, seals what goes between them, and answers the API. Pure and deterministic.
 *
 *   input ──► mesh ──events──► rooms ──posts──► seal ──► mesh ──orders──► effects
 *     └─ apiCalled ─────────────►│──changes──► views ──► notifyView
 */
import type { LogEntry } from "../api/contract.ts";
import { publicIdentityFromKeys } from "../crypto/index.ts";
import type { PublicIdentity } from "../crypto/ports.ts";
import type { Address, Millis, PeerId, RequestId } from "../ids.ts";
import { formatAddress, Mesh, type MeshEvent, type MeshOutcome } from "../mesh/index.ts";
import { isDirect, Rooms } from "../rooms/index.ts";
import type { RoomsOutcome } from "../rooms/ports.ts";
import { Arrivals } from "./arrivals.ts";
import type { Acts } from "./call-acts.ts";
import { answer } from "./calls.ts";
import { addressed, addressee, payloadFor } from "./control.ts";
import { Correspondence } from "./correspondence.ts";
import { Departure } from "./departure.ts";
import type { Effect } from "./effect.ts";
import { FloodReports } from "./flood-reports.ts";
import type { Input } from "./input.ts";
import { keepingEffects } from "./keeping-effects.ts";
import { LogBook } from "./log-book.ts";
import type { PeerOptions } from "./options.ts";
import { Own } from "./own.ts";
import { sendScheduled } from "./own-calls.ts";
import { OwnCard } from "./own-card.ts";
import { OwnRecords } from "./own-records.ts";
import { OwnSettings } from "./own-settings.ts";
import { type Note, People } from "./people.ts";
import { PostOffice } from "./post-office.ts";
import { randomFraction } from "./random-fraction.ts";
import { Remembered } from "./remembered.ts";
import { type RoomNewsParts, tellRoomChange } from "./room-news.ts";
import { ViewNews } from "./view-news.ts";
import { type Self, selfOf, Views } from "./views.ts";
import { WaitingCalls } from "./waiting-calls.ts";

export class Peer {
  readonly #options: PeerOptions;
  readonly #self: Self;
  readonly #mesh: Mesh;
  readonly #rooms: Rooms;
  readonly #views: Views;
  readonly #news: ViewNews;
  readonly #log = new LogBook();
  readonly #remembered: Remembered;
  readonly #waiting = new WaitingCalls();
  readonly #floods: FloodReports;
  readonly #correspondence: Correspondence;
  readonly #card: OwnCard;
  readonly #people: People;
  readonly #office: PostOffice;
  readonly #settings: OwnSettings;
  readonly #own: Own;
  readonly #departure: Departure;
  readonly #arrivals: Arrivals;
  readonly #roomNews: RoomNewsParts;
  #hostId: PeerId;
  #effects: Effect[] = [];

  constructor(options: PeerOptions, now: Millis) {
    this.#options = { ...options, settings: [], own: [], mail: [], rooms: undefined };
    const { identity, signatures, networkSealing, randomBytes, wallNow } = options;
    const isBlocked = (peerId: PeerId): boolean => this.#people.contacts.of(peerId).isBlocked;
    this.#hostId = identity.peerId;
    this.#self = selfOf(options);
    this.#settings = new OwnSettings(options.settings ?? []);
    const records = new OwnRecords(options.own ?? []);
    const identityFromKeys = (signKey: Uint8Array, agreeKey: Uint8Array, binding: Uint8Array): PublicIdentity | undefined =>
      publicIdentityFromKeys(signatures, signKey, agreeKey, binding);
    this.#correspondence = new Correspondence({
      sealing: options.sealing,
      known: (peerId) => this.#mesh.known(peerId),
      membersOf: (roomId) => this.#rooms.readers(roomId),
      send: ({ to, sealed }, roomId, at) => this.#absorb(this.#mesh.sendSealed(to, sealed, isDirect(roomId), at), at),
    });
    this.#card = new OwnCard({ randomBytes, wallNow, self: this.#self, prekey: () => this.#correspondence.prekey() });
    const openPost = (sealed: Uint8Array): Uint8Array | undefined => payloadFor(addressee.rooms, networkSealing.open(sealed));
    this.#mesh = new Mesh(
      { identity, signatures, identityFromKeys, random: () => randomFraction(randomBytes), openPost },
      this.#card.about(),
      now,
    );
    const parts = { mesh: this.#mesh, correspondence: this.#correspondence, settings: this.#settings };
    this.#office = new PostOffice(
      {
        self: identity,
        signatures,
        identityFromKeys,
        wallNow,
        ...parts,
        rooms: () => this.#rooms.forMail,
        isBlocked,
        receive: (from, payload, at) => this.#rooms.receive(from, payload, at),
        absorb: (outcome, at) => this.#absorbRooms(outcome, at),
      },
      options.mail ?? [],
    );
    this.#rooms = new Rooms(
      {
        self: identity,
        signSeed: identity.signSeed,
        logId: options.logId,
        signatures,
        randomBytes,
        wallNow,
        nameOf: (peerId) => this.#views.nameOf(peerId),
        isBlocked,
        keepMs: (roomId) => records.keepMs(roomId),
        identityOf: (peerId) => (this.#mesh.known(peerId) ?? this.#office.keys.get(peerId))?.identity,
        identityFromKeys,
        delivery: this.#office.delivery,
      },
      options.rooms,
    );
    this.#people = new People(
      {
        self: identity,
        wallNow,
        known: (peerId) => this.#mesh.known(peerId),
        changed: (peerId) => {
          this.#news.peer(peerId);
          for (const { roomId } of this.#rooms.listRooms()) this.#news.room(roomId);
        },
      },
      options.contacts,
    );
    this.#views = new Views(
      this.#self,
      this.#mesh,
      this.#rooms,
      this.#people,
      (roomId) => this.#correspondence.waitingFor(roomId),
      (peerId) => this.#office.keys.nameOf(peerId),
      records,
      wallNow() - now,
    );
    this.#news = new ViewNews(this.#views, this.#rooms);
    const note: RoomNewsParts["note"] = (kind, peerId, text) => this.#note(kind, peerId, text);
    this.#roomNews = { rooms: this.#rooms, views: this.#views, news: this.#news, people: this.#people, note };
    this.#floods = new FloodReports({
      self: identity.peerId,
      mesh: this.#mesh,
      name: (peerId) => this.#name(peerId),
      note: (kind, peerId, text) => this.#note(kind, peerId, text),
      tell: (to, report, at) => this.#correspondence.tell(to, report, at),
    });
    this.#arrivals = new Arrivals({
      ...parts,
      rooms: this.#rooms,
      office: this.#office,
      floods: this.#floods,
      typing: (from, roomId, at) => this.#own.typing.heard(from, roomId, at),
      absorb: (outcome, at) => this.#absorb(outcome, at),
      absorbRooms: (outcome, at) => this.#absorbRooms(outcome, at),
    });
    this.#remembered = new Remembered(options.remembered);
    this.#own = new Own({
      ...parts,
      self: identity.peerId,
      records,
      wallNow,
      randomBytes,
      rooms: this.#rooms,
      views: this.#views,
      news: this.#news,
      isBlocked,
      send: (scheduled, at) => sendScheduled(this.#acts(undefined), scheduled, at),
      notify: (event) => this.#effects.push({ type: "notifyView", event }),
    });
    this.#departure = new Departure({
      mesh: this.#mesh,
      correspondence: this.#correspondence,
      leave: (at) => {
        this.#office.settle(at);
        this.#absorb(this.#mesh.stop(at), at);
      },
    });
  }

  handle(input: Input, now: Millis): Effect[] {
    if (this.#departure.isOver) return [];
    switch (input.type) {
      case "peerSighted":
        this.#absorb(this.#mesh.sight(input.sighting, now), now);
        break;
      case "addressesChanged":
        this.#addressesChanged(input.addresses, now);
        break;
      case "apiCalled":
        this.#called(input.requestId, input.method, input.params, now);
        break;
      case "stopRequested":
        this.#departure.begin(now);
        break;
      case "woke":
        this.#wake(now);
        break;
      default:
        this.#absorb(this.#mesh.handle(input, now), now);
    }
    if (!this.#departure.isOver) this.#own.step(now);
    this.#office.step(now);
    if (this.#correspondence.takeWaitingChanged()) for (const { roomId } of this.#rooms.listRooms()) this.#news.room(roomId);
    this.#effects.push(...this.#news.take(now));
    if (this.#departure.isOver) this.#effects.push({ type: "stopped" });
    const kept = [
      ...this.#correspondence.takeRecords(),
      ...this.#people.contacts.takeRecords(),
      ...this.#office.takeRecords(),
      ...this.#settings.takeRecords(),
      ...this.#own.records.takeRecords(),
    ];
    const effects = [...keepingEffects(kept, this.#rooms.takeKept(now, this.#departure.isOver)), ...this.#effects];
    this.#effects = [];
    return effects;
  }

  nextWakeAt(): Millis | undefined {
    if (this.#departure.isOver) return undefined;
    const due = [
      this.#mesh.nextWakeAt(),
      this.#rooms.nextWakeAt(),
      this.#news.nextWakeAt(),
      this.#correspondence.nextWakeAt(),
      this.#office.nextWakeAt(),
      this.#own.nextWakeAt(),
      this.#departure.until,
    ].filter((at) => at !== undefined);
    return due.length === 0 ? undefined : (Math.min(...due) as Millis);
  }

  #wake(now: Millis): void {
    this.#absorb(this.#mesh.wake(now), now);
    this.#absorbRooms(this.#rooms.wake(now), now);
    this.#correspondence.wake(now);
    const renewed = this.#card.withNewPrekey();
    if (renewed !== undefined) this.#absorb(this.#mesh.setAbout(renewed, now), now);
    this.#departure.wake(now);
  }

  // ── Mesh ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  #absorb(outcome: MeshOutcome, now: Millis): void {
    this.#effects.push(...outcome.orders);
    for (const event of outcome.events) this.#meshEvent(event, now);
  }

  #meshEvent(event: MeshEvent, now: Millis): void {
    this.#office.meshEvent(event, now);
    switch (event.type) {
      case "reachable":
        this.#noteOf(event.peerId, this.#people.greeting(event.peerId, this.#name(event.peerId), now));
        this.#news.peer(event.peerId);
        this.#absorbRooms(this.#rooms.peerReachable(event.peerId, now), now);
        break;
      case "unreachable":
        this.#noteOf(event.peerId, this.#people.parting(event.peerId, this.#name(event.peerId), event.saidGoodbye));
        this.#news.peer(event.peerId);
        this.#news.neighbours();
        this.#absorbRooms(this.#rooms.peerUnreachable(event.peerId, now), now);
        break;
      case "peerChanged":
        if (this.#mesh.isReachable(event.peerId)) this.#noteOf(event.peerId, this.#people.warning(event.peerId, now));
        this.#news.peer(event.peerId);
        this.#news.neighbours();
        this.#effects.push(...this.#remembered.note(this.#mesh.remembered()));
        break;
      case "linked":
      case "unlinked":
        this.#absorbRooms(this.#rooms.peerLinked(event.peerId, event.type === "linked", now), now);
        break;
      case "hostChanged":
        this.#hostChanged(now);
        break;
      case "arrived":
        this.#arrivals.open(event.from, event.sealed, event.isDirect ?? false, now);
        break;
      case "broadcastArrived":
        this.#arrivals.broadcast(event.body, now);
        break;
      case "connectSettled":
        this.#effects.push(...this.#waiting.connectSettled(event.ticket, event.peerId, this.#self.peerId, event.isForeign ?? false));
        break;
      case "outbid":
        this.#absorb(this.#mesh.setAbout(this.#card.outbid(event.revision), now), now);
        break;
      case "flooded":
        this.#floods.noticed(event.flood, event.isNew, now);
        break;
      case "handOffSettled":
        this.#effects.push(...this.#waiting.handOffSettled(event.ok, this.#mesh.host));
        break;
      case "linkFailed":
        this.#noteOf(event.peerId, this.#people.outOfReach(event.peerId, this.#name(event.peerId)));
        break;
    }
  }

  #hostChanged(now: Millis): void {
    const { hostId } = this.#mesh.host;
    const isSelf = hostId === this.#self.peerId;
    this.#news.host();
    this.#news.peer(this.#hostId);
    this.#news.peer(hostId);
    if (hostId !== this.#hostId) {
      this.#hostId = hostId;
      this.#note("hostChanged", hostId, isSelf ? "You keep the room list now" : `${this.#name(hostId)} keeps the room list now`);
    }
    this.#absorbRooms(this.#rooms.hostChanged(hostId, isSelf, now), now);
    this.#departure.hostChanged(isSelf, now);
  }

  #addressesChanged(addresses: readonly Address[], now: Millis): void {
    const isFirst = this.#card.setAddresses(addresses);
    this.#self.addresses = addresses.map(formatAddress);
    this.#news.session();
    this.#absorb(this.#mesh.setAbout(this.#card.next(), now), now);
    if (isFirst) for (const sighting of this.#remembered.sightings()) this.#absorb(this.#mesh.sight(sighting, now), now);
  }

  #absorbRooms(outcome: RoomsOutcome, now: Millis): void {
    if (outcome.changes.length > 0) this.#office.changed(now);
    for (const change of outcome.changes) tellRoomChange(this.#roomNews, change);
    for (const payload of outcome.broadcasts) {
      this.#absorb(this.#mesh.broadcast(this.#options.networkSealing.seal(addressed(addressee.rooms, payload)), now), now);
    }
    this.#correspondence.post(outcome.posts, now);
  }

  // ── The API ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #called(requestId: RequestId, method: Parameters<typeof answer>[1], params: unknown, now: Millis): void {
    const outcome = answer(this.#acts(requestId), method, params, now);
    if (outcome !== "later") this.#effects.push({ type: "replied", requestId, outcome });
  }

  /** @param requestId of the call that may have to be answered later; undefined: it cannot be */
  #acts(requestId: RequestId | undefined): Acts {
    return {
      views: this.#views,
      rooms: this.#rooms,
      log: this.#log,
      self: this.#self.peerId,
      isKnown: (peerId) => this.#views.peer(peerId) !== undefined,
      isReachable: (peerId) => this.#mesh.isReachable(peerId),
      isHost: () => this.#mesh.host.role === "host",
      absorbRooms: (rooms, at) => this.#absorbRooms(rooms, at),
      rename: (name, at) => this.#rename(name, at),
      connect: (addresses, at) => (requestId === undefined ? "later" : this.#connect(requestId, addresses, at)),
      handOff: (to, at) => (requestId === undefined ? "later" : this.#handOff(requestId, to, at)),
      people: this.#people,
      settings: this.#settings,
      settingsChanged: (at) => this.#office.settingsChanged(at),
      mailStats: () => this.#office.stats(),
      unauthentic: () => this.#arrivals.unauthentic + this.#correspondence.refused,
      floods: this.#floods,
      own: this.#own,
    };
  }

  #rename(name: string, now: Millis): void {
    this.#self.name = name;
    this.#self.named = true;
    this.#effects.push({ type: "rememberName", name });
    this.#news.session();
    this.#news.neighbours();
    this.#absorb(this.#mesh.setAbout(this.#card.next(), now), now);
  }

  #connect(requestId: RequestId, addresses: readonly Address[], now: Millis): "later" {
    const { ticket, outcome } = this.#mesh.connect(addresses, now);
    this.#waiting.connecting(ticket, requestId);
    this.#absorb(outcome, now);
    return "later";
  }

  #handOff(requestId: RequestId, to: PeerId, now: Millis): "later" {
    const refused = this.#waiting.handingOff(requestId);
    if (refused === undefined) this.#departure.offerRole(to, now);
    else this.#effects.push(...refused);
    return "later";
  }

  #name(peerId: PeerId): string {
    return this.#views.nameOf(peerId) ?? "Someone";
  }

  #noteOf(peerId: PeerId, note: Note | undefined): void {
    if (note !== undefined) this.#note(note.kind, peerId, note.text);
  }

  #note(kind: LogEntry["kind"], peerId: PeerId | undefined, text: string): void {
    const entry = this.#log.add(kind, this.#options.wallNow(), peerId, text);
    this.#effects.push({ type: "notifyView", event: { event: "logged", entry } });
  }
}
