/** Two, five and six people on one LAN. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { agreedHost, Crew, type LabPeer } from "./lab-peer.ts";
import { Lan } from "./lan.ts";

const names = ["ada", "ben", "cleo", "dan", "eva", "finn"] as const;

describe("people on one LAN", () => {
  let lan: Lan;
  let crew: Crew;

  beforeEach(() => {
    lan = new Lan();
    crew = new Crew();
  });

  afterEach(async () => {
    await crew.stop();
    lan.remove();
  });

  async function meet(count: number): Promise<LabPeer[]> {
    const peers = await Promise.all(names.slice(0, count).map((name) => crew.start(lan.host(name), name)));
    await Promise.all(peers.map((peer) => peer.linkedTo(...peers.filter((other) => other !== peer))));
    return peers;
  }

  async function everyoneTalks(peers: readonly LabPeer[]): Promise<void> {
    const [first, second] = peers;
    if (first === undefined || second === undefined) throw new Error("two at least");
    const greetings = peers.map((peer) => `hello from ${peer.name}`);
    await Promise.all(peers.map((peer, index) => peer.say("#lobby", greetings[index]!)));
    await Promise.all(peers.map((peer) => peer.shows("#lobby", greetings)));

    const { roomId } = await first.call("rooms.create", { name: "design", visibility: "public", topic: "sketches" });
    for (const peer of peers.slice(1)) {
      await peer.until("rooms.list", {}, ({ rooms }) => rooms.some((room) => room.roomId === roomId), "the room in the list");
      await peer.call("rooms.join", { room: "#design" });
    }
    await Promise.all(
      peers.map((peer) => peer.until("rooms.members", { room: roomId }, ({ members }) => members.length === peers.length, "all members")),
    );
    await Promise.all(peers.map((peer, index) => peer.say("#design", greetings[index]!)));
    await Promise.all(peers.map((peer) => peer.shows(roomId, greetings)));

    for (const [index, peer] of peers.entries()) {
      const other = peers[(index + 1) % peers.length]!;
      await peer.say(`@${other.peerId}`, `for ${other.name} alone`);
      await other.until(
        "messages.list",
        { in: `@${peer.peerId}` },
        ({ messages }) => messages.some((message) => message.text === `for ${other.name} alone`),
        "the private message",
      );
    }
    const order = await first.call("messages.list", { in: "#lobby" });
    for (const peer of peers) {
      const { messages } = await peer.call("messages.list", { in: "#lobby" });
      expect(messages.map((message) => message.messageId)).toEqual(order.messages.map((message) => message.messageId));
    }
  }

  it("two find each other and talk in the lobby, a room and in private, both ways", async () => {
    const one = await crew.start(lan.host("ada"), "ada");
    const other = await crew.start(lan.host("ben"), "ben");
    await Promise.all([one.linkedTo(other), other.linkedTo(one)]);
    const linked = other.events.find(({ event }) => event.event === "peerChanged" && event.peer.link === "direct");
    console.log(`start to first link: ${((linked?.at ?? Number.NaN) - other.startedAt).toFixed(0)} ms`);
    await everyoneTalks([one, other]);
    const id = await one.say("#lobby", "seen?");
    const { messages } = await one.until(
      "messages.list",
      { in: "#lobby" },
      (page) => page.messages.at(-1)?.state === "delivered",
      "delivery",
    );
    expect(messages.at(-1)).toMatchObject({ messageId: id, receivedBy: [other.peerId] });
  });

  it("five find each other and agree on a host; a sixth joins late and sees people, rooms and what was said", async () => {
    const peers = await meet(5);
    await everyoneTalks(peers);
    const host = await agreedHost(peers);
    const finn = await crew.start(lan.host("finn"), "finn");
    await finn.linkedTo(...peers);
    expect(await agreedHost([...peers, finn])).toBe(host);
    await finn.until(
      "rooms.list",
      {},
      ({ rooms }) => rooms.some((room) => room.name === "design" && room.memberCount === 5 && !room.joined),
      "the room",
    );
    await finn.shows(
      "#lobby",
      peers.map((peer) => `hello from ${peer.name}`),
    );
    await finn.call("rooms.join", { room: "#design" });
    await finn.say("#design", "late but here");
    const [ada] = peers;
    await ada!.until(
      "messages.list",
      { in: "#design" },
      ({ messages }) => messages.some((message) => message.text === "late but here"),
      "the late one's message",
    );
  });

  it("two on one machine", async () => {
    const machine = lan.host("shared");
    const one = await crew.start(machine, "ada");
    const other = await crew.start(machine, "ben");
    await Promise.all([one.linkedTo(other), other.linkedTo(one)]);
    await everyoneTalks([one, other]);
  });

  it("networks of other names and other keys on one wire never see each other", async () => {
    const plain = await crew.start(lan.host("plain"), "plain");
    const plainToo = await crew.start(lan.host("plain2"), "plain2");
    const named = await crew.start(lan.host("named"), "named", "--network", "lab");
    const keyed = await crew.start(lan.host("keyed"), "keyed", "--network", "lab", "--network-key", "one");
    const keyedToo = await crew.start(lan.host("keyed2"), "keyed2", "--network", "lab", "--network-key", "one");
    const other = await crew.start(lan.host("other"), "other", "--network", "lab", "--network-key", "two");
    await Promise.all([plain.linkedTo(plainToo), keyed.linkedTo(keyedToo)]);
    // Not even where the address is typed in: the handshake decides.
    await expect(other.call("peers.connect", { address: keyed.host.address })).rejects.toMatchObject({ code: "unreachable" });
    await keyed.say("#lobby", "only for those with the key");
    await keyedToo.shows("#lobby", ["only for those with the key"]);
    const seen = async (peer: LabPeer): Promise<string[]> => (await peer.call("peers.list", {})).peers.map(({ name }) => name);
    expect(await seen(plain)).toEqual(["plain2"]);
    expect(await seen(keyed)).toEqual(["keyed2"]);
    expect(await seen(named)).toEqual([]);
    expect(await seen(other)).toEqual([]);
    expect((await keyed.call("host.stats", {})).refused.badHandshake).toBeGreaterThan(0);
  });

  it("one that quits is seen to leave at once, and one that returns to be there again", async () => {
    const [one, other] = (await meet(2)) as [LabPeer, LabPeer];
    const askedAt = performance.now();
    other.process.kill("SIGTERM");
    await one.event(
      (event) => event.event === "logged" && event.entry.kind === "left" && event.entry.peerId === other.peerId,
      "the goodbye",
    );
    console.log(`goodbye seen after ${(performance.now() - askedAt).toFixed(0)} ms`);
    const again = await crew.start(other.host, "ben");
    await one.linkedTo(again);
  });
});
