/** Networks as they are: filtered, isolated, lossy, slow, changing; and what a relay can read. */
import { describe, expect, it } from "vitest";
import { agreedHost, allLinked, labForEachTest, others, report } from "./lab.ts";
import { textsOf } from "./lab-peer.ts";
import { Lan } from "./lan.ts";
import { everyoneTalks } from "./talk.ts";

/** "Within seconds", on a loaded machine. The figures are printed. */
const changeMaxMs = 15_000;
/** A line so slow that what is said takes seconds to pass. */
const slowLineMs = 60_000;

describe("in spite of", () => {
  const lab = labForEachTest();

  it("a wall between two: they talk through a third, and neither its memory nor any wire holds a word of it", async () => {
    const { lan } = lab();
    const [left, right, middle] = [lan.host("left"), lan.host("right"), lan.host("middle")];
    lan.blockBetween(left, right);
    const [onThird, onWire] = [await middle.capture(), await lan.capture()];
    const [ada, ben, cleo] = await Promise.all([lab().start(left), lab().start(right), lab().start(middle)]);
    await cleo.linkedTo(ada, ben);
    const isThroughCleo = (peer: { link: string; via: string | null }): boolean => peer.link === "relayed" && peer.via === cleo.peerId;
    await Promise.all([ada.sees([ben], isThroughCleo, "a way through Cleo"), ben.sees([ada], isThroughCleo, "a way through Cleo")]);

    const secret = "the magpie sleeps behind the organ";
    await ada.say(`@${ben.peerId}`, secret);
    await ben.shows(`@${ada.peerId}`, [secret]);
    await ben.say(`@${ada.peerId}`, `${secret} indeed`);
    await ada.shows(`@${ben.peerId}`, [secret, `${secret} indeed`]);
    const { roomId } = await ada.call("rooms.create", { name: "aviary", visibility: "private", topic: "feathers" });
    await ada.call("rooms.invite", { room: roomId, peer: ben.peerId });
    await ben.until("rooms.list", {}, ({ rooms }) => rooms.some((room) => room.roomId === roomId), "the invitation");
    await ben.call("rooms.join", { room: roomId });
    await ada.say(roomId, `${secret} in the room`);
    await ben.shows(roomId, [`${secret} in the room`]);
    await ada.say("#lobby", "a lantern for all");
    await cleo.shows("#lobby", ["a lantern for all"]);

    const { relayed, refused } = await cleo.call("host.stats", {});
    expect(relayed.frames).toBeGreaterThan(2);
    expect(refused.unauthentic).toBe(0);
    // The wire is sealed from hop to hop as well; what the third could read, it would have in its memory.
    expect([ada, ben, cleo].map((peer) => peer.holds("sleeps behind"))).toEqual([true, true, false]);
    expect(cleo.holds("a lantern for all")).toBe(true);
    const captured = [
      { bytes: await onThird.stop(), unseen: ["magpie", "sleeps", "organ", "aviary", "feathers"] },
      { bytes: await onWire.stop(), unseen: ["magpie", "sleeps", "organ", "aviary", "feathers", "lantern"] },
    ];
    for (const { bytes, unseen } of captured) {
      expect(bytes.length).toBeGreaterThan(10_000);
      // Discovery is in the clear: the capture shows what is there to be seen.
      expect(bytes.includes("_earshot")).toBe(true);
      expect(unseen.filter((word) => bytes.includes(word))).toEqual([]);
    }
    expect((await cleo.call("rooms.list", {})).rooms.map((room) => room.name)).toEqual(["lobby"]);
    expect((await cleo.call("messages.search", { query: "indeed" })).messages).toEqual([]);
  });

  it("multicast that is dropped: an address typed in is enough, and the others are introduced", async () => {
    const hosts = (["ada", "ben", "cleo", "dan"] as const).map((name) => lab().lan.host(name));
    for (const host of hosts) host.dropMulticast();
    const [first, second, third, fourth] = hosts;
    if (first === undefined || second === undefined || third === undefined || fourth === undefined) throw new Error("four were drawn");
    const ada = await lab().start(first);
    const ben = await lab().start(second, "--connect", first.address);
    const cleo = await lab().start(third, "--connect", `${first.address}:47474`);
    const dan = await lab().start(fourth);
    const three = [ada, ben, cleo];
    await allLinked(three);
    await everyoneTalks(three, "unheard");

    const host = await agreedHost(three);
    await host.kill("SIGKILL");
    const survivors = others(three, host);
    await agreedHost(survivors, (view) => view.hostId !== host.peerId);
    const back = await lab().start(host.host, "--connect", survivors[0]?.host.address ?? "");
    await allLinked([...survivors, back]);
    // As a guest it comes back with another key, under the name that they know.
    for (const survivor of survivors) await survivor.call("people.acceptKey", { peer: back.peerId });
    await everyoneTalks([...survivors, back], "heard");

    // Nobody told Dan, so the wall was there all along; a word through the API, and he is in too.
    expect((await dan.call("peers.list", {})).peers).toEqual([]);
    expect(await dan.call("peers.connect", { address: back.host.address })).toEqual({ peerId: back.peerId });
    await dan.linkedTo(...survivors, back);
  });

  it("a firewall on one side that lets nobody in", async () => {
    const closed = lab().lan.host("closed");
    closed.blockInbound();
    const [ada, ben] = [await lab().start(closed), await lab().start("open")];
    await allLinked([ada, ben]);
    await everyoneTalks([ada, ben], "fireside");
  });

  it("firewalls on both sides of two: a third carries for them", async () => {
    const hosts = [lab().lan.host("closed"), lab().lan.host("shut")] as const;
    for (const host of hosts) host.blockInbound();
    const [ada, ben, cleo] = await Promise.all([lab().start(hosts[0]), lab().start(hosts[1]), lab().start("open")]);
    await cleo.linkedTo(ada, ben);
    await Promise.all([ada.sees([ben], (peer) => peer.online, "a way"), ben.sees([ada], (peer) => peer.online, "a way")]);
    await everyoneTalks([ada, ben, cleo], "between");
  });

  it("two LANs that meet in one machine: whoever has a card in both carries between them", async () => {
    const upstairs = new Lan({ subnet: 78 });
    try {
      const both = lab().lan.host("both");
      upstairs.plug(both);
      const [ada, ben, cleo] = await Promise.all([lab().start("ada"), lab().start(both), lab().start(upstairs.host("cleo"))]);
      await ben.linkedTo(ada, cleo);
      await Promise.all([
        ada.sees([cleo], (peer) => peer.link === "relayed" && peer.via === ben.peerId, "a way through Ben"),
        cleo.sees([ada], (peer) => peer.link === "relayed" && peer.via === ben.peerId, "a way through Ben"),
      ]);
      await everyoneTalks([ada, ben, cleo], "stairs");
    } finally {
      upstairs.remove();
    }
  });

  it("one packet in ten lost", async () => {
    const hosts = [lab().lan.host("ada"), lab().lan.host("ben")] as const;
    for (const host of hosts) host.lose(10);
    const [ada, ben] = await Promise.all([lab().start(hosts[0]), lab().start(hosts[1])]);
    await allLinked([ada, ben]);
    report("start to first link with 10 % loss", performance.now() - ben.startedAt);
    const texts = Array.from({ length: 100 }, (_, index) => `line ${index} ${"x".repeat(300)}`);
    for (const text of texts) await ada.say("#lobby", text);
    expect(textsOf(await ben.shows("#lobby", texts))).toEqual(texts);
    await everyoneTalks([ada, ben], "loss");
  });

  it("a line of half a megabit: what takes ten seconds to pass arrives whole, once and in order, and the link holds", async () => {
    const hosts = [lab().lan.host("ada"), lab().lan.host("ben")] as const;
    for (const host of hosts) host.limitRate(0.5);
    const [ada, ben] = await Promise.all([lab().start(hosts[0]), lab().start(hosts[1])]);
    await allLinked([ada, ben]);
    const texts = Array.from({ length: 60 }, (_, index) => `page ${index} ${"x".repeat(10_000)}`);
    const startedAt = performance.now();
    for (const text of texts) await ada.say("#lobby", text);
    const messages = await ben.shows("#lobby", texts, slowLineMs);
    report("600 KB over half a megabit", performance.now() - startedAt);
    expect(textsOf(messages)).toEqual(texts);
    const told = ben.events.flatMap(({ event }) => (event.event === "messageAdded" ? [event.message.text] : []));
    expect(told).toEqual(texts);
    const losses = [ada, ben].flatMap((peer) => peer.events.filter(({ event }) => event.event === "logged" && event.entry.kind === "lost"));
    expect(losses.map(({ event }) => event)).toEqual([]);
  });

  it("an address that changes in mid-conversation", async () => {
    const [ada, ben] = await lab().meet("ada", "ben");
    await ada.say("#lobby", "where are you?");
    ben.host.readdress("10.77.0.99");
    const changedAt = performance.now();
    await ada.say("#lobby", "still there?");
    await ada.sees(
      [ben],
      (peer) => peer.link === "direct" && peer.address?.startsWith("10.77.0.99:") === true,
      "a link to the new address",
    );
    const changeMs = performance.now() - changedAt;
    report("new address to new link", changeMs);
    expect(changeMs).toBeLessThan(changeMaxMs);
    await ben.say("#lobby", "here");
    const said = ["where are you?", "still there?", "here"];
    await Promise.all([ada.shows("#lobby", said), ben.shows("#lobby", said)]);
    expect((await ben.call("session.get", {})).addresses).toEqual([expect.stringMatching(/^10\.77\.0\.99:/)]);
  });

  it("a cable pulled out and put back", async () => {
    const [ada, ben] = await lab().meet("ada", "ben");
    ben.host.cut();
    await Promise.all([ada.sees([ben], (peer) => !peer.online, "no way"), ben.sees([ada], (peer) => !peer.online, "no way")]);
    await ada.say(`@${ben.peerId}`, "while you were away");
    await ben.say("#lobby", "said into the void");
    ben.host.heal();
    const healedAt = performance.now();
    await allLinked([ada, ben]);
    report("cable put back to link", performance.now() - healedAt);
    await ben.shows(`@${ada.peerId}`, ["while you were away"]);
    await ada.shows("#lobby", ["said into the void"]);
  });

  it("a cable that is plugged in only after the start", async () => {
    const late = lab().lan.host("late");
    late.cut();
    const [ada, ben] = await Promise.all([lab().start("ada"), lab().start(late)]);
    await ben.say("#lobby", "hello?");
    late.heal();
    const pluggedAt = performance.now();
    await allLinked([ada, ben]);
    report("plugged in to first link", performance.now() - pluggedAt);
    await ada.shows("#lobby", ["hello?"]);
  });
});
