/** What a kept profile's rooms are after a restart: as they were, from what they had written down and nothing else. */
import { describe, expect, it } from "vitest";
import { wholeKey } from "../../src/rooms/keeping.ts";
import { logsPerAuthorMax, ownLogsMax } from "../../src/rooms/limits.ts";
import { findText } from "../support/find-in.ts";
import { direct, type KeptTown, kept } from "./rooms.kept-town.ts";
import type { Citizen } from "./rooms.town.ts";

/** All that people could ask about rooms. */
function screen(citizen: Citizen, ...more: string[]): unknown {
  const { rooms } = citizen;
  return [...rooms.listRooms().map(({ roomId }) => roomId as string), ...more].map((roomId) => ({
    room: rooms.room(roomId as never),
    members: rooms.members(roomId as never),
    messages: citizen.messages(roomId),
    unread: rooms.unread(roomId as never),
    mentioned: rooms.mentioned(roomId as never),
    last: rooms.lastMessageAt(roomId as never),
  }));
}

describe("a restarted profile", () => {
  it("shows what it showed, and to whom what it said has come", () => {
    const { t, people } = kept("ann", "ben", "cid");
    const [ann, ben, cid] = people as [Citizen, Citizen, Citizen];
    const open = t.act(ann, ann.rooms.createRoom("open", "public", "All", t.millis)).roomId;
    const shut = t.act(ann, ann.rooms.createRoom("shut", "private", "", t.millis)).roomId;
    t.act(ann, ann.rooms.invite(shut, ben.peerId, t.millis));
    t.settle();
    t.act(ben, ben.rooms.joinRoom(shut, t.millis));
    t.act(ben, ben.rooms.joinRoom(open, t.millis));
    t.settle();
    for (const [who, where, text] of [
      [ann, "lobby", "hello all"],
      [ben, "lobby", "hello @ann"],
      [ann, shut, "between us"],
      [ben, open, "in the open"],
      [ben, direct(ann, ben), "psst"],
    ] as const) {
      t.say(who, where, text);
      t.run(5);
    }
    t.settle();
    t.unlinkAll(cid);
    t.say(ann, "lobby", "cid is gone");
    t.settle();
    t.take(ann, { posts: [], broadcasts: [], changes: ann.rooms.markRead(open, t.now as never) });
    for (const other of [ben]) t.unlink(ann, other);
    const before = screen(ann, direct(ann, ben));

    const again = t.restart(ann);
    expect(screen(again, direct(ann, ben))).toEqual(before);
    expect(again.messages("lobby").map(({ text, state }) => [text, state])).toEqual([
      ["hello all", "delivered"],
      ["hello @ann", "delivered"],
      ["cid is gone", "delivered"],
    ]);
    expect([again.rooms.unread("lobby" as never), again.rooms.mentioned("lobby" as never), again.rooms.unread(open)]).toEqual([1, true, 0]);
    expect(again.rooms.correspondents()).toEqual([ben.peerId]);
  });

  it("shows a message that disappears until it does, on disk too, and not once it is gone", () => {
    const { t, people } = kept("ann", "ben");
    const [ann, ben] = people as [Citizen, Citizen];
    const room = direct(ann, ben);
    t.act(ben, ben.rooms.setTimer(room as never, 60_000, t.millis));
    t.say(ben, room, "for a minute");
    t.run(1_000);
    expect(ann.rooms.unread(room as never)).toBe(1);
    const again = t.restart(ann);
    expect(again.rooms.room(room as never)?.timerMs).toBe(60_000);
    expect(again.texts(room)).toEqual(["", "for a minute"]);
    const rows = (): Uint8Array[] => [...t.shelf(again).rows.values()].filter((row) => row.roomId === room).map(({ bytes }) => bytes);
    const size = rows().reduce((sum, { length }) => sum + length, 0);
    t.run(61_000);
    t.save(again);
    expect([again.texts(room), again.rooms.unread(room as never)]).toEqual([[""], 0]);
    // The rows are there, without the key.
    expect([rows().length, size - rows().reduce((sum, { length }) => sum + length, 0)]).toEqual([2, 34]);
    expect(findText(t.shelf(again), "for a minute")).toBeUndefined();

    t.linkAll();
    t.say(ben, room, "for another");
    t.run(1_000);
    t.stop(again);
    t.run(120_000);
    const late = t.start(again);
    expect([late.texts(room), late.rooms.unread(room as never)]).toEqual([[""], 0]);
    t.save(late);
    expect(rows().every((bytes) => bytes.length < size)).toBe(true);
    t.linkAll();
    t.say(ben, room, "and on");
    t.run(1_000);
    expect(late.texts(room)).toEqual(["", "and on"]);
  });

  it("delivers what waited, and takes up again what others have said meanwhile", () => {
    const { t, people } = kept("ann", "ben");
    const [ann, ben] = people as [Citizen, Citizen];
    t.unlink(ann, ben);
    t.say(ann, direct(ann, ben), "when you are back");
    t.say(ann, "lobby", "to nobody");
    const again = t.restart(ann);
    t.run(5);
    t.say(ben, direct(ann, ben), "while you were away");
    t.linkAll();
    t.elect(again);
    t.settle();
    expect(ben.texts(direct(ann, ben))).toEqual(["when you are back", "while you were away"]);
    expect(again.texts(direct(ann, ben))).toEqual(["when you are back", "while you were away"]);
    expect(again.messages(direct(ann, ben))[0]?.state).toBe("delivered");
    expect(again.rooms.unread(direct(ann, ben) as never)).toBe(1);
    t.say(again, direct(ann, ben), "and on");
    t.settle();
    expect(ben.texts(direct(ann, ben)).at(-1)).toBe("and on");
  });

  it("tells a newcomer of those who are gone, from the disk alone", () => {
    const { t, people } = kept("ann", "ben");
    const [ann, ben] = people as [Citizen, Citizen];
    const room = t.act(ann, ann.rooms.createRoom("open", "public", "", t.millis)).roomId;
    t.settle();
    t.act(ben, ben.rooms.joinRoom(room, t.millis));
    t.settle();
    t.say(ben, room, "ben was here");
    t.say(ann, room, "so was I");
    t.settle();
    t.stop(ben);
    const again = t.restart(ann);
    const cid = t.add("cid");
    t.linkAll();
    t.elect(again);
    t.settle();
    t.act(cid, cid.rooms.joinRoom(room, t.millis));
    t.settle();
    expect(cid.texts(room)).toEqual(["ben was here", "so was I"]);
  });

  it("is still invited, and still invites", () => {
    const { t, people } = kept("ann", "ben", "cid");
    const [ann, ben, cid] = people as [Citizen, Citizen, Citizen];
    const room = t.act(ann, ann.rooms.createRoom("shut", "private", "", t.millis)).roomId;
    t.unlinkAll(cid);
    t.act(ann, ann.rooms.invite(room, ben.peerId, t.millis));
    t.act(ann, ann.rooms.invite(room, cid.peerId, t.millis));
    t.settle();
    const benAgain = t.restart(ben);
    expect(benAgain.rooms.room(room)?.invitedBy).toBe(ann.peerId);
    const annAgain = t.restart(ann);
    t.linkAll();
    t.elect(annAgain);
    t.settle();
    expect(cid.rooms.room(room)?.invitedBy).toBe(ann.peerId);
    t.act(benAgain, benAgain.rooms.joinRoom(room, t.millis));
    t.settle();
    expect(annAgain.rooms.members(room)).toContain(ben.peerId);
  });

  it("keeps what cannot be read out of sight, and shows the rest", () => {
    const { t, people } = kept("ann", "ben");
    const [ann, ben] = people as [Citizen, Citizen];
    for (let i = 1; i <= 9; i++) t.say(ben, "lobby", `word ${i}`);
    t.settle();
    t.stop(ann);
    const shelf = t.shelf(ann);
    for (const [place, row] of shelf.rows) if (row.author === ben.peerId && [4, 5].includes(row.seq)) shelf.rows.delete(place);
    for (const [place, row] of shelf.rows) if (row.seq === 7) shelf.rows.set(place, { ...row, bytes: Uint8Array.of(1, 2, 3) });
    const again = t.start(ann);
    expect(again.texts("lobby")).toEqual([1, 2, 3, 6, 8, 9].map((i) => `word ${i}`));
    const id = again.messages("lobby").at(-1)?.messageId ?? "";
    expect(again.rooms.listMessages("lobby" as never, { before: id }, 2)?.messages.map(({ text }) => text)).toEqual(["word 6", "word 8"]);
    t.linkAll();
    t.elect(again);
    t.settle();
    t.say(ben, "lobby", "word 10");
    t.settle();
    expect(again.texts("lobby").at(-1)).toBe("word 10");
  });

  it("does without a room's record where its entries are left", () => {
    const { t, people } = kept("ann", "ben");
    const [ann, ben] = people as [Citizen, Citizen];
    const room = t.act(ann, ann.rooms.createRoom("open", "public", "", t.millis)).roomId;
    t.say(ann, room, "one");
    t.settle();
    t.stop(ann);
    for (const key of t.shelf(ann).records.keys()) if (key.startsWith("room/")) t.shelf(ann).records.set(key, Uint8Array.of(0));
    const again = t.start(ann);
    expect(again.texts(room)).toEqual(["one"]);
    expect(again.rooms.room(room)).toMatchObject({ name: "open", joined: true });
    t.linkAll();
    t.elect(ben);
    t.settle();
    expect(ben.rooms.room(room)?.name).toBe("open");
  });
});

