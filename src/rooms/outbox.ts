/** What one call makes: posts, and changes for the person, each change of state told once. */
import type { PeerId, RoomId } from "../ids.ts";
import type { Post, RoomChange, RoomsOutcome } from "./ports.ts";

export class Outbox {
  #posts: Post[] = [];
  #broadcasts: Uint8Array[] = [];
  #changes: RoomChange[] = [];
  #told = new Set<string>();
  readonly #changed: (roomId: RoomId) => void;

  /** @param changed hears of each room of which something is different */
  constructor(changed: (roomId: RoomId) => void = () => undefined) {
    this.#changed = changed;
  }

  post(to: PeerId, roomId: RoomId, payload: Uint8Array): void {
    this.#posts.push({ to, roomId, payload });
  }

  broadcast(payload: Uint8Array): void {
    this.#broadcasts.push(payload);
  }

  roomChanged(roomId: RoomId): void {
    this.#changed(roomId);
    this.#tell(roomId, { type: "roomChanged", roomId });
  }

  roomRemoved(roomId: RoomId): void {
    this.#changed(roomId);
    this.#changes.push({ type: "roomRemoved", roomId });
    this.#told.delete(roomId);
  }

  historyGrown(roomId: RoomId): void {
    this.#tell(`${roomId} grown`, { type: "historyGrown", roomId });
  }

  messageAdded(messageId: string): void {
    this.#tell(messageId, { type: "messageAdded", messageId });
  }

  forked(peerId: PeerId): void {
    this.#tell(peerId, { type: "forked", peerId });
  }

  messageChanged(messageId: string): void {
    this.#tell(messageId, { type: "messageChanged", messageId });
  }

  messageRemoved(messageId: string, roomId: RoomId): void {
    this.#changes.push({ type: "messageRemoved", messageId, roomId });
  }

  take(): RoomsOutcome {
    const outcome = { posts: this.#posts, broadcasts: this.#broadcasts, changes: this.#changes };
    this.#posts = [];
    this.#broadcasts = [];
    this.#changes = [];
    this.#told = new Set();
    return outcome;
  }

  #tell(subject: string, change: RoomChange): void {
    if (this.#told.has(subject)) return;
    this.#told.add(subject);
    this.#changes.push(change);
  }
}
