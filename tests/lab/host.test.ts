/** The host goes, and nobody notices. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { agreedHost, Crew, type LabPeer } from "./lab-peer.ts";
import { type Host, Lan } from "./lan.ts";

describe("the host", () => {
  let lan: Lan;
  let crew: Crew;

  beforeEach(() => {
    lan = new Lan(2);
    crew = new Crew();
  });

  afterEach(async () => {
    await crew.stop();
    lan.remove();
  });

  async function meet(hosts: readonly Host[]): Promise<LabPeer[]> {
    const peers = await Promise.all(hosts.map((host) => crew.start(host, host.name)));
    await Promise.all(peers.map((peer) => peer.linkedTo(...peers.filter((other) => other !== peer))));
    return peers;
  }

  it("killed: every survivor agrees on the same new one", async () => {
    const peers = await meet(["ada", "ben", "cleo", "dan", "eva"].map((name) => lan.host(name)));
    const host = await agreedHost(peers);
    const before = await host.call("host.get", {});
    const survivors = peers.filter((peer) => peer !== host);
    const killedAt = performance.now();
    await host.kill("SIGKILL");
    const next = await agreedHost(survivors, (view) => view.term > before.term);
    console.log(`killed to agreed: ${(performance.now() - killedAt).toFixed(0)} ms`);
    await survivors[0]!.say("#lobby", "still here");
    await Promise.all(survivors.map((peer) => peer.shows("#lobby", ["still here"])));
    expect(survivors).toContain(next);
  });

  it("asked to hand off, and killed after it: a stream of 100 a second through the relay loses none, doubles none, keeps its order", async () => {
    const hosts = ["ada", "ben", "cleo", "dan", "eva"].map((name) => lan.host(name));
    const [one, other] = hosts as [Host, Host];
    one.blockTo(other);
    const peers = await Promise.all(hosts.map((host) => crew.start(host, host.name)));
    const [ada, ben] = peers as [LabPeer, LabPeer];
    const middle = peers.slice(2);
    await Promise.all(middle.map((peer) => peer.linkedTo(...peers.filter((candidate) => candidate !== peer))));
    await Promise.all([ada.sees([ben], (peer) => peer.link === "relayed"), ben.sees([ada], (peer) => peer.link === "relayed")]);
    // The host must be one of those in the middle, so that it is the relay.
    const first = await agreedHost(peers);
    if (!middle.includes(first)) await first.call("host.handOff", { to: middle[0]!.peerId });
    const relay = await agreedHost(peers, (view) => middle.some((peer) => peer.peerId === view.hostId));
    await ada.sees([ben], (peer) => peer.via === relay.peerId);

    const sent: string[] = [];
    const next = middle.find((peer) => peer !== relay)!;
    let handedOff: Promise<unknown> = Promise.resolve();
    for (let i = 0; i < 300; i += 1) {
      const text = `message ${i}`;
      sent.push(text);
      void ada.say(`@${ben.peerId}`, text);
      if (i === 100) handedOff = relay.call("host.handOff", { to: next.peerId });
      if (i === 200) void relay.kill("SIGKILL");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await handedOff;
    const messages = await ben.shows(`@${ada.peerId}`, sent);
    expect(messages.map((message) => message.text)).toEqual(sent);
    const arrivals = ben.events.flatMap(({ event }) => (event.event === "messageAdded" ? [event.message.text] : []));
    expect(arrivals).toEqual(sent);
    expect((await next.call("host.stats", {})).relayed.frames).toBeGreaterThan(0);
    expect(await agreedHost(peers.filter((peer) => peer !== relay))).toBe(next);
  });

  it("of a LAN cut in two: two hosts, then one agreed by all, and what both halves said on every screen", async () => {
    const left = ["ada", "ben", "cleo"].map((name) => lan.host(name, 0));
    const right = ["dan", "eva"].map((name) => lan.host(name, 1));
    const peers = await meet([...left, ...right]);
    const [leftPeers, rightPeers] = [peers.slice(0, 3), peers.slice(3)];
    await agreedHost(peers);
    lan.cutTrunk();
    await leftPeers[0]!.sees(rightPeers, (peer) => !peer.online);
    await rightPeers[0]!.sees(leftPeers, (peer) => !peer.online);
    const [leftHost, rightHost] = [await agreedHost(leftPeers), await agreedHost(rightPeers)];
    expect(leftPeers).toContain(leftHost);
    expect(rightPeers).toContain(rightHost);
    await leftPeers[0]!.say("#lobby", "from the left");
    await rightPeers[0]!.say("#lobby", "from the right");
    await rightPeers[1]!.call("rooms.create", { name: "right", visibility: "public" });
    lan.healTrunk();
    const healedAt = performance.now();
    await Promise.all(peers.map((peer) => peer.linkedTo(...peers.filter((other) => other !== peer))));
    await agreedHost(peers);
    console.log(`healed to one host, all linked: ${(performance.now() - healedAt).toFixed(0)} ms`);
    const shown = await Promise.all(peers.map((peer) => peer.shows("#lobby", ["from the left", "from the right"])));
    expect(new Set(shown.map((messages) => messages.map((message) => message.messageId).join())).size).toBe(1);
    await Promise.all(
      peers.map((peer) =>
        peer.until("rooms.list", {}, ({ rooms }) => rooms.some((room) => room.name === "right"), "the other half's room"),
      ),
    );
  });
});