describe("many starts", () => {
  const said = (t: KeptTown, who: Citizen, text: string): void => {
    t.say(who, "lobby", text);
    t.run(50);
  };
  const ownLogs = (t: KeptTown, who: Citizen): number =>
    new Set(
      t
        .shelf(who)
        .events("lobby")
        .flatMap(({ author, logId }) => (author === who.peerId ? logId : [])),
    ).size;

  it("do not use up the logs that others take of one author", () => {
    const { t, people } = kept("ann", "ben");
    let [ann, ben] = people as [Citizen, Citizen];
    const starts = 3 * logsPerAuthorMax;
    for (let start = 1; start <= starts; start++) {
      said(t, ann, `start ${start}`);
      t.settle();
      ann = t.restart(ann);
      t.linkAll();
      t.elect(ben);
    }
    t.settle();
    expect(ben.texts("lobby")).toHaveLength(starts);
    expect(ann.texts("lobby")).toEqual(ben.texts("lobby"));
    expect(ownLogs(t, ann)).toBe(ownLogsMax);
    expect(ann.messages("lobby").every(({ state }) => state === "delivered")).toBe(true);
    ben = t.restart(ben);
    expect(ben.texts("lobby")).toEqual(ann.texts("lobby"));
  });

  it("begin a new log where the last did not end by itself, since others may have more of it", () => {
    const { t, people } = kept("ann", "ben");
    let [ann] = people as [Citizen, Citizen];
    for (let start = 0; start < ownLogsMax; start++) {
      said(t, ann, `start ${start}`);
      ann = t.restart(ann);
    }
    said(t, ann, "in the last log");
    const before = ownLogs(t, ann);
    // The machine goes down, and its disk has not heard of the newest word.
    t.unlinkAll(ann);
    t.citizens.splice(t.citizens.indexOf(ann), 1);
    const again = t.start(ann);
    said(t, again, "in a new one");
    expect([before, ownLogs(t, again)]).toEqual([ownLogsMax, ownLogsMax + 1]);
  });
});

