/** A room that is larger than what memory holds of it. */
import { describe, expect, it } from "vitest";
import { tailBounds } from "../../src/rooms/timeline.ts";
import { KeptTown } from "./rooms.kept-town.ts";

describe("what memory does not hold of a room", () => {
  it("is shown, passed on and restarted from as if it were there", () => {
    const t = new KeptTown();
    t.tail = { ...tailBounds, events: 40, slack: 10 };
    const [ann, ben] = [t.add("ann"), t.add("ben")];
    t.elect(ann);
    const { roomId } = t.act(ann, ann.rooms.createRoom("long", "public", "", t.millis));
    const count = 400;
    for (let i = 1; i <= count; i++) t.say(ann, roomId, `${i}`);
    // With what was created and joined.
    expect(t.shelf(ann).rows.size).toBe(count + 2);
    const all = Array.from({ length: count }, (_, i) => `${i + 1}`);
    expect(ann.texts(roomId)).toEqual(all);
    const tenth = ann.messages(roomId)[9]?.messageId ?? "";
    expect(ann.rooms.message(tenth)?.text).toBe("10");
    expect(ann.page(roomId, { before: tenth }, 5)).toMatchObject({
      hasMore: true,
      messages: [5, 6, 7, 8, 9].map((n) => ({ text: `${n}` })),
    });
    const before = ann.messages(roomId);
    const again = t.restart(ann);
    expect(again.messages(roomId)).toEqual(before);
    t.link(again, ben);
    t.elect(again);
    t.settle();
    t.act(ben, ben.rooms.joinRoom(roomId, t.millis));
    t.settle(600_000, 2_000_000);
    expect(ben.texts(roomId)).toEqual(all);
    const twice = t.restart(ben);
    expect(twice.texts(roomId)).toEqual(all);
  });

  it("is let go from its oldest entries on once there is too much, and its members are known all the same", () => {
    const t = new KeptTown();
    t.tail = { ...tailBounds, events: 40, slack: 10 };
    t.eventsMax = 200;
    const [ann, ben] = [t.add("ann"), t.add("ben")];
    t.linkAll();
    t.elect(ann);
    const { roomId } = t.act(ann, ann.rooms.createRoom("long", "public", "", t.millis));
    t.settle();
    t.act(ben, ben.rooms.joinRoom(roomId, t.millis));
    t.settle();
    for (let i = 1; i <= 400; i++) t.say(ann, roomId, `${i}`);
    t.settle();
    for (const one of [ann, ben, t.restart(ann)]) {
      const texts = one.texts(roomId);
      expect(texts.length).toBeGreaterThan(150);
      expect(texts.length).toBeLessThanOrEqual(200);
      expect(texts).toEqual(Array.from({ length: texts.length }, (_, i) => `${400 - texts.length + i + 1}`));
      expect(one.rooms.members(roomId)).toEqual([ann.peerId, ben.peerId].sort());
      expect(t.shelf(one).rows.size).toBeLessThan(220);
    }
  });
});
