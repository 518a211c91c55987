/** Two, five and six people on one LAN; and those who are not meant to meet. */
import { describe, expect, it } from "vitest";
import { agreedHost, allLinked, labForEachTest, report } from "./lab.ts";
import type { LabPeer } from "./lab-peer.ts";
import { everyoneTalks } from "./talk.ts";

/** What a person would no longer call "at once". The aim is far below; the figure is printed. */
const firstLinkMaxMs = 10_000;
const goodbyeMaxMs = 2_000;

describe("people on one LAN", () => {
  const lab = labForEachTest();

  it("two find each other and talk in the lobby, a room and in private, both ways", async () => {
    const ada = await lab().start("ada");
    const ben = await lab().start("ben");
    await allLinked([ada, ben]);
    const firstLinkMs = ben.toldAt((event) => event.event === "peerChanged" && event.peer.link === "direct") - ben.startedAt;
    report("process start to first link", firstLinkMs);
    expect(firstLinkMs).toBeLessThan(firstLinkMaxMs);
    await everyoneTalks([ada, ben], "design");

    const messageId = await ada.say("#lobby", "seen?");
    const delivered = await ada.event(
      (event) => event.event === "messageChanged" && event.message.messageId === messageId && event.message.state === "delivered",
      "delivery",
    );
    expect(delivered).toMatchObject({ message: { receivedBy: [ben.peerId], readers: 1 } });
    expect(ben.events.filter(({ event }) => event.event === "messageAdded" && event.message.messageId === messageId)).toHaveLength(1);
  });

  it("five find each other and talk; a sixth joins late and sees people, rooms, and what was said in the lobby", async () => {
    const startedAt = performance.now();
    const five = await lab().meet("ada", "ben", "cleo", "dan", "eva");
    report("five started at once, all linked to all", performance.now() - startedAt);
    await everyoneTalks(five, "design");
    const host = await agreedHost(five);

    const finn = await lab().start("finn");
    const six = [...five, finn];
    await allLinked(six);
    expect(await agreedHost(six)).toBe(host);
    const { peers } = await finn.call("peers.list", {});
    expect(peers.map((peer) => [peer.name, peer.online]).sort()).toEqual(five.map((peer) => [peer.name, true]));
    expect(peers.filter((peer) => peer.isHost).map((peer) => peer.peerId)).toEqual([host.peerId]);
    const isListed = (room: { name: string; memberCount: number; joined: boolean; topic: string }): boolean =>
      room.name === "design" && room.memberCount === 5 && !room.joined && room.topic === "sketches";
    await finn.until("rooms.list", {}, ({ rooms }) => rooms.some(isListed), "the room");
    const greetings = five.map((peer) => `${peer.name} greets design`);
    await finn.shows("#lobby", greetings);

    await finn.call("rooms.join", { room: "#design" });
    await finn.shows("#design", greetings);
    await finn.say("#design", "late but here");
    await Promise.all(six.map((peer) => peer.shows("#design", [...greetings, "late but here"])));
  });

  it("two on one machine", async () => {
    const machine = lab().lan.host("shared");
    const [ada, ben] = await Promise.all([
      lab().startAs(machine, { name: "ada", args: [] }),
      lab().startAs(machine, { name: "ben", args: [] }),
    ]);
    await allLinked([ada, ben]);
    await everyoneTalks([ada, ben], "desk");
    const cleo = await lab().start("cleo");
    await allLinked([ada, ben, cleo]);
  });

  it("networks of other names and other keys on one wire never see each other", async () => {
    const [plain, plainToo] = await Promise.all([lab().start("plain"), lab().start("plain2")]);
    const named = await lab().start("named", "--network", "lab");
    const [keyed, keyedToo] = await Promise.all(
      ["keyed", "keyed2"].map((name) => lab().start(name, "--network", "lab", "--network-key", "one")),
    );
    const wrong = await lab().start("wrong", "--network", "lab", "--network-key", "two");
    if (keyed === undefined || keyedToo === undefined) throw new Error("two were started");
    await Promise.all([allLinked([plain, plainToo]), allLinked([keyed, keyedToo])]);
    // Not even where the address is typed in: the handshake decides.
    await Promise.all([
      expect(wrong.call("peers.connect", { address: keyed.host.address })).rejects.toMatchObject({ code: "unreachable" }),
      expect(named.call("peers.connect", { address: plain.host.address })).rejects.toMatchObject({ code: "unreachable" }),
    ]);
    await Promise.all([keyed.say("#lobby", "for those with the key"), plain.say("#lobby", "for those without")]);
    await Promise.all([keyedToo.shows("#lobby", ["for those with the key"]), plainToo.shows("#lobby", ["for those without"])]);

    const seen = async (peer: LabPeer): Promise<string[]> => (await peer.call("peers.list", {})).peers.map(({ name }) => name);
    expect(await seen(plain)).toEqual(["plain2"]);
    expect(await seen(keyed)).toEqual(["keyed2"]);
    for (const lonely of [named, wrong]) {
      expect(await seen(lonely)).toEqual([]);
      expect((await lonely.call("messages.list", { in: "#lobby" })).messages).toEqual([]);
    }
    await keyed.until("host.stats", {}, ({ refused }) => refused.badHandshake > 0, "the refusal being counted");
  });

  it("one that quits is seen to leave at once, and is itself again when it returns", async () => {
    const ada = await lab().start("ada");
    const machine = lab().lan.host("ben");
    const profile = { name: "ben", args: [], profileDir: lab().profileDir() };
    const ben = await lab().startAs(machine, profile);
    await allLinked([ada, ben]);
    await ada.say("#lobby", "before");
    await ben.shows("#lobby", ["before"]);

    const askedAt = performance.now();
    ben.signal("SIGTERM");
    await ada.event((event) => event.event === "logged" && event.entry.kind === "left" && event.entry.peerId === ben.peerId, "the goodbye");
    const goodbyeMs = performance.now() - askedAt;
    report("SIGTERM to seen as gone", goodbyeMs);
    expect(goodbyeMs).toBeLessThan(goodbyeMaxMs);
    await ada.sees([ben], (peer) => !peer.online && peer.link === "none", "no link");
    await ada.say(`@${ben.peerId}`, "while you were out");

    await ben.kill("SIGTERM");
    const returned = await lab().startAs(machine, profile);
    expect(returned.peerId).toBe(ben.peerId);
    await allLinked([ada, returned]);
    report("start to link of one that returned", performance.now() - returned.startedAt);
    await returned.shows("#lobby", ["before"]);
    await returned.shows(`@${ada.peerId}`, ["while you were out"]);
    await returned.say("#lobby", "after");
    await ada.shows("#lobby", ["before", "after"]);
  });

  it("one that is killed is seen as lost, and others do not wait for it", async () => {
    const [ada, ben, cleo] = await lab().meet("ada", "ben", "cleo");
    const killedAt = performance.now();
    await cleo.kill("SIGKILL");
    for (const peer of [ada, ben]) {
      await peer.event((event) => event.event === "peerChanged" && event.peer.peerId === cleo.peerId && !event.peer.online, "the loss");
    }
    report("SIGKILL to seen as gone", performance.now() - killedAt);
    await ada.say("#lobby", "two left");
    await ben.shows("#lobby", ["two left"]);
  });
});
