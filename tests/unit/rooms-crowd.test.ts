/** Rooms of many: partners instead of everybody, one broadcast instead of a post to each, and repair by comparing. */
import { describe, expect, it } from "vitest";
import type { CrowdBounds } from "../../src/rooms/crowd.ts";
import { decodePayload } from "../../src/rooms/payload.ts";
import { crowd, everybody, receipted, texts, vast } from "./rooms.crowd.ts";
import { type Citizen, calm } from "./rooms.town.ts";

describe("a crowded lobby", () => {
  it("carries a message as one broadcast, acknowledged by everybody where that is bearable", () => {
    const { t, people, first } = crowd(receipted);
    let posts = 0;
    t.watch = (_from, _to, payload) => {
      if (decodePayload(payload)?.k === "events") posts++;
    };
    const before = t.broadcast.count;
    const id = t.say(first, "lobby", "hello");
    expect(t.broadcast.count).toBe(before + 1);
    t.run(2_500);
    expect(texts(people, "lobby")).toEqual(everybody(people, "hello"));
    expect(first.rooms.message(id)).toMatchObject({ state: "delivered", readers: 11 });
    // The broadcast's copies, and not one post besides.
    expect(posts).toBe(11);
  });

  it("is held, and not said to be delivered, where only partners acknowledge", () => {
    const { t, people, first } = crowd(vast);
    const id = t.say(first, "lobby", "hello");
    t.run(2_500);
    expect(texts(people, "lobby")).toEqual(everybody(people, "hello"));
    const message = first.rooms.message(id);
    expect(message?.state).toBe("held");
    expect(message?.receivedBy.length).toBeGreaterThanOrEqual(3);
    expect(message?.receivedBy.length).toBeLessThanOrEqual(5);
  });

  it.each([
    ["receipted", receipted],
    ["vast", vast],
  ])("comes to everybody although every broadcast is lost (%s)", (_, bounds) => {
    const { t, people, first, last } = crowd(bounds);
    t.weather = { ...calm, broadcastLoss: 1 };
    t.say(first, "lobby", "one");
    t.run(10);
    t.say(last, "lobby", "two");
    t.run(60_000);
    expect(texts(people, "lobby")).toEqual(everybody(people, "one", "two"));
  });

  it("fills a gap from a partner within seconds, without the author", () => {
    const { t, people, first, last } = crowd(vast);
    t.say(first, "lobby", "one");
    t.run(3_000);
    t.weather = { ...calm, broadcastLoss: 0.5 };
    for (const text of ["two", "three", "four", "five"]) t.say(first, "lobby", text);
    t.weather = calm;
    t.say(first, "lobby", "six");
    t.run(10);
    t.unlinkAll(first);
    t.run(15_000);
    const rest = people.filter((citizen) => citizen !== first);
    expect(texts(rest, "lobby")).toEqual(everybody(rest, "one", "two", "three", "four", "five", "six"));
    expect(last.rooms.members("lobby" as never)).toHaveLength(11);
  });

  it("costs nothing while nobody has spoken, and little while nobody speaks", () => {
    const { t, first, people } = crowd(vast, 30);
    const start = t.posted.count;
    t.run(600_000);
    expect(t.posted.count - start).toBe(0);
    t.say(first, "lobby", "hello");
    t.run(30_000);
    const before = t.posted.bytes;
    t.run(600_000);
    const bytesPerSecond = (t.posted.bytes - before) / 600 / people.length;
    expect(bytesPerSecond).toBeGreaterThan(0);
    expect(bytesPerSecond).toBeLessThan(8);
  });

  it("gives a newcomer the history once, whoever else could", () => {
    const { t, people } = crowd(vast, 20);
    for (let i = 0; i < 60; i++) t.say(people[i % 20] as Citizen, "lobby", `${i} ${"x".repeat(500)}`);
    t.run(60_000);
    const newcomer = t.add("newcomer");
    for (const other of people) t.link(other, newcomer);
    for (const other of people.slice(0, 8)) t.wire(other, newcomer);
    let received = 0;
    t.watch = (_from, to, payload) => {
      if (to === newcomer && decodePayload(payload)?.k === "events") received += payload.length;
    };
    t.run(10_000);
    expect(newcomer.texts("lobby")).toHaveLength(60);
    const history = 60 * 800;
    expect(received).toBeGreaterThan(history * 0.8);
    expect(received).toBeLessThan(history * 2.5);
  });

  it("becomes calm and crowded again without losing anything", () => {
    const { t, people, first } = crowd(vast);
    const stay = people.slice(0, 4);
    for (const one of people.slice(4)) for (const other of people) if (one !== other) t.unlink(one, other);
    t.say(first, "lobby", "few");
    t.run(5_000);
    expect(texts(stay, "lobby")).toEqual(everybody(stay, "few"));
    t.linkAll();
    t.run(30_000);
    expect(texts(people, "lobby")).toEqual(everybody(people, "few"));
  });

  it("heals after it was torn in two halves, far quicker than by idle comparisons", () => {
    const { t, people } = crowd(vast, 24);
    const halves = [people.slice(0, 12), people.slice(12)] as const;
    for (const one of halves[0]) for (const other of halves[1]) t.unlink(one, other);
    for (const [i, half] of halves.entries()) for (const citizen of half) t.say(citizen, "lobby", `${i} ${citizen.name}`);
    t.run(60_000);
    t.linkAll();
    t.run(20_000);
    for (const citizen of people) expect(citizen.texts("lobby")).toHaveLength(24);
  });
});

