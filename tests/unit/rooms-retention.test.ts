/** How long one machine keeps a room: what is older is gone there from memory, disk and search, and nowhere else. */
import { expect, it } from "vitest";
import { letGoOldAtOnce, retentionCheckMs } from "../../src/rooms/limits.ts";
import { tailBounds } from "../../src/rooms/timeline.ts";
import { findText } from "../support/find-in.ts";
import { KeptTown } from "./rooms.kept-town.ts";

it("lets go of what is older, keeps what is newer, and takes nothing back", () => {
  const t = new KeptTown();
  t.tail = { ...tailBounds, events: 40, slack: 10, recent: 20, recentRoomMin: 50 };
  const [ann, ben] = [t.add("ann"), t.add("ben")];
  t.linkAll();
  t.elect(ann);
  t.settle();
  t.say(ben, "lobby", "bens old secret");
  for (let i = 0; i < 100; i++) t.say(ann, "lobby", `old secret ${i}.`);
  t.settle();
  t.run(100_000);
  for (let i = 0; i < 5; i++) t.say(ann, "lobby", `new ${i}`);
  t.settle();
  ben.keepMs = 50_000;
  ben.rooms.retention.look();
  for (let i = 0; i < 5 && (i === 0 || ben.rooms.retention.isUnfinished); i++) t.save(ben);
  const kept = [0, 1, 2, 3, 4].map((i) => `new ${i}`);
  expect(ben.texts("lobby")).toEqual(kept);
  expect(findText(ben.rooms, "old secret")).toBeUndefined();
  expect(findText(t.shelf(ben), "old secret")).toBeUndefined();
  expect(ben.rooms.search({ words: "secret" }, 10)).toEqual([]);
  expect(t.shelf(ben).rows.size).toBeLessThan(15);
  expect(ann.texts("lobby")).toHaveLength(106);

  // Neither a meeting nor a restart brings it back; what is said goes on.
  t.unlinkAll(ben);
  const again = t.restart(ben);
  again.keepMs = 50_000;
  t.linkAll();
  t.elect(ann);
  t.settle(60_000, 400_000);
  t.say(ann, "lobby", "newest");
  t.say(again, "lobby", "mine");
  t.settle();
  expect(again.texts("lobby").filter((text) => text.includes("old"))).toEqual([]);
  expect(again.texts("lobby").slice(-2).sort()).toEqual(["mine", "newest"]);
  expect(findText(t.shelf(again), "old secret")).toBeUndefined();
  expect(ann.texts("lobby")).toHaveLength(108);
});

it("is looked at again by and by", () => {
  const t = new KeptTown();
  const ann = t.add("ann");
  t.elect(ann);
  t.settle();
  ann.keepMs = retentionCheckMs / 2;
  t.say(ann, "lobby", "short");
  t.run(retentionCheckMs + 1_000);
  t.say(ann, "lobby", "later");
  expect(ann.texts("lobby")).toEqual(["later"]);
  expect(letGoOldAtOnce).toBeGreaterThan(1_000);
});
