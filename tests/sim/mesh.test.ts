/** The promises of the mesh and of delivery, on whole peers in virtual time. */
import { describe, expect, it } from "vitest";
import { createRandom } from "../support/random.ts";
import { VirtualLan, type VirtualPeer } from "./virtual-lan.ts";

const names = ["Ada", "Ben", "Cleo", "Dan", "Eva", "Finn"];

async function hosts(peers: readonly VirtualPeer[]): Promise<Set<string>> {
  const views = await Promise.all(peers.map((peer) => peer.call("host.get", {})));
  return new Set(views.map((view) => `${view.term} ${view.hostId}`));
}

async function hostOf(lan: VirtualLan): Promise<VirtualPeer> {
  const { hostId } = await lan.peers[0]!.call("host.get", {});
  return lan.peers.find((peer) => peer.identity.peerId === hostId)!;
}

describe("a group on one LAN", () => {
  it("links everyone to everyone with one connection a pair, though both dial at once", async () => {
    const lan = new VirtualLan(2);
    for (const name of names) lan.join(name);
    lan.pass(2_000);
    for (const peer of lan.peers) {
      const { peers } = await peer.call("peers.list", {});
      expect(peers.map((other) => other.link)).toEqual(Array(names.length - 1).fill("direct"));
    }
    expect((await hosts(lan.peers)).size).toBe(1);
    const lost = lan.peers.flatMap((peer) => peer.events.filter((event) => event.event === "logged" && event.entry.kind === "lost"));
    expect(lost).toEqual([]);
  });

  it("a late one sees people, rooms and what was said in the lobby", async () => {
    const lan = new VirtualLan(3);
    for (const name of names.slice(0, 5)) lan.join(name);
    lan.pass(2_000);
    await lan.peers[0]!.say("#lobby", "before you came");
    await lan.peers[1]!.call("rooms.create", { name: "design", visibility: "public" });
    lan.pass(500);
    const finn = lan.join("Finn");
    lan.pass(2_000);
    expect((await finn.call("peers.list", {})).peers).toHaveLength(5);
    expect((await finn.call("rooms.list", {})).rooms.map((room) => room.name)).toEqual(["lobby", "design"]);
    expect(await finn.texts("#lobby")).toEqual(["before you came"]);
  });

  it("introduces those who do not sight each other", async () => {
    const lan = new VirtualLan(4);
    const ada = lan.join("Ada");
    const ben = lan.join("Ben", { isSighted: false });
    const cleo = lan.join("Cleo", { isSighted: false });
    for (const peer of [ben, cleo]) await peer.call("peers.connect", { address: `${ada.address.host}:${ada.address.port}` });
    lan.pass(1_000);
    const { peers } = await ben.call("peers.list", {});
    expect(peers.find((peer) => peer.peerId === cleo.identity.peerId)?.link).toBe("direct");
  });

  it("a killed host is followed by one that all agree on, at once", async () => {
    const lan = new VirtualLan(5);
    for (const name of names) lan.join(name);
    lan.pass(3_000);
    lan.kill(await hostOf(lan));
    lan.pass(100);
    expect((await hosts(lan.peers)).size).toBe(1);
    const { hostId } = await lan.peers[0]!.call("host.get", {});
    expect(lan.peers.map((peer) => peer.identity.peerId)).toContain(hostId);
  });

  it("hands its role to whom it is told", async () => {
    const lan = new VirtualLan(6);
    for (const name of names) lan.join(name);
    lan.pass(3_000);
    const host = await hostOf(lan);
    const chosen = lan.peers.find((peer) => peer !== host)!;
    const before = (await host.call("host.get", {})).term;
    expect(await host.call("host.handOff", { to: chosen.identity.peerId })).toEqual({ hostId: chosen.identity.peerId, term: before + 1 });
    lan.pass(100);
    expect(await hosts(lan.peers)).toEqual(new Set([`${before + 1} ${chosen.identity.peerId}`]));
    await expect(host.call("host.handOff", { to: chosen.identity.peerId })).rejects.toThrow("notHost");
  });

  it("a host that quits hands off first and says goodbye", async () => {
    const lan = new VirtualLan(7);
    for (const name of names) lan.join(name);
    lan.pass(3_000);
    const host = await hostOf(lan);
    host.driver.enqueue({ type: "stopRequested" });
    lan.pass(200);
    expect(host.isStopped).toBe(true);
    const others = lan.peers.filter((peer) => peer !== host);
    expect((await hosts(others)).size).toBe(1);
    for (const peer of others) {
      const entry = peer.events.find(
        (event) => event.event === "logged" && event.entry.peerId === host.identity.peerId && event.entry.kind === "left",
      );
      expect(entry).toBeDefined();
    }
  });

  it("cut in two there are two hosts, and what each half said is on every screen after healing", async () => {
    const lan = new VirtualLan(8);
    for (const name of names) lan.join(name);
    lan.pass(3_000);
    const host = await hostOf(lan);
    const left = [host, ...lan.peers.filter((peer) => peer !== host).slice(0, 2)];
    const right = lan.peers.filter((peer) => !left.includes(peer));
    lan.cutBetween(left, right);
    lan.pass(8_000);
    expect((await hosts(lan.peers)).size).toBe(2);
    await left[1]!.say("#lobby", "from the left");
    await right[1]!.say("#lobby", "from the right");
    await right[0]!.call("rooms.create", { name: "right", visibility: "public" });
    lan.pass(1_000);
    lan.healBetween(left, right);
    lan.pass(30_000);
    expect((await hosts(lan.peers)).size).toBe(1);
    const screens = await Promise.all(lan.peers.map((peer) => peer.texts("#lobby")));
    expect(new Set(screens.map((texts) => texts.join("|"))).size).toBe(1);
    expect(new Set(screens[0])).toEqual(new Set(["from the left", "from the right"]));
    for (const peer of lan.peers) expect((await peer.call("rooms.list", {})).rooms.map((room) => room.name)).toContain("right");
  });

  it("two that cannot reach each other talk through a third, and through the next when that one dies", async () => {
    const lan = new VirtualLan(9);
    const [ada, ben, cleo, dan] = names.slice(0, 4).map((name) => lan.join(name)) as [VirtualPeer, VirtualPeer, VirtualPeer, VirtualPeer];
    lan.separate(ada, ben);
    lan.pass(3_000);
    const view = async (): Promise<unknown> => (await ada.call("peers.list", {})).peers.find((peer) => peer.peerId === ben.identity.peerId);
    expect(await view()).toMatchObject({ online: true, link: "relayed" });
    await ada.say(`@${ben.identity.peerId}`, "one");
    lan.pass(200);
    const via = ((await view()) as { via: string }).via;
    const relay = [cleo, dan].find((peer) => peer.identity.peerId === via)!;
    expect((await relay.call("host.stats", {})).relayed.frames).toBeGreaterThan(0);
    lan.kill(relay);
    await ada.say(`@${ben.identity.peerId}`, "two");
    lan.pass(5_000);
    expect(await ben.texts(`@${ada.identity.peerId}`)).toEqual(["one", "two"]);
  });

  it("another network on the same wire is never linked", async () => {
    const lan = new VirtualLan(10);
    const ada = lan.join("Ada");
    const eve = lan.join("Eve", { network: "other" });
    lan.pass(20_000);
    expect((await ada.call("peers.list", {})).peers).toEqual([]);
    expect((await eve.call("peers.list", {})).peers).toEqual([]);
  });

  it("a stream through relays while the host's role moves: none lost, none doubled, in order", async () => {
    const lan = new VirtualLan(11);
    for (const name of names.slice(0, 5)) lan.join(name);
    const [ada, ben] = lan.peers as [VirtualPeer, VirtualPeer];
    lan.separate(ada, ben);
    lan.pass(3_000);
    const sent: string[] = [];
    for (let i = 0; i < 200; i += 1) {
      sent.push(`message ${i}`);
      await ada.say(`@${ben.identity.peerId}`, `message ${i}`);
      lan.pass(10);
      if (i % 40 === 20) {
        const host = await hostOf(lan);
        const next = lan.peers.find((peer) => peer !== host && peer !== ada && peer !== ben)!;
        if (i === 100 && host !== ada && host !== ben) lan.kill(host);
        else await host.call("host.handOff", { to: next.identity.peerId });
      }
    }
    lan.pass(10_000);
    expect(await ben.texts(`@${ada.identity.peerId}`)).toEqual(sent);
    const arrivals = ben.events.filter((event) => event.event === "messageAdded").map((event) => event.message.text);
    expect(arrivals).toEqual(sent);
  });

  it("the same seed gives the same run", async () => {
    const run = async (): Promise<string> => {
      const lan = new VirtualLan(12);
      const random = createRandom(99);
      for (const name of names) lan.join(name);
      for (let i = 0; i < 20; i += 1) {
        await lan.peers[Math.floor(random() * names.length)]!.say("#lobby", `${i}`);
        lan.pass(Math.floor(random() * 300));
      }
      return JSON.stringify(lan.peers.map((peer) => peer.events));
    };
    expect(await run()).toBe(await run());
  });
});