describe("on the disk", () => {
  it("is nothing that others said in a room that one has left, and nothing of one that is forgotten", () => {
    const { t, people } = kept("ann", "ben");
    const [ann, ben] = people as [Citizen, Citizen];
    const shut = t.act(ann, ann.rooms.createRoom("shut", "private", "", t.millis)).roomId;
    const open = t.act(ann, ann.rooms.createRoom("open", "public", "", t.millis)).roomId;
    t.act(ann, ann.rooms.invite(shut, ben.peerId, t.millis));
    t.settle();
    for (const room of [shut, open]) t.act(ben, ben.rooms.joinRoom(room, t.millis));
    t.settle();
    for (const room of [shut, open]) for (const who of [ann, ben]) t.say(who, room, `${who.name} in ${room}`);
    t.settle();
    for (const room of [shut, open]) t.act(ben, ben.rooms.leaveRoom(room, t.millis));
    t.settle();
    const authors = (room: string): string[] => [
      ...new Set(
        t
          .shelf(ben)
          .events(room)
          .map(({ author }) => author),
      ),
    ];
    expect([authors(shut), authors(open)]).toEqual([[ben.peerId], [ben.peerId]]);
    t.act(ben, ben.rooms.joinRoom(open, t.millis));
    t.settle();
    expect(authors(open).sort()).toEqual([ann.peerId, ben.peerId].sort());
    const again = t.restart(ben);
    expect(again.texts(open)).toEqual(ben.texts(open));
    expect(again.rooms.room(shut)).toBeUndefined();
  });

  it("is each thing once: nothing is written where nothing has changed", () => {
    const { t, people } = kept("ann", "ben");
    const [ann] = people as [Citizen, Citizen];
    t.say(ann, "lobby", "one");
    t.settle();
    const again = t.restart(ann);
    const first = again.rooms.takeKept(t.millis);
    expect(first?.records ?? []).toEqual([{ key: wholeKey, value: undefined }]);
    expect(first?.events ?? []).toEqual([]);
    expect(first?.gone ?? []).toEqual([]);
  });
});
