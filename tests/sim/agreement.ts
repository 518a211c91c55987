/** What must hold once the faults are over: everybody sees the same host, the same people, the same rooms and messages. */
import type { MessageView, RoomView } from "../../src/api/contract.ts";
import type { VirtualPeer } from "./virtual-lan.ts";

/** Calls `fail` for everything in which two of them differ, or that is not as it is. */
export async function checkAgreement(peers: readonly VirtualPeer[], fail: (what: string) => void): Promise<void> {
  await new Agreement(peers, fail).check();
}

export async function roomsOf(peer: VirtualPeer): Promise<RoomView[]> {
  return (await peer.call("rooms.list", {})).rooms;
}

class Agreement {
  readonly #peers: readonly VirtualPeer[];
  readonly #break: (what: string) => void;

  constructor(peers: readonly VirtualPeer[], fail: (what: string) => void) {
    this.#peers = peers;
    this.#break = fail;
  }

  async check(): Promise<void> {
    const peers = this.#peers;
    const hosts = await Promise.all(peers.map(async (peer) => await peer.call("host.get", {})));
    this.#same(
      "host",
      peers,
      hosts.map(({ hostId, term }) => `${hostId} ${term}`),
    );
    if (!peers.some((peer) => peer.identity.peerId === hosts[0]?.hostId)) this.#break("the host is nobody here");
    for (const peer of peers) await this.#checkPeople(peer);
    this.#same("public rooms", peers, (await Promise.all(peers.map(roomsOf))).map(publicOf));
    await this.#checkScreens("lobby", peers);
    const members = new Map<string, VirtualPeer[]>();
    for (const peer of peers) {
      for (const room of await roomsOf(peer))
        if (room.joined && room.roomId !== "lobby") members.set(room.roomId, [...(members.get(room.roomId) ?? []), peer]);
    }
    for (const [roomId, joined] of members) await this.#checkScreens(roomId, joined);
    for (const one of peers) {
      for (const other of peers) {
        if (one.identity.peerId >= other.identity.peerId) continue;
        const ids = [await this.#screen(one, `@${other.identity.peerId}`), await this.#screen(other, `@${one.identity.peerId}`)];
        this.#same(
          `talk of ${one.name} and ${other.name}`,
          [one, other],
          ids.map((messages) => this.#lines(messages)),
        );
      }
    }
  }

  async #checkPeople(peer: VirtualPeer): Promise<void> {
    const { peers } = await peer.call("peers.list", {});
    for (const other of this.#peers) {
      if (other === peer) continue;
      const view = peers.find(({ peerId }) => peerId === other.identity.peerId);
      if (view?.link !== "direct") this.#break(`${peer.name} sees ${other.name} as ${view?.link}`);
      const { name } = await other.call("session.get", {});
      if (view?.name !== name) this.#break(`${peer.name} calls ${name} ${view?.name}`);
    }
    const here = new Set<string>(this.#peers.map((other) => other.identity.peerId));
    for (const view of peers) if (view.online && !here.has(view.peerId)) this.#break(`${peer.name} sees ${view.name}, who is gone`);
  }

  async #checkScreens(roomId: string, peers: readonly VirtualPeer[]): Promise<void> {
    const screens = await Promise.all(peers.map((peer) => this.#screen(peer, roomId)));
    this.#same(
      `room ${roomId}`,
      peers,
      screens.map((messages) => this.#lines(messages)),
    );
    for (const [place, peer] of peers.entries()) {
      for (const message of screens[place] ?? []) {
        if (message.from !== peer.identity.peerId) continue;
        const missing = peers.filter((other) => other !== peer && !message.receivedBy.includes(other.identity.peerId as never));
        if (missing.length > 0)
          this.#break(`${peer.name} does not know that ${missing.map(({ name }) => name).join()} got "${message.text}"`);
      }
    }
  }

  async #screen(peer: VirtualPeer, conversation: string): Promise<MessageView[]> {
    return (await peer.call("messages.list", { in: conversation, limit: 500 })).messages;
  }

  #lines(messages: readonly MessageView[]): string {
    return messages.map(({ text }) => text).join(" | ");
  }

  #same(what: string, peers: readonly VirtualPeer[], seen: readonly string[]): void {
    if (new Set(seen).size <= 1) return;
    this.#break(`${what} differs:\n${peers.map((peer, place) => `    ${peer.name}: ${seen[place]}`).join("\n")}`);
  }
}

function publicOf(rooms: readonly RoomView[]): string {
  const names = rooms.filter(({ visibility }) => visibility === "public").map(({ name }) => name);
  return names.sort().join(" ");
}