describe("a broadcast", () => {
  it("proves by itself who wrote what it carries, and carries nothing but what everybody may read", () => {
    const { t, people, first, last } = crowd(vast);
    const broadcasts: Uint8Array[] = [];
    const posts: Uint8Array[] = [];
    const note = (outcome: { broadcasts: Uint8Array[]; posts: { payload: Uint8Array }[] }): void => {
      broadcasts.push(...outcome.broadcasts);
      posts.push(...outcome.posts.map(({ payload }) => payload));
    };
    const said = first.rooms.sendMessage("lobby" as never, { text: "mine" }, t.millis);
    if (said.ok) note(said.outcome);
    const genuine = broadcasts[0] as Uint8Array;
    const altered = genuine.slice();
    // In what is signed, whatever it is.
    const text = Buffer.from(altered).indexOf("box") + 10;
    altered[text] = (altered[text] ?? 0) ^ 1;
    expect(last.rooms.receiveBroadcast(altered, t.millis)).toEqual({ ok: false, failure: "unauthentic" });
    expect(last.rooms.receiveBroadcast(genuine.subarray(1), t.millis)).toEqual({ ok: false, failure: "malformed" });
    expect(last.texts("lobby")).toEqual([]);
    expect(last.rooms.receiveBroadcast(genuine, t.millis).ok).toBe(true);
    expect(last.rooms.receiveBroadcast(genuine, t.millis)).toMatchObject({ ok: true, outcome: { changes: [] } });
    expect(first.rooms.receiveBroadcast(genuine, t.millis)).toMatchObject({ ok: true, outcome: { changes: [] } });
    expect(last.texts("lobby")).toEqual(["mine"]);

    const { roomId } = t.act(first, first.rooms.createRoom("tea", "public", "", t.millis));
    t.run(3_000);
    for (const citizen of people.slice(1)) t.act(citizen, citizen.rooms.joinRoom(roomId, t.millis));
    t.run(20_000);
    posts.length = 0;
    const inRoom = first.rooms.sendMessage(roomId, { text: "in here" }, t.millis);
    if (inRoom.ok) note(inRoom.outcome);
    expect(posts.length).toBeGreaterThan(0);
    for (const payload of posts) expect(last.rooms.receiveBroadcast(payload, t.millis)).toEqual({ ok: false, failure: "notAllowed" });
    expect(last.texts(roomId)).toEqual([]);
  });
});

describe("other crowded rooms", () => {
  const gather = (bounds: CrowdBounds, visibility: "public" | "private") => {
    const { t, people, first, last } = crowd(bounds);
    const { roomId } = t.act(first, first.rooms.createRoom("tea", visibility, "", t.millis));
    t.run(3_000);
    for (const citizen of people.slice(1)) {
      if (visibility === "private") {
        t.act(first, first.rooms.invite(roomId, citizen.peerId, t.millis));
        t.run(100);
      }
      t.act(citizen, citizen.rooms.joinRoom(roomId, t.millis));
      t.run(100);
    }
    t.run(20_000);
    return { t, people, first, last, roomId };
  };

  it.each([
    ["public", "receipted", receipted],
    ["private", "receipted", receipted],
    ["public", "vast", vast],
    ["private", "vast", vast],
  ] as const)("%s, %s: everybody knows everybody, and gets what everybody says", (visibility, _, bounds) => {
    const { t, people, first, last, roomId } = gather(bounds, visibility);
    for (const citizen of people) expect(citizen.rooms.members(roomId)).toHaveLength(12);
    const before = t.broadcast.count;
    const id = t.say(first, roomId, "hello");
    t.run(3_000);
    expect(t.broadcast.count).toBe(before);
    expect(texts(people, roomId)).toEqual(everybody(people, "hello"));
    expect(first.rooms.message(id)?.state).toBe(bounds === receipted ? "delivered" : "held");
    t.weather = { ...calm, loss: 0.5 };
    t.say(last, roomId, "and you?");
    t.run(5_000);
    t.weather = calm;
    t.run(60_000);
    expect(texts(people, roomId)).toEqual(everybody(people, "hello", "and you?"));
  });

  it.each([
    ["receipted", receipted],
    ["vast", vast],
  ])("are left, and everybody hears of it (%s)", (_, bounds) => {
    const { t, people, first, last, roomId } = gather(bounds, "public");
    t.act(last, last.rooms.leaveRoom(roomId, t.millis));
    t.run(30_000);
    for (const citizen of people.slice(0, -1)) expect(citizen.rooms.members(roomId)).toHaveLength(11);
    t.say(first, roomId, "without you");
    t.run(30_000);
    expect(last.texts(roomId)).toEqual([]);
  });

  it.each([
    ["receipted", receipted],
    ["vast", vast],
  ])("are given back to a member that has been started again (%s)", (_, bounds) => {
    const { t, people, first, last, roomId } = gather(bounds, "private");
    t.say(first, roomId, "before");
    t.run(3_000);
    t.unlinkAll(last);
    t.citizens.splice(t.citizens.indexOf(last), 1);
    t.run(1_000);
    const again = t.add(last.name, 0, 2);
    t.linkAll();
    t.wire(people[10] as Citizen, again);
    t.elect(first);
    t.run(60_000);
    expect(again.texts(roomId)).toEqual(["before"]);
    t.say(again, roomId, "after");
    t.run(30_000);
    expect(people[5]?.texts(roomId)).toEqual(["before", "after"]);
  });
});
