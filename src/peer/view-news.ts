/** Collects what changed while one input was handled, and tells the view once, and only what is really new. */
import type { EarshotEvent } from "../api/contract.ts";
import type { Millis, PeerId, RoomId } from "../ids.ts";
import type { Rooms } from "../rooms/index.ts";
import type { Effect } from "./effect.ts";
import { changesHeldMax, changesTogetherMs, retoldPeopleMax, toldPeopleMax } from "./limits.ts";
import type { Views } from "./views.ts";

export class ViewNews {
  readonly #views: Views;
  readonly #rooms: Rooms;
  readonly #peers = new Set<PeerId>();
  readonly #changedRooms = new Set<RoomId>();
  readonly #removedRooms = new Set<RoomId>();
  readonly #grown = new Set<RoomId>();
  readonly #added: string[] = [];
  readonly #removed: [messageId: string, roomId: RoomId][] = [];
  /** Acknowledged by one member after the other: told at once when they are few, together when they come fast. */
  readonly #changedMessages = new Set<string>();
  #changesDueAt: Millis | undefined;
  /** What was last told of session, host and each room: a view is not told twice. Rooms are bounded by their module. */
  readonly #told = new Map<string, string>();
  /** Who was ever told to carry for somebody: neighbours, a handful. */
  readonly #carriers = new Set<string>();
  readonly #toldPeople = new Map<PeerId, { readonly text: string; readonly via: string | null }>();
  #hasSession = false;
  #hasHost = false;
  #hasNeighbours = false;

  constructor(views: Views, rooms: Rooms) {
    this.#views = views;
    this.#rooms = rooms;
  }

  session(): void {
    this.#hasSession = true;
  }

  host(): void {
    this.#hasHost = true;
  }

  peer(peerId: PeerId): void {
    this.#peers.add(peerId);
  }

  /** A neighbour came, went or has a new card: whom it carries for may be different now. */
  neighbours(): void {
    this.#hasNeighbours = true;
  }

  /** True where the view has not heard of this room before. */
  room(roomId: RoomId): boolean {
    this.#changedRooms.add(roomId);
    this.#removedRooms.delete(roomId);
    return !this.#told.has(roomId);
  }

  roomRemoved(roomId: RoomId): void {
    this.#removedRooms.add(roomId);
    this.#changedRooms.delete(roomId);
  }

  historyGrown(roomId: RoomId): void {
    this.#grown.add(roomId);
  }

  messageAdded(messageId: string): void {
    this.#added.push(messageId);
  }

  messageChanged(messageId: string): void {
    this.#changedMessages.add(messageId);
  }

  messageRemoved(messageId: string, roomId: RoomId): void {
    this.#removed.push([messageId, roomId]);
    this.#changedMessages.delete(messageId);
  }

  nextWakeAt(): Millis | undefined {
    return this.#changedMessages.size === 0 ? undefined : this.#changesDueAt;
  }

  take(now: Millis): Effect[] {
    const effects: Effect[] = [];
    const tell = (key: string, event: EarshotEvent): void => {
      const text = JSON.stringify(event);
      if (this.#told.get(key) === text) return;
      this.#told.set(key, text);
      effects.push({ type: "notifyView", event });
    };
    if (this.#hasSession) {
      const session = this.#views.session();
      tell("session", { event: "sessionChanged", session });
      for (const peerId of this.#views.noteName(session.peerId as PeerId)) this.#peers.add(peerId);
    }
    if (this.#hasHost) tell("host", { event: "hostChanged", host: this.#views.host() });
    if (this.#hasNeighbours) this.#addCarried();
    for (const messageId of this.#added) {
      const message = this.#rooms.message(messageId);
      if (message === undefined) continue;
      this.#changedMessages.delete(messageId);
      effects.push({ type: "notifyView", event: { event: "messageAdded", message: this.#views.message(message) } });
    }
    for (const roomId of this.#grown)
      effects.push({ type: "notifyView", event: { event: "historyGrown", in: this.#views.conversation(roomId) } });
    for (const [messageId, roomId] of this.#removed)
      effects.push({ type: "notifyView", event: { event: "messageRemoved", messageId, in: this.#views.conversation(roomId) } });
    if (this.#isChangeDue(now)) this.#tellChanges(effects, now);
    for (const roomId of this.#changedRooms) {
      const person = this.#views.person(roomId);
      if (person !== undefined) this.#peers.add(person);
      const room = this.#views.room(roomId);
      if (room !== undefined) tell(roomId, { event: "roomChanged", room });
    }
    for (const roomId of this.#removedRooms) {
      this.#told.delete(roomId);
      effects.push({ type: "notifyView", event: { event: "roomRemoved", roomId } });
    }
    // Those of the same name join the set while it is walked through.
    for (const peerId of this.#peers) for (const other of this.#views.noteName(peerId)) this.#peers.add(other);
    for (const peerId of this.#peers) this.#tellPeer(peerId, effects);
    this.#peers.clear();
    this.#changedRooms.clear();
    this.#removedRooms.clear();
    this.#grown.clear();
    this.#added.length = 0;
    this.#removed.length = 0;
    this.#hasSession = false;
    this.#hasHost = false;
    this.#hasNeighbours = false;
    return effects;
  }

  #isChangeDue(now: Millis): boolean {
    const { size } = this.#changedMessages;
    return size > 0 && (this.#changesDueAt === undefined || now >= this.#changesDueAt || size > changesHeldMax);
  }

  #tellChanges(effects: Effect[], now: Millis): void {
    for (const messageId of this.#changedMessages) {
      const message = this.#rooms.message(messageId);
      if (message !== undefined)
        effects.push({ type: "notifyView", event: { event: "messageChanged", message: this.#views.message(message) } });
    }
    this.#changedMessages.clear();
    this.#changesDueAt = (now + changesTogetherMs) as Millis;
  }

  #addCarried(): void {
    if (this.#toldPeople.size <= retoldPeopleMax) {
      for (const peerId of this.#views.knownIds()) this.#peers.add(peerId);
      return;
    }
    const carriers = [...this.#peers].filter((peerId) => this.#carriers.has(peerId));
    if (carriers.length === 0) return;
    for (const [peerId, { via }] of this.#toldPeople) if (via !== null && carriers.includes(via as PeerId)) this.#peers.add(peerId);
  }

  #tellPeer(peerId: PeerId, effects: Effect[]): void {
    const peer = this.#views.peer(peerId);
    if (peer === undefined) return;
    const text = JSON.stringify(peer);
    if (this.#toldPeople.get(peerId)?.text === text) return;
    this.#toldPeople.set(peerId, { text, via: peer.via });
    if (peer.via !== null) this.#carriers.add(peer.via);
    effects.push({ type: "notifyView", event: { event: "peerChanged", peer } });
    for (const oldest of this.#toldPeople.keys()) {
      if (this.#toldPeople.size <= toldPeopleMax) break;
      this.#toldPeople.delete(oldest);
    }
    // Those of long ago are found again as people are told of.
    if (this.#carriers.size > toldPeopleMax) this.#carriers.clear();
  }
}
