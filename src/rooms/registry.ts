/** Every room that is known here, joined or not, and what it can be called. */
import type { PeerId, RoomId } from "../ids.ts";
import type { RoomStore } from "./archive.ts";
import type { RoomKeeper } from "./keeping.ts";
import { roomsMax, roomsPerPeerMax } from "./limits.ts";
import { lobbyId, normalRoomName, otherOf } from "./names.ts";
import type { RoomsPorts } from "./ports.ts";
import { decodeRecord, idOf, type RoomRecord } from "./record.ts";
import { Room } from "./room.ts";
import { isListed, nameOf } from "./summary.ts";

export type Resolved =
  | { readonly ok: true; readonly roomId: RoomId }
  | { readonly ok: false; readonly code: "unknownRoom" | "ambiguousRoom" };

export class Registry {
  readonly lobby: Room;
  readonly #ports: RoomsPorts;
  readonly #keeper: RoomKeeper;
  readonly #store: RoomStore | undefined;
  readonly #rooms = new Map<RoomId, Room>();

  constructor(ports: RoomsPorts, keeper: RoomKeeper, store?: RoomStore) {
    this.#store = store;
    this.#ports = ports;
    this.#keeper = keeper;
    this.lobby = new Room(ports, lobbyId, undefined, keeper, store);
    this.#rooms.set(lobbyId, this.lobby);
  }

  all(): Iterable<Room> {
    return this.#rooms.values();
  }

  get(roomId: RoomId): Room | undefined {
    return this.#rooms.get(roomId);
  }

  /** As `get`; a direct conversation of this peer's is there as soon as it is asked for. */
  find(roomId: RoomId): Room | undefined {
    const room = this.#rooms.get(roomId);
    const self = this.#ports.self.peerId;
    const other = otherOf(roomId, self);
    if (room !== undefined || other === undefined || other === self) return room;
    const direct = new Room(this.#ports, roomId, undefined, this.#keeper, this.#store);
    this.#rooms.set(roomId, direct);
    return direct;
  }

  /** With whom there is a conversation of two in which something was said. */
  correspondents(): PeerId[] {
    return [...this.#rooms.values()].flatMap((room) => (room.logs.size > 0 ? (otherOf(room.roomId, this.#ports.self.peerId) ?? []) : []));
  }

  add(record: RoomRecord): Room {
    const room = new Room(this.#ports, record.roomId, record, this.#keeper, this.#store);
    this.#rooms.set(record.roomId, room);
    return room;
  }

  remove(room: Room): void {
    this.#rooms.delete(room.roomId);
  }

  /** The room of a record from the network: the known one, or a new one where the record is genuine and there is space. */
  learn(bytes: Uint8Array, from: PeerId, isHost = false): { readonly room: Room; readonly isNew: boolean } | undefined {
    const known = this.#rooms.get(idOf(bytes));
    if (known !== undefined) {
      const isNew = known.isClosed;
      known.isClosed = false;
      return { room: known, isNew };
    }
    const record = this.#hasSpaceFor(from, isHost) ? decodeRecord(this.#ports, bytes) : undefined;
    if (record === undefined) return undefined;
    const room = this.add(record);
    room.learntFrom = from;
    return { room, isNew: true };
  }

  /** The host may name as many rooms as there can be: it speaks for all. */
  #hasSpaceFor(from: PeerId, isHost: boolean): boolean {
    if (this.#rooms.size >= roomsMax) return false;
    let ofPeer = 0;
    for (const room of this.#rooms.values()) if (room.learntFrom === from && !room.isJoined) ofPeer++;
    return isHost || ofPeer < roomsPerPeerMax;
  }

  /** Rooms that a person sees in the list: public ones, and private ones that they are in or invited to. */
  listed(): Room[] {
    return [...this.#rooms.values()].filter(isListed);
  }

  lastNameOf(peerId: PeerId): string | undefined {
    for (const room of this.#rooms.values()) {
      const name = room.membership.nameOf(peerId);
      if (name !== undefined && name !== "") return name;
    }
    return undefined;
  }

  hasForked(peerId: PeerId): boolean {
    for (const room of this.#rooms.values()) if (room.logs.of(peerId).some((log) => log.isFrozen)) return true;
    return false;
  }

  isNameTaken(name: string): boolean {
    return this.listed().some((room) => nameOf(room) === name);
  }

  /** "#name", a name or a room id. Of several rooms of one name, one that is joined goes first, then a public one. */
  resolve(ref: string): Resolved {
    const exact = this.#rooms.get(ref as RoomId);
    if (exact !== undefined && (isListed(exact) || otherOf(exact.roomId, this.#ports.self.peerId) !== undefined))
      return { ok: true, roomId: exact.roomId };
    const name = normalRoomName(ref);
    const rooms = this.listed().filter((room) => nameOf(room) === name);
    for (const preferred of [(room: Room) => room.isJoined, (room: Room) => room.isPublic, () => true]) {
      const [first, ...others] = rooms.filter(preferred);
      if (first !== undefined) return others.length === 0 ? { ok: true, roomId: first.roomId } : { ok: false, code: "ambiguousRoom" };
    }
    return { ok: false, code: "unknownRoom" };
  }
}
