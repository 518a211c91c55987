import { describe, expect, it } from "vitest";
import { directRoomId } from "../../src/rooms/index.ts";
import { Town, three } from "./rooms.town.ts";

describe("lobby", () => {
  it("has everybody in it from the start", () => {
    const { ann, ben, cid } = three();
    expect(ann.rooms.members("lobby" as never)).toEqual([ann.peerId, ben.peerId, cid.peerId].sort());
    expect(ann.rooms.listRooms()).toMatchObject([{ roomId: "lobby", name: "lobby", joined: true, memberCount: 3 }]);
  });

  it("carries a message to all, and tells when they have it", () => {
    const { t, ann, ben, cid } = three();
    const id = t.say(ann, "lobby", "hello");
    expect(ann.rooms.message(id)).toMatchObject({ state: "queued", readers: 2, receivedBy: [] });
    t.run(5);
    expect(ben.texts("lobby")).toEqual(["hello"]);
    expect(cid.texts("lobby")).toEqual(["hello"]);
    t.run(30);
    expect(ann.rooms.message(id)).toMatchObject({ state: "delivered", readers: 2, receivedBy: [ben.peerId, cid.peerId].sort() });
    expect(ben.rooms.unread("lobby" as never)).toBe(1);
    expect(ann.rooms.unread("lobby" as never)).toBe(0);
    expect(ben.rooms.markRead("lobby" as never, t.now as never)).toEqual([{ type: "roomChanged", roomId: "lobby" }]);
    expect(ben.rooms.unread("lobby" as never)).toBe(0);
    t.settle();
  });

  it("is held by one while the other is away, and delivered once nobody is missing", () => {
    const { t, ann, ben, cid } = three();
    t.unlink(ann, cid);
    t.unlink(ben, cid);
    const id = t.say(ann, "lobby", "who is here?");
    t.settle();
    expect(ann.rooms.message(id)).toMatchObject({ state: "delivered", readers: 1 });
    t.unlink(ann, ben);
    t.link(ben, cid);
    t.settle();
    expect(cid.texts("lobby")).toEqual(["who is here?"]);
    t.link(ann, cid);
    t.settle();
    expect(ann.rooms.message(id)).toMatchObject({ state: "delivered", readers: 2, receivedBy: [ben.peerId, cid.peerId].sort() });
  });

  it("reaches by way of others whom its author cannot reach", () => {
    const { t, ann, ben, cid } = three();
    t.unlink(ann, cid);
    t.say(ann, "lobby", "pass it on");
    t.settle();
    expect(cid.texts("lobby")).toEqual(["pass it on"]);
    expect(cid.messages("lobby")[0]?.author).toBe(ann.peerId);
    expect(ben.texts("lobby")).toEqual(["pass it on"]);
  });

  it("gives a latecomer the history, unread by nobody", () => {
    const { t, ann, ben } = three();
    for (let i = 0; i < 30; i++) t.say(i % 2 === 0 ? ann : ben, "lobby", `old ${i}`);
    t.run(2_000);
    const dan = t.add("dan");
    t.linkAll();
    t.elect(ann);
    t.settle();
    expect(dan.texts("lobby")).toEqual(ann.texts("lobby"));
    expect(dan.texts("lobby")).toHaveLength(30);
    expect(dan.rooms.unread("lobby" as never)).toBe(0);
  });

  it("cannot be left, joined anew or made private by invitation", () => {
    const { t, ann, ben } = three();
    expect(ann.rooms.leaveRoom("lobby" as never, t.millis)).toEqual({ ok: false, code: "lobbyPermanent" });
    expect(ann.rooms.invite("lobby" as never, ben.peerId, t.millis)).toEqual({ ok: false, code: "lobbyPermanent" });
    expect(ann.rooms.joinRoom("lobby" as never, t.millis).ok).toBe(true);
    expect(ann.rooms.createRoom("#Lobby", "public", "", t.millis)).toEqual({ ok: false, code: "nameTaken" });
  });
});

