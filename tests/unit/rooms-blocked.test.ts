import { describe, expect, it } from "vitest";
import { directRoomId } from "../../src/rooms/index.ts";
import { three } from "./rooms.town.ts";

describe("somebody blocked", () => {
  it("takes no place in a page, a search or the time of the last message", () => {
    const { t, ann, ben, cid } = three();
    t.say(cid, "lobby", "fair word");
    t.run(1_000);
    const lastAt = ann.rooms.lastMessageAt("lobby" as never);
    for (let i = 0; i < 8; i++) t.say(ben, "lobby", `foul word ${i}`);
    t.settle();
    ann.blocked.add(ben.peerId);
    expect(ann.page("lobby" as never, undefined, 3)).toMatchObject({ messages: [{ text: "fair word" }], hasMore: false });
    expect(ann.rooms.search({ words: "word" }, 3)).toMatchObject([{ text: "fair word" }]);
    expect(ann.rooms.lastMessageAt("lobby" as never)).toBe(lastAt);
    ann.blocked.delete(ben.peerId);
    expect(ann.rooms.search({ words: "word" }, 3)).toHaveLength(3);
  });

  it("leaves no page empty on the way to older messages", () => {
    const { t, ann, ben, cid } = three();
    for (let i = 0; i < 6; i++) {
      t.say(cid, "lobby", `fair ${i}`);
      t.run(1_000);
      t.say(ben, "lobby", `foul ${i}`);
      t.run(1_000);
    }
    ann.blocked.add(ben.peerId);
    const texts: string[] = [];
    let before: string | undefined;
    for (let hasMore = true; hasMore; ) {
      const page = ann.page("lobby" as never, before === undefined ? undefined : { before }, 2);
      expect(page.messages).toHaveLength(2);
      texts.unshift(...page.messages.map(({ text }) => text));
      before = page.messages[0]?.messageId;
      hasMore = page.hasMore;
    }
    expect(texts).toEqual(["fair 0", "fair 1", "fair 2", "fair 3", "fair 4", "fair 5"]);
  });

  it("is neither unread nor a mention, and is passed on to whoever is not here yet", () => {
    const { t, ann, ben, cid } = three();
    t.unlink(ben, cid);
    t.unlink(ann, cid);
    ann.blocked.add(ben.peerId);
    t.say(ben, "lobby", "@ann @everyone look");
    t.settle();
    expect(ann.texts("lobby")).toEqual([]);
    expect([ann.rooms.unread("lobby" as never), ann.rooms.mentioned("lobby" as never)]).toEqual([0, false]);
    expect(ann.changes.filter(({ type }) => type === "messageAdded")).toEqual([]);
    t.unlink(ann, ben);
    t.link(ann, cid);
    t.settle();
    expect(cid.texts("lobby")).toEqual(["@ann @everyone look"]);
    ann.blocked.delete(ben.peerId);
    expect(ann.texts("lobby")).toEqual(["@ann @everyone look"]);
  });

  it("is never told that direct words arrived, and invites nobody", () => {
    const { t, ann, ben } = three();
    ann.blocked.add(ben.peerId);
    const direct = directRoomId(ann.peerId, ben.peerId);
    const id = t.say(ben, direct, "hello?");
    const { roomId } = t.act(ben, ben.rooms.createRoom("cellar", "private", "", t.millis));
    t.act(ben, ben.rooms.invite(roomId, ann.peerId, t.millis));
    t.run(60_000);
    expect(ben.rooms.message(id)).toMatchObject({ state: "queued", receivedBy: [] });
    expect(ann.texts(direct)).toEqual([]);
    expect(ann.rooms.room(roomId)).toBeUndefined();
    ann.blocked.delete(ben.peerId);
    t.settle();
    expect(ann.texts(direct)).toEqual(["hello?"]);
    expect(ben.rooms.message(id)).toMatchObject({ state: "delivered" });
  });
});

describe("what somebody had done before they were blocked", () => {
  it("is no news any more: neither their unread messages nor their mentions", () => {
    const { t, ann, ben, cid } = three();
    t.say(ben, "lobby", "hey @ann");
    t.run(5);
    t.say(cid, "lobby", "a fair word");
    t.run(5);
    t.say(ben, "lobby", "and another");
    t.settle();
    expect([ann.rooms.unread("lobby" as never), ann.rooms.mentioned("lobby" as never)]).toEqual([3, true]);
    ann.blocked.add(ben.peerId);
    expect(ann.rooms.blockingChanged(ben.peerId)).toEqual([{ type: "roomChanged", roomId: "lobby" }]);
    expect([ann.rooms.unread("lobby" as never), ann.rooms.mentioned("lobby" as never)]).toEqual([1, false]);
    t.say(ben, "lobby", "still talking");
    t.say(cid, "lobby", "so am I");
    t.settle();
    expect(ann.rooms.unread("lobby" as never)).toBe(2);
    ann.blocked.add(cid.peerId);
    ann.rooms.blockingChanged(cid.peerId);
    expect(ann.rooms.unread("lobby" as never)).toBe(0);
  });

  it("is no invitation any more, until they are not blocked any more", () => {
    const { t, ann, ben } = three();
    const { roomId } = t.act(ben, ben.rooms.createRoom("cellar", "private", "", t.millis));
    t.act(ben, ben.rooms.invite(roomId, ann.peerId, t.millis));
    t.settle();
    expect(ann.rooms.room(roomId)?.invitedBy).toBe(ben.peerId);
    ann.blocked.add(ben.peerId);
    expect(ann.rooms.blockingChanged(ben.peerId)).toEqual([{ type: "roomRemoved", roomId }]);
    expect(ann.rooms.room(roomId)).toBeUndefined();
    ann.blocked.delete(ben.peerId);
    expect(ann.rooms.blockingChanged(ben.peerId)).toEqual([{ type: "roomChanged", roomId }]);
    t.act(ann, ann.rooms.joinRoom(roomId, t.millis));
    t.settle();
    expect(ben.rooms.members(roomId)).toContain(ann.peerId);
  });

  it("is the invitation of another inviter who is not blocked, and of nobody where all are", () => {
    const { t, ann, ben, cid } = three();
    const { roomId } = t.act(ben, ben.rooms.createRoom("cellar", "private", "", t.millis));
    t.act(ben, ben.rooms.invite(roomId, cid.peerId, t.millis));
    t.settle();
    t.act(cid, cid.rooms.joinRoom(roomId, t.millis));
    t.settle();
    for (const inviter of [ben, cid]) {
      t.act(inviter, inviter.rooms.invite(roomId, ann.peerId, t.millis));
      t.settle();
    }
    const invitedBy = () => ann.rooms.room(roomId)?.invitedBy;
    const block = (peer: typeof ben, isBlocked: boolean) => {
      if (isBlocked) ann.blocked.add(peer.peerId);
      else ann.blocked.delete(peer.peerId);
      return ann.rooms.blockingChanged(peer.peerId);
    };
    expect(block(ben, true)).toEqual([{ type: "roomChanged", roomId }]);
    expect(invitedBy()).toBe(cid.peerId);
    expect(block(cid, true)).toEqual([{ type: "roomRemoved", roomId }]);
    expect(invitedBy()).toBeUndefined();
    block(ben, false);
    expect(invitedBy()).toBe(ben.peerId);
  });
});
