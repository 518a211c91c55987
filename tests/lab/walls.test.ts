/** Networks as they are: filtered, lossy, slow, changing; and what a relay can read. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Crew } from "./lab-peer.ts";
import { Lan } from "./lan.ts";

describe("in spite of", () => {
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

  it("a wall between two: they talk through a third, which holds no word of it", async () => {
    const [left, right, middle] = [lan.host("left"), lan.host("right"), lan.host("middle")];
    left.blockTo(right);
    const capture = await middle.capture();
    const [ada, ben, cleo] = [await crew.start(left, "ada"), await crew.start(right, "ben"), await crew.start(middle, "cleo")];
    await cleo.linkedTo(ada, ben);
    await ada.sees([ben], (peer) => peer.link === "relayed" && peer.via === cleo.peerId);
    await ben.sees([ada], (peer) => peer.link === "relayed" && peer.via === cleo.peerId);
    const secret = "the magpie sleeps behind the organ";
    await ada.say(`@${ben.peerId}`, secret);
    await ben.shows(`@${ada.peerId}`, [secret]);
    await ben.say(`@${ada.peerId}`, `${secret} indeed`);
    await ada.shows(`@${ben.peerId}`, [secret, `${secret} indeed`]);
    const { roomId } = await ada.call("rooms.create", { name: "aviary", visibility: "private" });
    await ada.call("rooms.invite", { room: roomId, peer: ben.peerId });
    await ben.until("rooms.list", {}, ({ rooms }) => rooms.some((room) => room.roomId === roomId), "the invitation");
    await ben.call("rooms.join", { room: roomId });
    await ada.say(roomId, `${secret} in the room`);
    await ben.shows(roomId, [`${secret} in the room`]);
    expect((await cleo.call("host.stats", {})).relayed.frames).toBeGreaterThan(2);
    const wire = (await capture.stop()).toString("latin1");
    expect(wire.length).toBeGreaterThan(10_000);
    for (const word of ["magpie", "sleeps", "organ", "aviary"]) expect(wire).not.toContain(word);
    expect((await cleo.call("rooms.list", {})).rooms.map((room) => room.name)).toEqual(["lobby"]);
    const found = await cleo.call("messages.search", { query: "magpie" });
    expect(found.messages).toEqual([]);
  });

  it("multicast that is dropped: an address typed in is enough, and the others are introduced", async () => {
    const hosts = ["ada", "ben", "cleo"].map((name) => lan.host(name));
    for (const host of hosts) host.dropMulticast();
    const ada = await crew.start(hosts[0]!, "ada");
    const ben = await crew.start(hosts[1]!, "ben", "--connect", hosts[0]!.address);
    const cleo = await crew.start(hosts[2]!, "cleo", "--connect", `${hosts[0]!.address}:47474`);
    await Promise.all([ada.linkedTo(ben, cleo), ben.linkedTo(cleo)]);
    await ben.say("#lobby", "no multicast here");
    await cleo.shows("#lobby", ["no multicast here"]);
    await ada.shows("#lobby", ["no multicast here"]);
  });

  it("a firewall on one side that lets nobody in", async () => {
    const [closed, open] = [lan.host("closed"), lan.host("open")];
    closed.blockInbound();
    const ada = await crew.start(closed, "ada");
    const ben = await crew.start(open, "ben");
    await Promise.all([ada.linkedTo(ben), ben.linkedTo(ada)]);
    await ben.say(`@${ada.peerId}`, "through the wall");
    await ada.shows(`@${ben.peerId}`, ["through the wall"]);
  });

  it("one packet in ten lost and a slow line", async () => {
    const hosts = ["ada", "ben"].map((name) => lan.host(name));
    const [ada, ben] = [await crew.start(hosts[0]!, "ada"), await crew.start(hosts[1]!, "ben")];
    for (const host of hosts) {
      host.lose(10);
      host.limitRate(2);
    }
    await Promise.all([ada.linkedTo(ben), ben.linkedTo(ada)]);
    const texts = Array.from({ length: 50 }, (_, index) => `line ${index} ${"x".repeat(300)}`);
    for (const text of texts) await ada.say("#lobby", text);
    const messages = await ben.shows("#lobby", texts, 60_000);
    expect(messages.map((message) => message.text)).toEqual(texts);
  });

  it("an address that changes in mid-conversation", async () => {
    const hosts = ["ada", "ben"].map((name) => lan.host(name));
    const [ada, ben] = [await crew.start(hosts[0]!, "ada"), await crew.start(hosts[1]!, "ben")];
    await ada.linkedTo(ben);
    hosts[1]!.readdress("10.77.0.99");
    const changedAt = performance.now();
    await ada.sees([ben], (peer) => peer.link === "direct" && (peer.address?.startsWith("10.77.0.99:") ?? false));
    console.log(`address change to link: ${(performance.now() - changedAt).toFixed(0)} ms`);
    await ada.say("#lobby", "there you are");
    await ben.shows("#lobby", ["there you are"]);
  });

  it("a cable pulled out and put back", async () => {
    const hosts = ["ada", "ben"].map((name) => lan.host(name));
    const [ada, ben] = [await crew.start(hosts[0]!, "ada"), await crew.start(hosts[1]!, "ben")];
    await Promise.all([ada.linkedTo(ben), ben.linkedTo(ada)]);
    hosts[1]!.cut();
    await ada.sees([ben], (peer) => !peer.online);
    await ada.say(`@${ben.peerId}`, "while you were away");
    await ben.say("#lobby", "said into the void");
    hosts[1]!.heal();
    await ben.shows(`@${ada.peerId}`, ["while you were away"]);
    await ada.shows("#lobby", ["said into the void"]);
  });
});