describe("public rooms", () => {
  it("are listed for all, joined by anybody, and give the whole history", () => {
    const { t, ann, ben, cid } = three();
    const { roomId } = t.act(ann, ann.rooms.createRoom("#Tea", "public", "kettles", t.millis));
    t.say(ann, roomId, "first");
    t.settle();
    expect(ben.rooms.room(roomId)).toMatchObject({ name: "tea", topic: "kettles", visibility: "public", joined: false, memberCount: 1 });
    expect(ben.texts(roomId)).toEqual([]);
    expect(ben.rooms.sendMessage(roomId, { text: "hi" }, t.millis)).toEqual({ ok: false, code: "notMember" });
    expect(cid.rooms.resolveRoom("#TEA")).toEqual({ ok: true, roomId });
    t.act(ben, ben.rooms.joinRoom(roomId, t.millis));
    t.settle();
    expect(ben.texts(roomId)).toEqual(["first"]);
    expect(ben.rooms.unread(roomId)).toBe(0);
    const id = t.say(ben, roomId, "second");
    t.settle();
    expect(ann.texts(roomId)).toEqual(["first", "second"]);
    expect(ben.rooms.message(id)).toMatchObject({ state: "delivered", readers: 1, receivedBy: [ann.peerId] });
    expect(cid.texts(roomId)).toEqual([]);
    expect(cid.rooms.room(roomId)).toMatchObject({ memberCount: 2 });
  });

  it("go on without their creator, and under another host", () => {
    const { t, ann, ben, cid } = three();
    const { roomId } = t.act(ann, ann.rooms.createRoom("tea", "public", "", t.millis));
    t.settle();
    t.act(ben, ben.rooms.joinRoom(roomId, t.millis));
    t.settle();
    t.unlinkAll(ann);
    for (const citizen of [ben, cid]) t.take(citizen, citizen.rooms.hostChanged(ben.peerId, citizen === ben, t.millis));
    t.settle();
    expect(cid.rooms.room(roomId)).toMatchObject({ joined: false, memberCount: 1 });
    t.act(cid, cid.rooms.joinRoom(roomId, t.millis));
    t.settle();
    t.say(cid, roomId, "still here");
    t.settle();
    expect(ben.texts(roomId)).toEqual(["still here"]);
    t.linkAll();
    t.elect(ben);
    t.settle();
    expect(ann.texts(roomId)).toEqual(["still here"]);
    expect(ann.rooms.members(roomId)).toEqual([ann.peerId, ben.peerId, cid.peerId].sort());
  });

  it("stay listed while a follower knows them, whoever becomes host", () => {
    const { t, ann, ben, cid } = three();
    const { roomId } = t.act(ann, ann.rooms.createRoom("tea", "public", "", t.millis));
    t.settle();
    t.unlinkAll(ann);
    const dan = t.add("dan");
    for (const other of [ben, cid]) t.link(dan, other);
    for (const citizen of [ben, cid, dan]) t.take(citizen, citizen.rooms.hostChanged(dan.peerId, citizen === dan, t.millis));
    t.settle();
    for (const citizen of [ben, cid, dan]) {
      expect(citizen.rooms.room(roomId)).toMatchObject({ name: "tea", joined: false, memberCount: 0 });
      expect(citizen.changes.filter((change) => change.type === "roomRemoved")).toEqual([]);
    }
  });

  it("close when the last member leaves them", () => {
    const { t, ann, ben, cid } = three();
    const { roomId } = t.act(ben, ben.rooms.createRoom("tea", "public", "", t.millis));
    t.settle();
    t.act(ben, ben.rooms.leaveRoom(roomId, t.millis));
    t.settle();
    for (const citizen of [ann, ben, cid]) {
      expect(citizen.rooms.listRooms().map((room) => room.name)).toEqual(["lobby"]);
      expect(citizen.changes).toContainEqual({ type: "roomRemoved", roomId });
    }
  });

  it("tell the members when somebody leaves, and that one nothing more", () => {
    const { t, ann, ben, cid } = three();
    const { roomId } = t.act(ann, ann.rooms.createRoom("tea", "public", "", t.millis));
    t.settle();
    for (const citizen of [ben, cid]) t.act(citizen, citizen.rooms.joinRoom(roomId, t.millis));
    t.settle();
    t.act(ben, ben.rooms.leaveRoom(roomId, t.millis));
    t.settle();
    expect(ann.rooms.members(roomId)).toEqual([ann.peerId, cid.peerId].sort());
    const before = t.posted.count;
    let toBen = 0;
    t.watch = (_, to) => {
      if (to === ben) toBen++;
    };
    t.say(ann, roomId, "psst");
    t.settle();
    expect(t.posted.count).toBeGreaterThan(before);
    expect(toBen).toBe(0);
    expect(ben.rooms.room(roomId)).toMatchObject({ joined: false });
    t.act(ben, ben.rooms.joinRoom(roomId, t.millis));
    t.settle();
    expect(ben.texts(roomId)).toEqual(["psst"]);
    t.say(ben, roomId, "back");
    t.settle();
    expect(ann.texts(roomId)).toEqual(["psst", "back"]);
    expect(cid.texts(roomId)).toEqual(["psst", "back"]);
  });

  it("of one name can meet; what is joined is meant first", () => {
    const t = new Town();
    const ann = t.add("ann");
    const ben = t.add("ben");
    const cid = t.add("cid");
    const one = t.act(ann, ann.rooms.createRoom("tea", "public", "", t.millis)).roomId;
    const two = t.act(ben, ben.rooms.createRoom("tea", "public", "", t.millis)).roomId;
    t.linkAll();
    t.elect(cid);
    t.settle();
    expect(one).not.toBe(two);
    expect(ann.rooms.resolveRoom("tea")).toEqual({ ok: true, roomId: one });
    expect(cid.rooms.resolveRoom("tea")).toEqual({ ok: false, code: "ambiguousRoom" });
    expect(cid.rooms.resolveRoom(two)).toEqual({ ok: true, roomId: two });
    expect(cid.rooms.resolveRoom("coffee")).toEqual({ ok: false, code: "unknownRoom" });
  });
});

