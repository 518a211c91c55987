/** Answers in threads: beside the room for everybody alike, counted, and never out of sight. */
import { describe, expect, it } from "vitest";
import { threadRepliesMax } from "../../src/rooms/limits.ts";
import { decodeSaid, openText, sealText } from "../../src/rooms/timed.ts";
import { tailBounds } from "../../src/rooms/timeline.ts";
import { KeptTown, kept } from "./rooms.kept-town.ts";
import type { Citizen } from "./rooms.town.ts";

const answer = (t: KeptTown, who: Citizen, root: string, text: string, alsoInRoom = false): string =>
  t.act(who, who.rooms.acts.answer(root, { text }, alsoInRoom, t.millis)).messageId;
const thread = (who: Citizen, root: string): string[] | undefined =>
  who.rooms.acts.thread(root, undefined, 50)?.messages.map(({ text, isDeleted }) => (isDeleted ? "deleted" : text));
const replies = (who: Citizen, root: string): number | undefined => who.rooms.message(root)?.replies;

function trio(): { t: KeptTown; ann: Citizen; ben: Citizen; cid: Citizen } {
  const { t, people } = kept("ann", "ben", "cid");
  const [ann, ben, cid] = people as [Citizen, Citizen, Citizen];
  return { t, ann, ben, cid };
}

describe("a thread", () => {
  it("stands beside the room, for everybody and after a restart", () => {
    const { t, ann, ben, cid } = trio();
    const root = t.say(ann, "lobby", "lunch?");
    t.settle();
    const first = answer(t, ben, root, "pasta");
    t.settle();
    answer(t, cid, first, "rice", true);
    t.settle();
    for (const one of [ann, ben, cid, t.restart(cid)]) {
      expect(one.texts("lobby")).toEqual(["lunch?", "rice"]);
      expect(thread(one, root)).toEqual(["pasta", "rice"]);
      expect(replies(one, root)).toBe(2);
      expect(one.rooms.message(first)?.thread).toMatchObject({ root, inRoom: false });
    }
    expect(ann.rooms.message(first)?.thread?.follows).toBe(true);
    expect(ann.rooms.acts.thread(root, undefined, 1)).toMatchObject({ hasMore: true, messages: [{ text: "rice" }] });
    expect(ann.rooms.acts.thread(root, first, 5)).toMatchObject({ hasMore: false, messages: [] });
  });

  it("is news to those who take part in it, or are named", () => {
    const { t, ann, ben, cid } = trio();
    const root = t.say(ann, "lobby", "lunch?");
    t.settle();
    for (const one of [ben, cid]) one.rooms.markRead("lobby" as never, t.millis);
    answer(t, ben, root, "pasta");
    t.settle();
    expect([ann, ben, cid].map(({ rooms }) => rooms.unread("lobby" as never))).toEqual([1, 0, 0]);
    answer(t, ann, root, "and @cid?");
    t.settle();
    expect([ann, ben, cid].map(({ rooms }) => rooms.unread("lobby" as never))).toEqual([1, 1, 1]);
    expect(cid.rooms.mentioned("lobby" as never)).toBe(true);
    expect(ben.rooms.mentioned("lobby" as never)).toBe(false);
  });

  it("keeps the place of an answer that was taken back, and counts it no more", () => {
    const { t, ann, ben, cid } = trio();
    const root = t.say(ann, "lobby", "lunch?");
    t.settle();
    const gone = answer(t, ben, root, "a slip");
    answer(t, ben, root, "pasta");
    t.settle();
    t.act(ben, ben.rooms.acts.delete(gone, t.millis));
    t.settle();
    for (const one of [ann, ben, cid, t.restart(cid)]) {
      expect(thread(one, root)).toEqual(["deleted", "pasta"]);
      expect(replies(one, root)).toBe(1);
      expect(one.texts("lobby")).toEqual(["lunch?"]);
    }
  });

  it("of a message that cannot be seen stands in the room, until it can", () => {
    const { t, ann, ben, cid } = trio();
    t.unlinkAll(cid);
    const root = t.say(ann, "lobby", "lunch?");
    t.settle();
    const id = answer(t, ben, root, "pasta");
    ben.blocked.add(ann.peerId);
    expect(ben.texts("lobby")).toEqual(["pasta"]);
    ben.blocked.delete(ann.peerId);
    expect(ben.texts("lobby")).toEqual(["lunch?"]);
    t.linkAll();
    t.settle();
    expect(cid.texts("lobby")).toEqual(["lunch?"]);
    expect(cid.rooms.message(id)?.thread?.root).toBe(root);
  });

  it("is whole where memory does not hold it any more", () => {
    const t = new KeptTown();
    t.tail = { ...tailBounds, events: 40, slack: 10, recent: 20, recentRoomMin: 50 };
    const [ann, ben] = [t.add("ann"), t.add("ben")];
    t.linkAll();
    t.elect(ann);
    t.settle();
    const root = t.say(ann, "lobby", "long ago");
    for (let i = 0; i < 100; i++) {
      t.say(ann, "lobby", `line ${i}`);
      if (i % 20 === 0) answer(t, ann, root, `answer ${i}`);
    }
    t.settle();
    const cid = t.add("cid");
    for (const other of [ann, ben]) t.link(other, cid);
    t.elect(ann);
    t.settle(60_000, 400_000);
    answer(t, cid, root, "late");
    t.settle();
    for (const one of [ann, ben, cid, t.restart(ben)]) {
      expect(thread(one, root)).toEqual([...[0, 20, 40, 60, 80].map((i) => `answer ${i}`), "late"]);
      expect(replies(one, root)).toBe(6);
      expect(one.texts("lobby")).toHaveLength(101);
    }
  });

  it("takes no more than it can show, and none of a message that is not there", () => {
    const { t, ann } = trio();
    const root = t.say(ann, "lobby", "lunch?");
    for (let i = 0; i < threadRepliesMax; i++) answer(t, ann, root, "x");
    expect(ann.rooms.acts.answer(root, { text: "one more" }, false, t.millis)).toMatchObject({ ok: false, code: "threadFull" });
    expect(ann.rooms.acts.answer("no/such/1", { text: "x" }, false, t.millis)).toMatchObject({ ok: false, code: "unknownMessage" });
  });
});

describe("a message that is passed on", () => {
  const forwarded = { from: "a".repeat(32) as never, name: "Ann", at: 1_000 as never };

  it("says who said it first, also after it was corrected", () => {
    const { t, ann, ben } = trio();
    const sent = ann.rooms.sendMessage("lobby" as never, { text: "news", forwarded: { ...forwarded, from: ben.peerId } }, t.millis);
    const { messageId } = t.act(ann, sent);
    t.settle();
    t.act(ann, ann.rooms.acts.edit(messageId, "old news", t.millis));
    t.settle();
    expect(ben.rooms.message(messageId)).toMatchObject({ text: "old news", forwarded: { from: ben.peerId, name: "Ann", at: 1_000 } });
  });

  it("is sealed with that, and opens as it was", () => {
    const said = { text: "news", replyTo: "x/y/1", forwarded: { ...forwarded, from: "ab".repeat(16) as never } };
    const { body, key } = sealText((n) => new Uint8Array(n).fill(7), said, null);
    expect(openText(body, key)).toEqual(said);
    expect(decodeSaid(new Uint8Array(128))).toBeUndefined();
  });
});
