/** What others sent under seal: opened, and handed to whom it is for. What does not hold is counted, and its bringer blamed. */
import type { Millis, PeerId, RoomId } from "../ids.ts";
import type { Mesh, MeshOutcome } from "../mesh/index.ts";
import type { Received, Rooms } from "../rooms/index.ts";
import type { RoomsOutcome } from "../rooms/ports.ts";
import { addressee, decodeControl } from "./control.ts";
import type { Correspondence } from "./correspondence.ts";
import type { FloodReports } from "./flood-reports.ts";
import type { PostOffice } from "./post-office.ts";

export interface ArrivalsParts {
  readonly mesh: Mesh;
  readonly rooms: Rooms;
  readonly correspondence: Correspondence;
  readonly office: PostOffice;
  readonly floods: FloodReports;
  typing(from: PeerId, roomId: RoomId, now: Millis): void;
  absorb(outcome: MeshOutcome, now: Millis): void;
  absorbRooms(outcome: RoomsOutcome, now: Millis): void;
}

export class Arrivals {
  readonly #parts: ArrivalsParts;
  /** What claimed to be by somebody and was not. */
  unauthentic = 0;

  constructor(parts: ArrivalsParts) {
    this.#parts = parts;
  }

  open(from: PeerId, sealed: Uint8Array, isDirect: boolean, now: Millis): void {
    const { correspondence, mesh } = this.#parts;
    const opened = correspondence.open(from, sealed, now);
    if (opened !== undefined) for (const plaintext of opened) this.#read(from, plaintext, now);
    // Of what came by way of others nobody knows whose it is.
    else if (isDirect) mesh.reception.blame(from, now);
  }

  broadcast(body: Uint8Array, now: Millis): void {
    this.#received(this.#parts.rooms.receiveBroadcast(body, now), now);
  }

  #read(from: PeerId, plaintext: Uint8Array, now: Millis): void {
    const { mesh, rooms, office, floods } = this.#parts;
    const payload = plaintext.subarray(1);
    if (plaintext[0] === addressee.rooms) {
      this.#received(rooms.receive(from, payload, now), now, from);
      return;
    }
    if (plaintext[0] === addressee.mail) {
      if (!office.arrived(from, payload, now)) mesh.reception.blame(from, now);
      return;
    }
    const control = plaintext[0] === addressee.mesh ? decodeControl(payload) : undefined;
    if (control === undefined) mesh.refused.badFrames += 1;
    else if (control.k === "typing") this.#parts.typing(from, control.roomId, now);
    else if (control.k === "flood") floods.told(from, control, now);
    else this.#parts.absorb(mesh.acceptHandOff(from, control.term, now), now);
  }

  #received(received: Received, now: Millis, from?: PeerId): void {
    const { mesh } = this.#parts;
    if (received.ok) return void this.#parts.absorbRooms(received.outcome, now);
    if (received.failure === "malformed") mesh.refused.badFrames += 1;
    else this.unauthentic += 1;
    if (from !== undefined && received.failure !== "notAllowed") mesh.reception.blame(from, now);
  }
}
