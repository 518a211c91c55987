/** A private room whose past is not told: whoever comes in reads from then on, whatever they claim. */
import { describe, expect, it } from "vitest";
import type { LogId, Millis, RoomId } from "../../src/ids.ts";
import { type EventBody, type RoomEvent, signEvent } from "../../src/rooms/event.ts";
import { decodePayload, encodePayload } from "../../src/rooms/payload.ts";
import { createRecord, decodeRecord } from "../../src/rooms/record.ts";
import { findBytes, findText } from "../support/find-in.ts";
import { type Citizen, identityFromKeys, person, signatures, type Town, three } from "./rooms.town.ts";

type Three = ReturnType<typeof three>;

/** Ann and Ben are in a room, and have talked; Cid is not in it. */
function talked(history: "all" | "fromJoin" = "fromJoin"): Three & { room: RoomId } {
  const all = three();
  const { t, ann, ben } = all;
  const room = t.act(ann, ann.rooms.createRoom("tea", "private", "", t.millis, history)).roomId;
  letIn(t, room, ann, ben);
  t.say(ann, room, "before Cid came");
  t.say(ben, room, "so was this");
  t.run(3_000);
  return { ...all, room };
}

function letIn(t: Town, room: RoomId, host: Citizen, guest: Citizen): void {
  t.act(host, host.rooms.invite(room, guest.peerId, t.millis));
  t.run(5_000);
  t.act(guest, guest.rooms.joinRoom(room, t.millis));
  t.run(10_000);
}

describe("a room whose past is not told", () => {
  it("gives a newcomer what is said from then on, from whomever, and no key from before", () => {
    const { t, ann, ben, cid, room } = talked();
    const keys: Uint8Array[] = [];
    t.watch = (_from, to, payload) => {
      const read = decodePayload(payload);
      if (to === cid && read?.k === "events") keys.push(...(read.keys ?? []).map(([, key]) => key));
    };
    letIn(t, room, ann, cid);
    expect(keys).toEqual([]);
    expect(cid.texts(room)).toEqual([]);
    expect(findText(cid.rooms, "before Cid")).toBeUndefined();
    expect(cid.rooms.room(room)).toMatchObject({ history: "fromJoin", hasUntold: true });
    expect(ben.rooms.room(room)).toMatchObject({ history: "fromJoin", hasUntold: false });
    t.say(ben, room, "welcome, Cid");
    t.say(cid, room, "thank you");
    t.run(3_000);
    for (const one of [ann, ben, cid]) expect(one.texts(room).slice(-2).sort()).toEqual(["thank you", "welcome, Cid"]);
    expect(ann.texts(room)).toHaveLength(4);
    expect(cid.rooms.unread(room)).toBe(1);
  });

  it("tells it all where the room says so", () => {
    const { t, ann, cid, room } = talked("all");
    letIn(t, room, ann, cid);
    expect(cid.texts(room).sort()).toEqual(["before Cid came", "so was this"]);
    expect(cid.rooms.room(room)).toMatchObject({ history: "all", hasUntold: false });
  });

  it("brings a member who was away what was said meanwhile, from another member", () => {
    const { t, ann, ben, cid, room } = talked();
    letIn(t, room, ann, cid);
    t.unlinkAll(cid);
    t.say(ann, room, "while Cid was away");
    t.run(3_000);
    t.unlinkAll(ann);
    t.link(ben, cid);
    t.run(20_000);
    expect(cid.texts(room)).toEqual(["while Cid was away"]);
  });

  it("gives whoever left and comes back nothing of the time between", () => {
    const { t, ann, ben, cid, room } = talked();
    letIn(t, room, ann, cid);
    t.act(cid, cid.rooms.leaveRoom(room, t.millis));
    t.run(3_000);
    t.say(ben, room, "Cid is gone");
    t.run(3_000);
    t.act(cid, cid.rooms.joinRoom(room, t.millis));
    t.run(10_000);
    t.say(ann, room, "Cid is back");
    t.run(3_000);
    expect(cid.texts(room)).toEqual(["Cid is back"]);
  });

  it("believes no newcomer's clock, nor that of whom a newcomer invites", () => {
    const { t, ann, ben, room } = talked();
    // Mal joins by entries of her own making, dated before everything.
    const mal = t.add("mal");
    t.linkAll();
    const { signSeed } = person("mal");
    const logId = "00112233aabbccdd" as LogId;
    const events: RoomEvent[] = [];
    const write = (body: EventBody): RoomEvent => {
      const prev = events.at(-1)?.digest ?? new Uint8Array(0);
      const content = { roomId: room, author: mal.peerId, logId, seq: events.length + 1, prev, clock: 1, at: 1 as Millis, body };
      const event = signEvent(signatures, signSeed, content);
      events.push(event);
      return event;
    };
    t.act(ann, ann.rooms.invite(room, mal.peerId, t.millis));
    t.run(5_000);
    const given: Uint8Array[] = [];
    t.watch = (_from, to, payload) => {
      const read = decodePayload(payload);
      if (to.name === "mal" || to.name === "nat") if (read?.k === "events") given.push(...(read.keys ?? []).map(([, key]) => key));
    };
    const nat = person("nat").self.peerId;
    const tell = (body: EventBody): void => {
      const payload = encodePayload({ k: "events", roomId: room, authors: [], events: [write(body).bytes], floors: [] });
      for (const to of [ann, ben]) {
        const received = to.rooms.receive(mal.peerId, payload, t.millis);
        if (received.ok) t.take(to, received.outcome);
      }
    };
    tell({ kind: "joined", name: "Mal" });
    tell({ kind: "invited", peerId: nat });
    t.run(1_000);
    const wants = encodePayload({ k: "have", roomId: room, vector: [], whole: true, reply: true });
    for (const to of [ann, ben]) {
      const received = to.rooms.receive(mal.peerId, wants, t.millis);
      if (received.ok) t.take(to, received.outcome);
    }
    t.run(10_000);
    expect(ann.rooms.members(room)).toContain(mal.peerId);
    expect(given).toEqual([]);
    const friend = t.add("nat");
    t.linkAll();
    t.run(5_000);
    t.act(friend, friend.rooms.joinRoom(room, t.millis));
    t.run(10_000);
    expect(given).toEqual([]);
    expect(findBytes(friend.rooms, new TextEncoder().encode("before Cid"))).toBeUndefined();
  });
});

describe("a room's record", () => {
  const ports = {
    self: person("ann").self,
    signSeed: person("ann").signSeed,
    signatures,
    randomBytes: (length: number) => new Uint8Array(length),
    wallNow: () => 1_790_000_000_000 as Millis,
    identityFromKeys,
  };

  it("says what newcomers are given; of a public room it is always all", () => {
    const of = (...made: [name: string, visibility: "public" | "private", history: "all" | "fromJoin"]) =>
      decodeRecord(ports, createRecord(ports, made[0], made[1], "", made[2]).bytes)?.history;
    expect([of("a", "private", "fromJoin"), of("a", "private", "all"), of("a", "public", "fromJoin")]).toEqual(["fromJoin", "all", "all"]);
  });
});
