/** What a person keeps for themselves, with what follows from it as time passes. */
import type { EarshotEvent } from "../api/contract.ts";
import type { Millis, PeerId, RoomId } from "../ids.ts";
import type { Mesh } from "../mesh/index.ts";
import { otherOf, type Rooms } from "../rooms/index.ts";
import type { Correspondence } from "./correspondence.ts";
import type { ApiOutcome } from "./effect.ts";
import { lettingGoMs, retentionLookMs } from "./limits.ts";
import type { OwnRecords, Scheduled } from "./own-records.ts";
import type { OwnSettings } from "./own-settings.ts";
import { ScheduledSends } from "./scheduled-sends.ts";
import { Typing } from "./typing.ts";
import type { ViewNews } from "./view-news.ts";
import type { Views } from "./views.ts";

export interface OwnParts {
  readonly self: PeerId;
  readonly records: OwnRecords;
  readonly settings: OwnSettings;
  readonly wallNow: () => Millis;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly rooms: Rooms;
  readonly views: Views;
  readonly news: ViewNews;
  readonly mesh: Mesh;
  readonly correspondence: Correspondence;
  readonly isBlocked: (peerId: PeerId) => boolean;
  send(scheduled: Scheduled, now: Millis): ApiOutcome;
  notify(event: EarshotEvent): void;
}

export class Own {
  readonly records: OwnRecords;
  readonly scheduled: ScheduledSends;
  readonly typing: Typing;
  readonly wallNow: () => Millis;
  readonly #parts: OwnParts;
  /** When what is too old is looked for. */
  #lookAt = 0 as Millis;

  constructor(parts: OwnParts) {
    this.#parts = parts;
    this.records = parts.records;
    this.wallNow = () => Math.floor(parts.wallNow()) as Millis;
    const { records, views, notify, rooms } = parts;
    const conversation = (roomId: RoomId): string => views.conversation(roomId);
    this.scheduled = new ScheduledSends({
      records,
      wallNow: this.wallNow,
      send: (scheduled, now) => parts.send(scheduled, now),
      nameOf: conversation,
      notify,
    });
    this.typing = new Typing({
      ...parts,
      wallNow: this.wallNow,
      membersOf: (roomId) => {
        const other = otherOf(roomId, parts.self);
        if (other !== undefined) return [parts.self, other];
        return rooms.room(roomId)?.joined === true ? rooms.members(roomId) : [];
      },
      isReachable: (peerId) => parts.mesh.isReachable(peerId),
      tell: (to, control, now) => parts.correspondence.tell(to, control, now),
      conversation,
    });
  }

  newId(): string {
    return [...this.#parts.randomBytes(8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  messageChanged(messageId: string): void {
    this.#parts.news.messageChanged(messageId);
  }

  conversationChanged(roomId: RoomId): void {
    this.#parts.news.room(roomId);
    this.#lookAt = 0 as Millis;
  }

  nextWakeAt(): Millis | undefined {
    const looks = this.records.keepsAny ? [this.#lookAt] : [];
    const due = [...looks, this.scheduled.nextWakeAt()].filter((at) => at !== undefined);
    return due.length === 0 ? undefined : (Math.min(...due) as Millis);
  }

  step(now: Millis): void {
    this.scheduled.step(now);
    if (!this.records.keepsAny || now < this.#lookAt) return;
    this.#parts.rooms.retention.look();
    // Looked at when this step is written down; known in the next.
    this.#lookAt = (now + (this.#parts.rooms.retention.isUnfinished ? lettingGoMs : retentionLookMs)) as Millis;
  }
}