describe("direct conversations", () => {
  it("are between two, and wait for somebody who is away", () => {
    const { t, ann, ben, cid } = three();
    const roomId = directRoomId(ann.peerId, ben.peerId);
    t.unlink(ann, ben);
    const id = t.say(ann, roomId, "later");
    t.settle();
    expect(ann.rooms.message(id)).toMatchObject({ state: "queued", readers: 1 });
    t.link(ann, ben);
    t.settle();
    expect(ben.texts(roomId)).toEqual(["later"]);
    expect(ben.rooms.unread(roomId)).toBe(1);
    expect(ann.rooms.message(id)).toMatchObject({ state: "delivered", receivedBy: [ben.peerId] });
    expect(cid.page(roomId, undefined, 10).messages).toEqual([]);
    expect(cid.rooms.sendMessage(roomId, { text: "let me in" }, t.millis)).toEqual({ ok: false, code: "unknownRoom" });
    expect(ben.rooms.lastMessageAt(roomId)).toBeGreaterThan(0);
  });
});

it("never has more under way to one peer than a window, in payloads that fit a frame", () => {
  const t = new Town();
  const [ann, ben] = [t.add("ann"), t.add("ben")];
  for (let i = 0; i < 200; i++) t.say(ann, "lobby", `${i} ${"x".repeat(10_000)}`);
  const underWay: number[] = [];
  let bytes = 0;
  t.link(ann, ben);
  t.watch = (from) => {
    if (from === ann) return;
    underWay.push(t.posted.bytes - bytes);
    bytes = t.posted.bytes;
  };
  t.settle();
  expect(ben.messages("lobby")).toHaveLength(200);
  expect(t.posted.largest).toBeLessThanOrEqual(48 * 1024);
  expect(underWay.length).toBeGreaterThan(5);
  expect(Math.max(...underWay)).toBeLessThan(320 * 1024);
  expect(t.posted.bytes).toBeLessThan(2_200_000);
});

