/** Invitations that are known without those entries of their authors that came before: they show who gave whom permission. */
import type { PublicIdentity } from "../crypto/ports.ts";
import type { PeerId } from "../ids.ts";
import { logKey, messageId, type RoomEvent } from "./event.ts";
import { pendingInvitesMax } from "./limits.ts";
import type { Logs } from "./logs.ts";

export class Learnt {
  readonly #events = new Map<string, RoomEvent>();
  readonly #authors = new Map<PeerId, PublicIdentity>();

  add(event: RoomEvent, author: PublicIdentity): void {
    this.#authors.set(event.author, author);
    if (this.#events.size < pendingInvitesMax) this.#events.set(messageId(event), event);
  }

  authorOf(peerId: PeerId): PublicIdentity | undefined {
    return this.#authors.get(peerId);
  }

  /** Those that did not come in their logs meanwhile. */
  beside(logs: Logs): RoomEvent[] {
    return [...this.#events.values()].filter(({ author, logId, seq }) => (logs.get(logKey(author, logId))?.seq ?? 0) < seq);
  }
}
