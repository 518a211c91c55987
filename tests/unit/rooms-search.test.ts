/** What was said is found wherever it stands, as it reads now, and by nobody who may not read it. */
import { expect, it } from "vitest";
import { keptRooms } from "../../src/cli/kept-rooms.ts";
import type { Millis } from "../../src/ids.ts";
import type { KeptChanges, SoughtText } from "../../src/rooms/index.ts";
import { tailBounds } from "../../src/rooms/timeline.ts";
import { createMemoryVault } from "../../src/store/index.ts";
import { KeptTown, Shelf } from "./rooms.kept-town.ts";
import type { Citizen } from "./rooms.town.ts";

/** Whose rows are in a vault as well, for its index. */
class IndexedShelf extends Shelf {
  readonly #vault = createMemoryVault();
  readonly texts = keptRooms(this.#vault).texts as NonNullable<ReturnType<typeof keptRooms>["texts"]>;

  override write(changes: KeptChanges): void {
    super.write(changes);
    this.#vault.deleteEvents(changes.gone);
    this.#vault.rewriteEvents(changes.rewritten);
    this.#vault.appendEvents(changes.events);
  }
}

function town(): { t: KeptTown; ann: Citizen; ben: Citizen } {
  const t = new KeptTown();
  t.tail = { ...tailBounds, events: 10, slack: 2, recent: 5, recentRoomMin: 12 };
  for (const name of ["ann", "ben"]) t.shelves.set(name, new IndexedShelf());
  const [ann, ben] = [t.add("ann"), t.add("ben")];
  t.linkAll();
  t.elect(ann);
  t.settle();
  return { t, ann, ben };
}

const found = (one: Citizen, words: string, narrowed: Partial<SoughtText> = {}): string[] =>
  one.rooms.search({ words, ...narrowed }, 50).map(({ text }) => text);

it("everything is found, also what memory does not hold, narrowed by whom and when, and after a restart", () => {
  const { t, ann, ben } = town();
  for (let i = 0; i < 40; i++) {
    t.say(i % 2 === 0 ? ann : ben, "lobby", `number${i} of the Straße${i % 10 === 0 ? " https://a.b" : ""}`);
    t.run(1_000);
    t.settle();
  }
  const all = Array.from({ length: 40 }, (_, i) => `number${39 - i}`);
  for (let one = ben, start = 1; start <= 2; start++, one = t.restart(one)) {
    expect(found(one, "STRASSE num").map((text) => text.split(" ")[0])).toEqual(all);
    expect(found(one, "number3")).toHaveLength(11);
    expect(found(one, "umber3")).toEqual([]);
    expect(found(one, "strasse", { authors: [ann.peerId] })).toHaveLength(20);
    expect(found(one, "", { notAuthors: [ann.peerId], roomIds: ["lobby" as never] })).toHaveLength(20);
    expect(found(one, "", { roomIds: ["@nowhere" as never] })).toEqual([]);
    expect(found(one, "", { has: ["link"] })).toHaveLength(4);
    const tenth = one.rooms.search({ words: "number10" }, 1)[0];
    expect(found(one, "strasse", { before: tenth?.sentAt as Millis })).toHaveLength(10);
    expect(found(one, "strasse", { after: tenth?.sentAt as Millis })).toHaveLength(30);
    one.blocked.add(ann.peerId);
    expect(found(one, "strasse")).toHaveLength(20);
    one.blocked.delete(ann.peerId);
  }
});

it("a corrected message is found by what it says now, once, and a taken back one by nothing", () => {
  const { t, ann, ben } = town();
  const id = t.say(ann, "lobby", "the frist word");
  for (let i = 0; i < 20; i++) t.say(ben, "lobby", `more ${i}`);
  t.settle();
  t.act(ann, ann.rooms.acts.edit(id, "the second word", t.millis));
  t.act(ann, ann.rooms.acts.edit(id, "the third word", t.millis));
  t.settle();
  for (const one of [ann, ben, t.restart(ben)]) {
    expect(found(one, "word")).toEqual(["the third word"]);
    expect(found(one, "frist")).toEqual([]);
    expect(found(one, "second")).toEqual([]);
    expect(one.rooms.search({ words: "third" }, 9).map(({ messageId }) => messageId)).toEqual([id]);
  }
  t.act(ann, ann.rooms.acts.delete(id, t.millis));
  t.settle();
  expect(found(ann, "word")).toEqual([]);
  expect(found(ann, "third")).toEqual([]);
  expect((t.shelf(ann) as IndexedShelf).texts.find({ words: "word" }, 9, undefined)).toEqual([]);
});