describe("a peer that is started again with the same identity", () => {
  it("gets its rooms and history back from the others", () => {
    const { t, ann, ben, cid } = three();
    const open = t.act(ann, ann.rooms.createRoom("tea", "public", "", t.millis)).roomId;
    const closed = t.act(ann, ann.rooms.createRoom("plot", "private", "", t.millis)).roomId;
    t.act(ann, ann.rooms.invite(closed, ben.peerId, t.millis));
    t.settle();
    for (const roomId of [open, closed]) t.act(ben, ben.rooms.joinRoom(roomId, t.millis));
    for (let i = 0; i < 5; i++)
      for (const roomId of [open, closed, directRoomId(ann.peerId, ben.peerId)]) {
        t.say(i % 2 ? ann : ben, roomId, `${i}`);
        t.run(50);
      }
    t.settle();
    t.unlinkAll(ben);
    t.settle();
    t.citizens.splice(t.citizens.indexOf(ben), 1);
    const again = t.add("ben", 0, 2);
    t.linkAll();
    t.elect(ann);
    t.settle();
    for (const roomId of [open, closed, directRoomId(ann.peerId, ben.peerId)]) {
      expect(again.texts(roomId)).toEqual(["0", "1", "2", "3", "4"]);
      t.say(again, roomId, "back");
      t.settle();
      expect(ann.texts(roomId)).toEqual(["0", "1", "2", "3", "4", "back"]);
    }
    expect(cid.rooms.room(closed)).toBeUndefined();
  });
});

describe("reading", () => {
  it("pages, searches and notices mentions", () => {
    const { t, ann, ben } = three();
    for (let i = 0; i < 12; i++) t.say(ann, "lobby", `number ${i} of Twelve`);
    t.settle();
    const page = ben.page("lobby" as never, undefined, 5);
    expect(page.hasMore).toBe(true);
    expect(page.messages.map((message) => message.text)).toEqual([7, 8, 9, 10, 11].map((i) => `number ${i} of Twelve`));
    const older = ben.page("lobby" as never, { before: page.messages[0]?.messageId ?? "" }, 50);
    expect(older.hasMore).toBe(false);
    expect(older.messages).toHaveLength(7);
    expect(ben.rooms.search({ words: "twelve 11" }, 10).map((message) => message.text)).toEqual(["number 11 of Twelve"]);
    expect(ben.rooms.search({ words: "number", roomIds: ["lobby" as never] }, 3).map((message) => message.text)).toEqual(
      [11, 10, 9].map((i) => `number ${i} of Twelve`),
    );
    expect(ben.rooms.mentioned("lobby" as never)).toBe(false);
    t.say(ann, "lobby", "@Benny?");
    t.settle();
    expect(ben.rooms.mentioned("lobby" as never)).toBe(false);
    t.say(ann, "lobby", "hey @BEN, look");
    t.settle();
    expect(ben.rooms.mentioned("lobby" as never)).toBe(true);
    expect(ann.rooms.mentioned("lobby" as never)).toBe(false);
    expect(ben.messages("lobby").at(-1)?.mentionsYou).toBe(true);
  });

  it("refuses what is too long, and names that are none", () => {
    const { t, ann } = three();
    expect(ann.rooms.sendMessage("lobby" as never, { text: "x".repeat(16 * 1024 + 1) }, t.millis)).toEqual({
      ok: false,
      code: "textTooLong",
    });
    expect(ann.rooms.sendMessage("lobby" as never, { text: "é".repeat(8 * 1024) }, t.millis).ok).toBe(true);
    for (const name of ["", "#", "a b", "x".repeat(33), "---", "a/b"]) {
      expect(ann.rooms.createRoom(name, "public", "", t.millis)).toEqual({ ok: false, code: "nameInvalid" });
    }
    expect(ann.rooms.createRoom("Über-Tee_2", "public", "", t.millis).ok).toBe(true);
    expect(ann.rooms.createRoom("über-tee_2", "public", "", t.millis)).toEqual({ ok: false, code: "nameTaken" });
    expect(ann.rooms.joinRoom("nowhere" as never, t.millis)).toEqual({ ok: false, code: "unknownRoom" });
    expect(ann.rooms.leaveRoom("nowhere" as never, t.millis)).toEqual({ ok: false, code: "unknownRoom" });
  });

  it("shows the moment of arrival for a clock that is far ahead, and keeps order all the same", () => {
    const t = new Town();
    const ann = t.add("ann");
    const eve = t.add("eve", 3_600_000);
    t.linkAll();
    t.say(eve, "lobby", "from the future");
    t.settle();
    t.say(ann, "lobby", "answer");
    t.settle();
    expect(eve.texts("lobby")).toEqual(["from the future", "answer"]);
    expect(ann.texts("lobby")).toEqual(["from the future", "answer"]);
    expect(ann.messages("lobby")[0]?.sentAt).toBeLessThanOrEqual(ann.ports.wallNow());
  });
});
