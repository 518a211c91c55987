/** Meshes beyond the size where everybody links to everybody: what the overlay, the tree and the roster promise together. */
import { beforeAll, describe, expect, it } from "vitest";
import { crowdLinksMin, linksMax } from "../../src/mesh/limits.ts";
import { Crowd, type CrowdPeer } from "../support/mesh-crowd.ts";

const sealed = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const textOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** Who has heard which broadcast or envelope, in order. */
function listen(crowd: Crowd): Map<CrowdPeer, string[]> {
  const heard = new Map<CrowdPeer, string[]>();
  crowd.watch = (peer, event) => {
    const text = event.type === "broadcastArrived" ? textOf(event.body) : event.type === "arrived" ? textOf(event.sealed) : undefined;
    if (text !== undefined) heard.set(peer, [...(heard.get(peer) ?? []), text]);
  };
  return heard;
}

describe("sixty peers", () => {
  let crowd: Crowd;
  beforeAll(() => {
    crowd = new Crowd(7, 2);
    for (let i = 0; i < 60; i += 1) {
      crowd.join();
      crowd.pass(100);
    }
    crowd.pass(20_000);
  }, 60_000);

  it("know each other, agree on a host, and keep few links", () => {
    expect(crowd.isWhole).toBe(true);
    expect(crowd.hosts.size).toBe(1);
    const counts = crowd.linkCounts();
    expect(Math.max(...counts)).toBeLessThanOrEqual(linksMax);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(crowdLinksMin - 2);
    // Both ends know of each link.
    for (const one of crowd.peers)
      for (const other of crowd.peers)
        expect(one.mesh.linkTo(other.identity.peerId) === undefined).toBe(other.mesh.linkTo(one.identity.peerId) === undefined);
  });

  it("hear a broadcast once each", () => {
    const heard = listen(crowd);
    const [author] = crowd.peers as [CrowdPeer];
    crowd.broadcast(author, sealed("hello"));
    crowd.pass(2_000);
    for (const peer of crowd.peers) expect(heard.get(peer) ?? []).toEqual(peer === author ? [] : ["hello"]);
  });

  it("two that talk get a link of their own, and their words arrive meanwhile", () => {
    const heard = listen(crowd);
    const one = crowd.peers[0] as CrowdPeer;
    const other = crowd.peers.find(
      ({ identity, mesh }) => mesh !== one.mesh && one.mesh.linkTo(identity.peerId) === undefined,
    ) as CrowdPeer;
    for (let i = 0; i < 6; i += 1) {
      crowd.send(one, other.identity.peerId, sealed(`word ${i}`));
      crowd.pass(500);
    }
    expect(heard.get(other)).toEqual([0, 1, 2, 3, 4, 5].map((i) => `word ${i}`));
    expect(one.mesh.linkTo(other.identity.peerId)).toBeDefined();
  });

  it("where a wall stands between two, others carry their words", () => {
    const heard = listen(crowd);
    const one = crowd.peers[10] as CrowdPeer;
    const other = crowd.peers.find(
      ({ identity, mesh }) => mesh !== one.mesh && one.mesh.linkTo(identity.peerId) === undefined,
    ) as CrowdPeer;
    crowd.network.block(one.address, other.address);
    for (let i = 0; i < 10; i += 1) {
      crowd.send(one, other.identity.peerId, sealed(`word ${i}`));
      crowd.pass(1_000);
    }
    expect(heard.get(other)).toHaveLength(10);
    expect(one.mesh.linkTo(other.identity.peerId)).toBeUndefined();
  });

  it("when the host dies, agree on the next at once, and within seconds on who is here", () => {
    const host = crowd.peers.find(({ mesh }) => mesh.host.role === "host") as CrowdPeer;
    crowd.kill(host);
    const agreed = crowd.until(() => crowd.hosts.size === 1 && ![...crowd.hosts][0]?.includes(host.identity.peerId), 3_000, 20);
    expect(agreed).toBeLessThan(500);
    expect(crowd.until(() => crowd.isWhole, 10_000)).toBeDefined();
  });

  it("one that quits is gone everywhere at once, and known to have left", () => {
    const left: boolean[] = [];
    crowd.watch = (_, event) => event.type === "unreachable" && left.push(event.saidGoodbye);
    crowd.quit(crowd.peers[5] as CrowdPeer);
    crowd.pass(500);
    expect(left).toEqual(Array.from(crowd.peers, () => true));
    expect(crowd.isWhole).toBe(true);
  });

  it("cut in two, each half is whole with its own host; healed, they are one again", () => {
    const left = crowd.peers.slice(0, 25);
    const right = crowd.peers.slice(25);
    for (const one of left) for (const other of right) crowd.network.cut(one.address, other.address);
    crowd.pass(30_000);
    expect(crowd.hosts.size).toBe(2);
    for (const one of left) for (const other of right) crowd.network.heal(one.address, other.address);
    // What mDNS would bring: everybody hears of some.
    for (const one of crowd.peers) for (let i = 0; i < 5; i += 1) crowd.sight(one, crowd.pick());
    expect(crowd.until(() => crowd.isWhole && crowd.hosts.size === 1, 30_000)).toBeDefined();
    const heard = listen(crowd);
    crowd.broadcast(left[0] as CrowdPeer, sealed("together"));
    crowd.pass(3_000);
    expect([...heard.values()].filter((texts) => texts.join() === "together")).toHaveLength(crowd.peers.length - 1);
  });
});

describe("five machines in a row, of which only neighbours reach each other", () => {
  it("are one group: they see each other, agree on a host, and talk", () => {
    const crowd = new Crowd(3, 2);
    const row = Array.from({ length: 5 }, () => crowd.join(0)) as [CrowdPeer, CrowdPeer, CrowdPeer, CrowdPeer, CrowdPeer];
    for (const [place, one] of row.entries()) for (const other of row.slice(place + 2)) crowd.network.block(one.address, other.address);
    for (const one of row) for (const other of row) if (one !== other) crowd.sight(one, other);
    expect(crowd.until(() => crowd.isWhole && crowd.hosts.size === 1, 20_000)).toBeDefined();
    crowd.pass(5_000);
    const heard = listen(crowd);
    crowd.broadcast(row[0], sealed("to all"));
    crowd.send(row[0], row[4].identity.peerId, sealed("to the last"));
    crowd.send(row[4], row[0].identity.peerId, sealed("and back"));
    crowd.pass(2_000);
    expect(heard.get(row[4])?.sort()).toEqual(["to all", "to the last"]);
    expect(heard.get(row[0])).toEqual(["and back"]);
    crowd.kill(row[2]);
    expect(crowd.until(() => row[0].mesh.reachable().length === 1 && row[4].mesh.reachable().length === 1, 30_000)).toBeDefined();
  });
});
