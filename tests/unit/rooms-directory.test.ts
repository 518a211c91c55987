/** The list of public rooms where too many are reachable to post it to each. */
import { describe, expect, it } from "vitest";
import { decodePayload } from "../../src/rooms/payload.ts";
import { crowd, everybody, vast } from "./rooms.crowd.ts";
import { type Citizen, calm } from "./rooms.town.ts";

describe("the directory of a crowd", () => {
  const lists = (people: readonly Citizen[]): string[][] =>
    people.map((citizen) =>
      citizen.rooms
        .listRooms()
        .map((room) => room.name)
        .sort(),
    );

  it("is broadcast, and says how many are in a room although it names but some", () => {
    const { t, people, first, last } = crowd(vast, 24);
    const { roomId } = t.act(last, last.rooms.createRoom("tea", "public", "", t.millis));
    t.run(3_000);
    expect(lists(people)).toEqual(everybody(people, "lobby", "tea"));
    for (const citizen of people.slice(2)) if (citizen !== last) t.act(citizen, citizen.rooms.joinRoom(roomId, t.millis));
    const posts = t.posted.count;
    t.run(5_000);
    expect(people[1]?.rooms.room(roomId)).toMatchObject({ memberCount: 22 });
    expect(people[1]?.rooms.members(roomId)).toHaveLength(16);
    expect(first.rooms.room(roomId)).toMatchObject({ memberCount: 22 });
    expect(t.posted.count).toBeGreaterThan(posts);
  });

  it("drops a room that everybody has left, and keeps one that a newcomer knows", () => {
    const { t, people, last } = crowd(vast);
    const { roomId } = t.act(last, last.rooms.createRoom("tea", "public", "", t.millis));
    t.run(3_000);
    t.act(last, last.rooms.leaveRoom(roomId, t.millis));
    t.run(10_000);
    expect(lists(people)).toEqual(everybody(people, "lobby"));
    const newcomer = t.add("newcomer");
    t.act(newcomer, newcomer.rooms.createRoom("coffee", "public", "", t.millis));
    for (const other of people) t.link(newcomer, other);
    t.elect(people[0] as Citizen);
    t.run(10_000);
    expect(lists([...people, newcomer])).toEqual(everybody([...people, newcomer], "coffee", "lobby"));
  });

  it("is not said again for those who come and go, but told to whoever comes", () => {
    const { t, people, last } = crowd(vast);
    t.act(last, last.rooms.createRoom("tea", "public", "", t.millis));
    t.run(3_000);
    const before = t.broadcast.count;
    const guest = people[4] as Citizen;
    t.unlinkAll(guest);
    t.run(2_000);
    for (const other of people) if (other !== guest) t.link(guest, other);
    const newcomer = t.add("newcomer");
    for (const other of people) t.link(newcomer, other);
    t.take(newcomer, newcomer.rooms.hostChanged((people[0] as Citizen).peerId, false, t.millis));
    t.run(8_000);
    expect(t.broadcast.count).toBe(before);
    expect(lists([newcomer, guest])).toEqual(everybody([newcomer, guest], "lobby", "tea"));
  });

  it("reaches those who missed a broadcast", () => {
    const { t, people, last } = crowd(vast);
    t.weather = { ...calm, broadcastLoss: 1 };
    t.act(last, last.rooms.createRoom("tea", "public", "", t.millis));
    t.run(5_000);
    expect(lists(people).filter((list) => list.includes("tea")).length).toBeLessThan(4);
    t.weather = calm;
    t.run(120_000);
    expect(lists(people)).toEqual(everybody(people, "lobby", "tea"));
  });

  it("survives its host, and is not buried by announcements to the next", () => {
    const { t, people, first, last } = crowd(vast, 24);
    const second = people[1] as Citizen;
    const { roomId } = t.act(last, last.rooms.createRoom("tea", "public", "", t.millis));
    for (let i = 0; i < 20; i++) t.act(last, last.rooms.createRoom(`room-${i}`, "public", "x".repeat(300), t.millis));
    t.run(5_000);
    t.act(second, second.rooms.joinRoom(roomId, t.millis));
    t.run(5_000);
    t.unlinkAll(first);
    const rest = people.filter((citizen) => citizen !== first);
    let toHost = 0;
    t.watch = (_from, to, payload) => {
      if (to === second) toHost += payload.length;
    };
    for (const citizen of rest) t.take(citizen, citizen.rooms.hostChanged(second.peerId, citizen === second, t.millis));
    t.run(10_000);
    for (const list of lists(rest)) expect(list).toHaveLength(22);
    expect(people[5]?.rooms.room(roomId)).toMatchObject({ memberCount: 2 });
    // 21 records of some 600 bytes from each would be 280 KB.
    expect(toHost).toBeLessThan(40_000);
  });

  it("is not believed from anybody but the host", () => {
    const { t, people, first, last } = crowd(vast);
    t.act(last, last.rooms.createRoom("tea", "public", "", t.millis));
    let signed: Uint8Array | undefined;
    t.watch = (_from, _to, payload) => {
      if (decodePayload(payload)?.k === "signedDirectory") signed = payload;
    };
    t.run(3_000);
    const altered = signed?.slice() ?? new Uint8Array();
    altered[60] = (altered[60] ?? 0) ^ 1;
    const victim = people[3] as Citizen;
    expect(victim.rooms.receiveBroadcast(altered, t.millis)).toEqual({ ok: false, failure: "unauthentic" });
    expect(victim.rooms.receive(first.peerId, signed ?? altered, t.millis)).toEqual({ ok: false, failure: "notAllowed" });
  });
});
