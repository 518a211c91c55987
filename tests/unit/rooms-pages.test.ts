/** Pages of a room: the same slices of one list, wherever it is held and however one asks. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { RoomMessage } from "../../src/rooms/index.ts";
import { tailBounds } from "../../src/rooms/timeline.ts";
import { KeptTown } from "./rooms.kept-town.ts";

const t = new KeptTown();
t.tail = { ...tailBounds, events: 20, slack: 5, recent: 10, recentRoomMin: 30 };
const [ann, ben] = [t.add("ann"), t.add("ben")];
t.linkAll();
t.elect(ann);
t.settle();
let beside = "";
for (let i = 0; i < 60; i++) {
  const id = t.say(i % 3 === 0 ? ben : ann, "lobby", `${i}`);
  if (i === 7) beside = t.act(ann, ann.rooms.acts.answer(id, { text: "beside" }, false, t.millis)).messageId;
  t.run(10);
}
t.settle();
const all = ann.messages("lobby");
const ids = (messages: readonly RoomMessage[]): string[] => messages.map(({ messageId }) => messageId);

it("the room is longer than memory, and an answer stands beside it", () => {
  expect(all).toHaveLength(60);
  expect(ids(all)).not.toContain(beside);
});

it("before, after, around and at are slices of the whole", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 59 }), fc.integer({ min: 1, max: 70 }), (place, limit) => {
      const { messageId: id, sentAt } = all[place] as RoomMessage;
      const before = ann.page("lobby", { before: id }, limit);
      expect(ids(before.messages)).toEqual(ids(all.slice(Math.max(0, place - limit), place)));
      expect([before.hasMore, before.hasNewer]).toEqual([place > limit, true]);
      const after = ann.page("lobby", { after: id }, limit);
      expect(ids(after.messages)).toEqual(ids(all.slice(place + 1, place + 1 + limit)));
      expect([after.hasMore, after.hasNewer]).toEqual([true, place + 1 + limit < 60]);
      for (const [where, from] of [
        [{ around: id }, place],
        [{ at: sentAt }, all.findIndex((one) => one.sentAt >= sentAt)],
      ] as const) {
        const page = ann.page("lobby", where, limit);
        const start = Math.max(0, from - ((limit - ("around" in where ? 1 : 0)) >> 1));
        expect(ids(page.messages)).toEqual(ids(all.slice(start, start + limit)));
        expect([page.hasMore, page.hasNewer]).toEqual([start > 0, start + limit < 60]);
      }
    }),
  );
});

it("a moment before everything shows the beginning, one after everything the end", () => {
  expect(ids(ann.page("lobby", { at: 0 as never }, 10).messages)).toEqual(ids(all.slice(0, 10)));
  expect(ids(ann.page("lobby", { at: 9e15 as never }, 10).messages)).toEqual(ids(all.slice(-5)));
});

it("what is not there has no page", () => {
  for (const where of [{ before: "no/such/1" }, { after: "no/such/1" }, { around: "x" }])
    expect(ann.rooms.listMessages("lobby" as never, where, 10)).toBeUndefined();
});
