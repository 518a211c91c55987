/** A whole conversation: everybody says something everywhere, and everybody sees all of it. */
import { expect } from "vitest";
import { others } from "./lab.ts";
import { type LabPeer, textsOf } from "./lab-peer.ts";

/** In the lobby, in a new public room, and from each to each in private. The room must not exist yet. */
export async function everyoneTalks(peers: readonly LabPeer[], room: string): Promise<void> {
  const greetings = peers.map((peer) => `${peer.name} greets ${room}`);
  const [first] = peers;
  if (first === undefined) return;

  const before = textsOf((await first.call("messages.list", { in: "#lobby" })).messages);
  await Promise.all(peers.map((peer) => peer.say("#lobby", `${peer.name} greets ${room}`)));
  await Promise.all(peers.map((peer) => peer.shows("#lobby", [...before, ...greetings])));

  const { roomId } = await first.call("rooms.create", { name: room, visibility: "public", topic: "sketches" });
  for (const peer of others(peers, first)) {
    await peer.until("rooms.list", {}, ({ rooms }) => rooms.some((listed) => listed.roomId === roomId), "the room in the list");
    await peer.call("rooms.join", { room: `#${room}` });
  }
  await Promise.all(
    peers.map((peer) => peer.until("rooms.members", { room: roomId }, ({ members }) => members.length === peers.length, "all members")),
  );
  await Promise.all(peers.map((peer) => peer.say(`#${room}`, `${peer.name} greets ${room}`)));
  await Promise.all(peers.map((peer) => peer.shows(roomId, greetings)));

  const words = (from: LabPeer, to: LabPeer): string => `${from.name} to ${to.name} about ${room}`;
  const pairs = await Promise.all(
    peers.flatMap((peer) =>
      others(peers, peer).map(async (other) => {
        const conversation = `@${other.peerId}`;
        return { peer, other, conversation, before: textsOf((await peer.call("messages.list", { in: conversation })).messages) };
      }),
    ),
  );
  await Promise.all(pairs.map(({ peer, other, conversation }) => peer.say(conversation, words(peer, other))));
  await Promise.all(
    pairs.map(({ peer, other, conversation, before: said }) => peer.shows(conversation, [...said, words(peer, other), words(other, peer)])),
  );

  await sameOrder(peers, "#lobby");
  await sameOrder(peers, roomId);
}

/** The same messages in the same order on every screen. */
export async function sameOrder(peers: readonly LabPeer[], conversation: string): Promise<void> {
  const pages = await Promise.all(peers.map((peer) => peer.call("messages.list", { in: conversation, limit: 500 })));
  const [first, ...rest] = pages.map((page) => page.messages.map((message) => message.messageId));
  for (const order of rest) expect(order).toEqual(first);
}
