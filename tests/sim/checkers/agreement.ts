/** After healing everybody sees the same people, the same public rooms, and the same messages in the same order. */
import type { MessageView } from "../../../src/api/contract.ts";
import { fullMeshMax } from "../../../src/mesh/limits.ts";
import type { Asked, Checker, Inspected, Report } from "../seen.ts";
import { isServed } from "./served.ts";

export function createAgreement(_report: Report): Checker {
  return {
    name: "agreement",
    conclude(all, report) {
      for (const network of new Set(all.peers.map(({ start }) => start.network))) {
        new Agreement(
          all,
          all.peers.filter(({ start }) => start.network === network),
          report,
        ).check();
      }
    },
  };
}

class Agreement {
  readonly #all: Inspected;
  readonly #peers: readonly Asked[];
  readonly #report: Report;

  constructor(all: Inspected, peers: readonly Asked[], report: Report) {
    this.#all = all;
    this.#peers = peers;
    this.#report = report;
  }

  check(): void {
    for (const peer of this.#peers) this.#checkPeople(peer);
    // A liar may list what it likes, and to whom it likes.
    if (this.#all.liar === undefined) this.#same("public rooms", this.#peers, this.#peers.map(publicRooms));
    const members = new Map<string, Asked[]>();
    for (const peer of this.#peers) {
      const knowsMembers = isServed(this.#all, peer);
      for (const room of peer.ask("rooms.list", {})?.rooms ?? []) {
        if (room.joined && (knowsMembers || room.visibility !== "public"))
          members.set(room.roomId, [...(members.get(room.roomId) ?? []), peer]);
      }
    }
    for (const [roomId, joined] of members) this.#checkRoom(roomId, joined);
    for (const [place, one] of this.#peers.entries()) for (const other of this.#peers.slice(place + 1)) this.#checkTalk(one, other);
  }

  #checkPeople(peer: Asked): void {
    const { name } = peer.start;
    const views = peer.ask("peers.list", {})?.peers ?? [];
    const byId = new Map(views.map((view) => [view.peerId, view]));
    // A crowd that shrinks may stay one for a while.
    const isCrowd = this.#all.machineCount >= fullMeshMax;
    for (const other of this.#peers) {
      if (other === peer) continue;
      const view = byId.get(other.start.peerId);
      if (view?.online !== true) this.#report(`${name} does not see ${other.start.name}`);
      else if (!isCrowd && view.link !== "direct") this.#report(`${name} has no link to ${other.start.name}, but one by ${view.link}`);
      const called = other.ask("session.get", {})?.name;
      if (view !== undefined && view.name !== called) this.#report(`${name} calls ${called} ${view.name}`);
    }
    const here = new Set<string>([...this.#peers.map(({ start }) => start.peerId), this.#all.liar?.peerId ?? ""]);
    for (const view of views) {
      if (view.online && !here.has(view.peerId)) this.#report(`${name} sees ${view.name}, who is gone`);
    }
  }

  #checkRoom(roomId: string, joined: readonly Asked[]): void {
    const whole = joined.map((peer) => messages(peer, roomId));
    const views = joined.flatMap((peer) => peer.ask("rooms.list", {})?.rooms.filter((room) => room.roomId === roomId) ?? []);
    // Where the past is not told, what all have seen is the same.
    const isTold = ({ messageId }: MessageView): boolean => whole.every((list) => list.some((other) => other.messageId === messageId));
    const screens = views.some(({ history }) => history === "fromJoin") ? whole.map((list) => list.filter(isTold)) : whole;
    this.#same(`room ${this.#all.nameOf(roomId)}`, joined, screens.map(lines));
    const timers = joined.map((peer) => String(peer.ask("rooms.list", {})?.rooms.find((room) => room.roomId === roomId)?.timerMs));
    this.#same(`timer of ${this.#all.nameOf(roomId)}`, joined, timers);
    if (joined.length > fullMeshMax) return;
    for (const [place, peer] of joined.entries()) {
      for (const message of screens[place] ?? []) if (message.from === peer.start.peerId) this.#checkReceipts(peer, message, joined);
    }
  }

  #checkReceipts(author: Asked, message: MessageView, joined: readonly Asked[]): void {
    for (const other of joined) {
      if (other === author || message.receivedBy.includes(other.start.peerId)) continue;
      this.#report(`${author.start.name} does not know that ${other.start.name} got "${message.text.slice(0, 40)}"`);
    }
  }

  #checkTalk(one: Asked, other: Asked): void {
    const pair = [one, other];
    const seen = [messages(one, `@${other.start.peerId}`), messages(other, `@${one.start.peerId}`)];
    this.#same(`talk of ${one.start.name} and ${other.start.name}`, pair, seen.map(lines));
  }

  #same(what: string, peers: readonly Asked[], seen: readonly string[]): void {
    if (new Set(seen).size <= 1) return;
    this.#report(`${what} differs:\n${peers.map(({ start }, place) => `    ${start.name}: ${seen[place]}`).join("\n")}`);
  }
}

function messages(peer: Asked, conversation: string): MessageView[] {
  const inRoom = peer.ask("messages.list", { in: conversation, limit: 500 })?.messages ?? [];
  return inRoom.flatMap((message) => {
    if (message.replies === 0) return [message];
    return [message, ...(peer.ask("messages.list", { in: conversation, thread: message.messageId, limit: 500 })?.messages ?? [])];
  });
}

/** What disappears goes from each screen in its own time. */
const lines = (list: readonly MessageView[]): string =>
  list
    .filter(({ expiresAt }) => expiresAt === null)
    .map((message) => (message.notice === null ? `${message.text.slice(0, 40)}${marks(message)}` : `timer ${message.notice.timerMs}`))
    .join(" | ");

/** What was done to it. */
function marks({ deleted, editedAt, pinned, reactions, thread }: MessageView): string {
  const signs = reactions.map(({ emoji, from }) => ` ${emoji}${from.map((peerId) => peerId.slice(0, 4)).join("")}`);
  return `${thread === null ? "" : " answering"}${deleted ? " deleted" : ""}${editedAt === null ? "" : " edited"}${pinned === null ? "" : " pinned"}${signs.join("")}`;
}

function publicRooms(peer: Asked): string {
  const rooms = peer.ask("rooms.list", {})?.rooms ?? [];
  return rooms
    .filter(({ visibility }) => visibility === "public")
    .map(({ name }) => name)
    .sort()
    .join(" ");
}
