/** What comes in on a link: decoded, bounded by what its sender may have us do, and counted where it is not let in. */
import type { Millis, PeerId } from "../ids.ts";
import type { RefusedCounts } from "./counters.ts";
import { type Flood, Floods } from "./floods.ts";
import { decodeFrame, type Frame } from "./frames.ts";
import type { Connection, Links } from "./links.ts";
import { workOf } from "./rates.ts";

export class Reception {
  readonly #self: PeerId;
  readonly #links: Links;
  readonly floods: Floods;
  readonly refused: RefusedCounts = { tooMany: 0, badHandshake: 0, timedOut: 0, badFrames: 0 };

  constructor(self: PeerId, links: Links, tell: (flood: Flood, isNew: boolean) => void) {
    this.#self = self;
    this.#links = links;
    this.floods = new Floods(tell);
  }

  /** Undefined where nothing is to be done about it: no frame, not in its place, or too much. */
  read(connection: Connection, bytes: Uint8Array, now: Millis): Frame | undefined {
    const from = connection.remote.identity.peerId;
    const { floods } = this;
    if (!floods.allows(from, "frame", now) || !floods.allows(from, "byte", now, bytes.length)) {
      // It lives, whatever else it does.
      connection.heardAt = now;
      return undefined;
    }
    const frame = decodeFrame(bytes);
    if (frame === undefined || !isInPlace(connection, frame)) {
      this.bad(connection, now);
      return undefined;
    }
    connection.heardAt = now;
    const work = workOf(frame, this.#self);
    return work === undefined || floods.allows(from, work.work, now, work.cost) ? frame : undefined;
  }

  /** A frame of this link does not hold. */
  bad({ remote }: Connection, now: Millis): void {
    this.refused.badFrames += 1;
    this.floods.bad(remote.identity.peerId, now);
  }

  /** Whoever sealed this has proven itself, and it does not hold. */
  blame(peerId: PeerId, now: Millis): void {
    if (this.#links.to(peerId) !== undefined) this.floods.bad(peerId, now);
  }
}

/** `hello` comes first, and once; what was not passed on is of the link's other end. */
function isInPlace({ greeted, remote }: Connection, frame: Frame): boolean {
  if (frame.t === "envelope" && frame.hops === 0 && frame.from !== remote.identity.peerId) return false;
  return frame.t === "goodbye" || (frame.t === "hello") !== greeted;
}
