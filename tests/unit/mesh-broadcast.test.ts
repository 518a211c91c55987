import { describe, expect, it } from "vitest";
import type { Millis, PeerId } from "../../src/ids.ts";
import { Broadcast, type BroadcastFrame, idOf } from "../../src/mesh/broadcast.ts";
import {
  broadcastsKeptBytesMax,
  broadcastsKeptMax,
  broadcastsMissingMax,
  graftDelayMs,
  graftRetryMs,
  ihaveDelayMs,
} from "../../src/mesh/limits.ts";

const [a, b, c] = ["a", "b", "c"].map((letter) => letter.repeat(32)) as [PeerId, PeerId, PeerId];
const at = (ms: number): Millis => ms as Millis;
const body = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const idBytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(idOf(body(text)), "hex"));
const holds = () => true;

class Bench {
  readonly sent: { to: PeerId; frame: BroadcastFrame }[] = [];
  readonly broadcast = new Broadcast((to, frame) => this.sent.push({ to, frame }));

  constructor(...linked: PeerId[]) {
    for (const peerId of linked) this.broadcast.linked(peerId);
  }

  /** What has been sent since the last look, as "t to". */
  take(): string[] {
    return this.sent.splice(0).map(({ to, frame }) => `${frame.t} ${to[0]}`);
  }
}

describe("a broadcast", () => {
  it("goes to everybody while there is no tree, and back to nobody", () => {
    const bench = new Bench(a, b, c);
    bench.broadcast.start(body("one"), at(0));
    expect(bench.take()).toEqual(["gossip a", "gossip b", "gossip c"]);
    expect(bench.broadcast.gossip(a, 0, body("two"), at(0), holds)).toBe(true);
    expect(bench.take()).toEqual(["gossip b", "gossip c"]);
  });

  it("that comes twice is taken once, and its second bearer is asked to spare us", () => {
    const bench = new Bench(a, b);
    bench.broadcast.gossip(a, 0, body("one"), at(0), holds);
    bench.take();
    expect(bench.broadcast.gossip(b, 0, body("one"), at(1), holds)).toBe(false);
    expect(bench.take()).toEqual(["prune b"]);
  });

  it("goes along the tree at once, and as an announcement elsewhere", () => {
    const bench = new Bench(a, b, c);
    bench.broadcast.place(a, false);
    bench.broadcast.graft(b, new Uint8Array(0));
    expect(bench.take()).toEqual(["graft a"]);
    bench.broadcast.start(body("one"), at(0));
    expect(bench.take()).toEqual(["gossip a", "gossip b"]);
    bench.broadcast.wake(at(ihaveDelayMs));
    expect(bench.sent).toEqual([{ to: c, frame: { t: "ihave", ids: idBytes("one") } }]);
  });

  it("that does not hold is remembered and goes no further", () => {
    const bench = new Bench(a, b);
    expect(bench.broadcast.gossip(a, 0, body("lie"), at(0), () => false)).toBe(false);
    expect(bench.take()).toEqual([]);
    bench.broadcast.graft(b, idBytes("lie"));
    expect(bench.take()).toEqual([]);
  });

  it("announced but missing is asked for, of one after the other, until it comes", () => {
    const bench = new Bench(a, b, c);
    bench.broadcast.place(c, false);
    bench.take();
    bench.broadcast.ihave(a, idBytes("one"), at(0));
    bench.broadcast.ihave(b, idBytes("one"), at(10));
    bench.broadcast.wake(at(graftDelayMs - 1));
    expect(bench.take()).toEqual([]);
    bench.broadcast.wake(at(graftDelayMs));
    expect(bench.take()).toEqual(["graft a"]);
    bench.broadcast.wake(at(graftDelayMs + graftRetryMs));
    expect(bench.take()).toEqual(["graft b"]);
    bench.broadcast.gossip(b, 1, body("one"), at(graftDelayMs + graftRetryMs), holds);
    bench.take();
    bench.broadcast.wake(at(10_000));
    expect(bench.take().filter((words) => words.startsWith("graft"))).toEqual([]);
  });

  it("is not asked of somebody whose link is gone", () => {
    const bench = new Bench(a, b);
    bench.broadcast.ihave(a, idBytes("one"), at(0));
    bench.broadcast.unlinked(a);
    bench.broadcast.wake(at(graftDelayMs));
    expect(bench.take()).toEqual([]);
    expect(bench.broadcast.nextWakeAt()).toBeUndefined();
  });

  it("asked for is sent again", () => {
    const bench = new Bench(a, b);
    bench.broadcast.start(body("one"), at(0));
    bench.take();
    bench.broadcast.graft(b, idBytes("one"));
    expect(bench.sent).toEqual([{ to: b, frame: { t: "gossip", hops: 0, body: body("one") } }]);
  });
});

describe("the tree", () => {
  it("tells the old parent and the new", () => {
    const bench = new Bench(a, b);
    bench.broadcast.place(a, false);
    bench.take();
    bench.broadcast.place(b, false);
    expect(bench.take()).toEqual(["prune a", "graft b"]);
  });

  it("a parent that prunes us is asked again", () => {
    const bench = new Bench(a, b);
    bench.broadcast.place(a, false);
    bench.take();
    bench.broadcast.prune(a);
    bench.broadcast.place(a, false);
    expect(bench.take()).toEqual(["graft a"]);
  });

  it("what comes twice from parent or child prunes neither", () => {
    const bench = new Bench(a, b);
    bench.broadcast.place(a, false);
    bench.broadcast.graft(b, new Uint8Array(0));
    bench.broadcast.start(body("one"), at(0));
    bench.take();
    for (const from of [a, b]) bench.broadcast.gossip(from, 0, body("one"), at(1), holds);
    expect(bench.take()).toEqual([]);
  });
});

describe("what is kept", () => {
  it("is bounded in number and in bytes", () => {
    const bench = new Bench(a);
    for (let i = 0; i < broadcastsKeptMax + 10; i += 1) bench.broadcast.start(body(`small ${i}`), at(i));
    expect(bench.broadcast.sizes.kept).toBe(broadcastsKeptMax);
    for (let i = 0; i < 100; i += 1) bench.broadcast.start(body(`${i} ${"x".repeat(60_000)}`), at(i));
    expect(bench.broadcast.sizes.keptBytes).toBeLessThanOrEqual(broadcastsKeptBytesMax);
  });

  it("announcements of what never comes are bounded too", () => {
    const bench = new Bench(a);
    for (let i = 0; i < broadcastsMissingMax + 10; i += 1) bench.broadcast.ihave(a, idBytes(`${i}`), at(0));
    expect(bench.broadcast.sizes.missing).toBe(broadcastsMissingMax);
  });
});
