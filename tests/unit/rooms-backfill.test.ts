/** A newcomer to a long room: what was said lately at once, the rest from several members, proven, whatever happens meanwhile. */
import { describe, expect, it } from "vitest";
import type { RoomId } from "../../src/ids.ts";
import { decodePayload, encodePayload, type RoomsPayload } from "../../src/rooms/payload.ts";
import { tailBounds } from "../../src/rooms/timeline.ts";
import { KeptTown } from "./rooms.kept-town.ts";
import type { Citizen } from "./rooms.town.ts";

interface Long {
  readonly t: KeptTown;
  readonly members: Citizen[];
  readonly room: RoomId;
  readonly texts: string[];
}

/** Three who have talked for a long time. */
function long(count = 1_500): Long {
  const t = new KeptTown();
  t.tail = { ...tailBounds, events: 400, slack: 50 };
  const members = ["ann", "ben", "cid"].map((name) => t.add(name));
  const [ann] = members as [Citizen];
  t.linkAll();
  t.elect(ann);
  const { roomId } = t.act(ann, ann.rooms.createRoom("long", "public", "", t.millis));
  t.settle();
  for (const other of members.slice(1)) t.act(other, other.rooms.joinRoom(roomId, t.millis));
  t.settle();
  for (let i = 0; i < count; i++) {
    t.say(members[i % 3] as Citizen, roomId, `word ${i}`);
    if (i % 30 === 0) t.run(50);
  }
  t.settle();
  return { t, members, room: roomId, texts: allTexts(ann, roomId) };
}

function allTexts(citizen: Citizen, room: RoomId): string[] {
  const texts: string[] = [];
  for (let before: string | undefined; ; ) {
    const page = citizen.page(room, before === undefined ? undefined : { before }, 500);
    texts.unshift(...page.messages.map(({ text }) => text));
    before = page.messages[0]?.messageId;
    if (!page.hasMore || before === undefined) return texts;
  }
}

function join({ t, members, room }: Long, name = "dan"): Citizen {
  const dan = t.add(name);
  for (const member of members) t.link(member, dan);
  t.elect(members[0] as Citizen);
  t.run(1_500);
  t.act(dan, dan.rooms.joinRoom(room, t.millis));
  return dan;
}

/** At the first moment at which it is so. */
function until(t: KeptTown, isSo: () => boolean): void {
  for (const end = t.now + 1_000; !isSo(); ) if (!t.step(end)) throw new Error("not within a second");
}

/** Every payload of a kind that reaches somebody. */
function watched<K extends RoomsPayload["k"]>(
  t: KeptTown,
  k: K,
): { from: Citizen; to: Citizen; payload: Extract<RoomsPayload, { k: K }> }[] {
  const seen: { from: Citizen; to: Citizen; payload: Extract<RoomsPayload, { k: K }> }[] = [];
  t.watch = (from, to, bytes) => {
    const payload = decodePayload(bytes);
    if (payload?.k === k) seen.push({ from, to, payload: payload as Extract<RoomsPayload, { k: K }> });
  };
  return seen;
}

describe("a newcomer to a long room", () => {
  it("has what was said lately first, can write, and then has all, each entry once, from several members", () => {
    const all = long();
    const { t, room, texts } = all;
    expect(texts).toHaveLength(1_500);
    const older = watched(t, "older");
    const dan = join(all);
    const lately = texts.slice(-100);
    until(t, () => lately.every((text) => dan.texts(room).includes(text)));
    expect(allTexts(dan, room).length).toBeLessThan(800);
    t.say(dan, room, "hello from Dan");
    t.settle(60_000, 400_000);
    expect(allTexts(dan, room)).toEqual([...texts, "hello from Dan"]);
    expect(new Set(older.map(({ from }) => from.name)).size).toBeGreaterThan(1);
    const clocks = older.flatMap(({ payload }) => payload.events.length);
    expect(clocks.reduce((sum, count) => sum + count, 0)).toBeLessThan(1_500);
    for (const citizen of [...all.members, dan]) expect(citizen.failures).toEqual([]);
    // What it has now, it has after a restart, and gives to the next.
    const again = t.restart(dan);
    expect(allTexts(again, room)).toEqual([...texts, "hello from Dan"]);
    for (const member of all.members) t.stop(member);
    const eve = join({ ...all, members: [again] }, "eve");
    t.settle(60_000, 400_000);
    expect(allTexts(eve, room)).toEqual([...texts, "hello from Dan"]);
  });

  it("goes on where it was after a restart, though those it began with have gone", () => {
    const all = long();
    const { t, members, room, texts } = all;
    const dan = join(all);
    until(t, () => allTexts(dan, room).length > 700);
    const again = t.restart(dan);
    expect(allTexts(again, room).length).toBeLessThan(1_500);
    for (const member of members.slice(1)) t.unlinkAll(member);
    t.link(again, members[0] as Citizen);
    t.elect(members[0] as Citizen);
    t.settle(60_000, 400_000);
    expect(allTexts(again, room)).toEqual(texts);
  });

  it("believes nothing that the chain does not prove, and has it from somebody else", () => {
    const all = long();
    const { t, members, room, texts } = all;
    const [ann] = members as [Citizen];
    let lies = 0;
    const ask = ann.rooms.receive.bind(ann.rooms);
    // Ann answers everybody with what Ben wrote under other names of places.
    ann.rooms.receive = (from, bytes, now) => {
      const received = ask(from, bytes, now);
      if (!received.ok) return received;
      const posts = received.outcome.posts.map((post) => {
        const payload = decodePayload(post.payload);
        if (payload?.k !== "older" || payload.events.length < 2) return post;
        lies++;
        const [first, second, ...rest] = payload.events as [Uint8Array, Uint8Array, ...Uint8Array[]];
        const forged = second.slice();
        forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
        return { ...post, payload: encodePayload({ ...payload, events: [first, forged, ...rest] }) };
      });
      return { ok: true, outcome: { ...received.outcome, posts } };
    };
    const dan = join(all);
    t.settle(120_000, 400_000);
    expect(lies).toBeGreaterThan(0);
    expect(new Set(dan.failures)).toEqual(new Set(["ann: unauthentic"]));
    expect(allTexts(dan, room)).toEqual(texts);
  });

  it("loses no time to a member that never answers", () => {
    const all = long();
    const { t, members, room, texts } = all;
    const [ann] = members as [Citizen];
    const hear = ann.rooms.receive.bind(ann.rooms);
    ann.rooms.receive = (from, bytes, now) =>
      decodePayload(bytes)?.k === "past" ? { ok: true, outcome: { posts: [], broadcasts: [], changes: [] } } : hear(from, bytes, now);
    const dan = join(all);
    t.run(30_000);
    expect(allTexts(dan, room)).toEqual(texts);
  });

  it("comes through loss", () => {
    const all = long();
    const { t, room, texts } = all;
    t.weather = { loss: 0.2, doubling: 0.1, delayMsMax: 30 };
    const dan = join(all);
    t.run(10_000);
    t.act(dan, dan.rooms.joinRoom(room, t.millis));
    t.settle(300_000, 1_000_000);
    expect(allTexts(dan, room)).toEqual(texts);
  });
});
