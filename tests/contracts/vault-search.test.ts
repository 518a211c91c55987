/** One suite for both vaults: what was said is found by its words, narrowed by who and where, newest first, and no longer once it is gone. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createMemoryVault, type StoredEvent, type TextQuery, type Vault } from "../../src/store/index.ts";
import { batchMax, readMax, searchFilterMax, searchWordCharsMax, searchWordsCharsMax, textsAtOneClock } from "../../src/store/limits.ts";
import { loadSqlite } from "../../src/store/sqlcipher.node.ts";
import { openVault } from "../../src/store/vault.node.ts";

const Sqlite = await loadSqlite();
const key = new Uint8Array(32).fill(9);
const said = (seq: number, text: string | undefined, change: Partial<StoredEvent> = {}): StoredEvent => ({
  roomId: "lobby",
  author: "ada",
  logId: "0f",
  seq,
  clock: 1_700_000_000_000 + seq,
  bytes: Uint8Array.of(seq % 256),
  arrivedAt: 1,
  ...change,
  ...(text !== undefined && { text }),
});

let directory: string;
let vault: Vault;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "earshot-search-"));
});
afterEach(() => {
  vault.close();
  rmSync(directory, { recursive: true });
});

const found = (words: string, narrowed: Partial<TextQuery> = {}): number[] =>
  vault.searchTexts({ words, limit: 50, ...narrowed }).map((hit) => hit.key.seq);

describe.each<[name: string, open: () => Vault]>([
  ["in memory", createMemoryVault],
  ["in SQLCipher", () => openVault(Sqlite, join(directory, "vault.db"), key, { makes: true })],
])("a search %s", (_name, open) => {
  beforeEach(() => {
    vault = open();
  });

  it("finds nothing where nothing was said, and gives back what was stored", () => {
    expect(found("boat")).toEqual([]);
    vault.appendEvents([said(1, "the boat is in"), said(2, undefined), said(3, "")]);
    expect(found("boat")).toEqual([1]);
    expect(found("")).toEqual([3, 1]);
    expect(vault.readEvents("lobby", 9)).toEqual([said(3, ""), said(2, undefined), said(1, "the boat is in")]);
    expect(vault.searchTexts({ words: "boat", limit: 1 })[0]).toMatchObject({
      key: { roomId: "lobby", author: "ada", logId: "0f", seq: 1 },
      clock: 1_700_000_000_001,
    });
  });

  it("finds all words by their beginnings, in any order, newest first", () => {
    vault.appendEvents([
      said(1, "the boat came in"),
      said(2, "boats, and a harbour!"),
      said(3, "steamboat"),
      said(4, "In: the BOAT", { target: "of that" }),
    ]);
    expect(vault.searchTexts({ words: "boat", limit: 9 }).map((hit) => hit.target)).toEqual(["of that", undefined, undefined]);
    expect(found("boat")).toEqual([4, 2, 1]);
    expect(found("in boat")).toEqual([4, 1]);
    expect(found("boat harb")).toEqual([2]);
    expect(found("boathouse")).toEqual([]);
    vault.appendEvents([said(5, "plan b"), said(6, "b")]);
    expect(found("b")).toEqual([6, 5]);
    expect(found("plan b")).toEqual([5]);
    expect(found("boat", { limit: 1 })).toEqual([4]);
    expect(found("boat", { limit: 0 })).toEqual([]);
  });

  it.each([
    ["naïve café", "NAIVE cafe"],
    ["Straße", "strasse"],
    ["STRASSE", "straße"],
    ["Łódź, Ærø", "lodz aero"],
    ["ΟΔΟΣ", "οδος"],
    ["İstanbul ve Iğdır", "istanbul igdir"],
    ["ﬁne ２０２６", "fine 2026"],
    ["שָׁלוֹם", "שלום"],
    ["नमस्ते दुनिया", "नमस्ते"],
    ["안녕하세요", "안녕"],
    ["東京都に行きます", "京都"],
    ["東京都に行きます", "東京都"],
    ["東京都に行きます", "す"],
    ["ラーメン", "ーメ"],
    ["我们明天去北京吃饭", "北京吃"],
    ["สวัสดีครับ", "ดีครับ"],
    ["deploy東京server", "東京 serv"],
    ["see snake_case_name", "case"],
    ["https://example.org/harbour?x=1", "example harbour"],
    ["fine 👍🏽", "👍"],
    ["don't", "don't"],
  ])("finds %s by %s", (text, words) => {
    vault.appendEvents([said(1, text), said(2, "something else"), said(3, "別の話だ")]);
    expect(found(words)).toEqual([1]);
  });

  it.each(["か", "दुनियो", "\ue000", "\ue001lobby", '"', "* OR", "(", "!?", "NEAR", "a".repeat(100), "-", "words : x", "--", "^thing"])(
    "takes %s for words, and finds what has none of them nowhere",
    (words) => {
      vault.appendEvents([said(1, "some words"), said(2, "がぎぐ दुनिया")]);
      expect(found(words)).toEqual([]);
    },
  );

  it("finds a word without end by its beginning", () => {
    const endless = "ab".repeat(5_000);
    vault.appendEvents([said(1, endless)]);
    expect(found(endless.slice(0, searchWordCharsMax))).toEqual([1]);
    expect(found(endless.slice(0, searchWordsCharsMax))).toEqual([1]);
  });

  it("is narrowed by rooms, authors, clock and what is in it", () => {
    const at = (seq: number): number => 1_700_000_000_000 + seq;
    vault.appendEvents([
      said(1, "boat one"),
      said(2, "boat two", { author: "ben" }),
      said(3, "boat three", { roomId: "@ADA.x/é" }),
      said(4, "boat four https://a.b", { roomId: "@ADA.x/é", author: "ben" }),
      said(5, "boat `five`", { author: "CID" }),
      said(6, "boat @ada six www.x.y", { author: "cid" }),
    ]);
    const keys = (narrowed: Partial<TextQuery>): number[] => found("boat", narrowed);
    expect(keys({ roomIds: ["lobby"] })).toEqual([6, 5, 2, 1]);
    expect(keys({ roomIds: ["@ADA.x/é", "nowhere"] })).toEqual([4, 3]);
    expect(keys({ roomIds: ["@ada.x/é"] })).toEqual([]);
    expect(keys({ roomIds: [] })).toEqual([]);
    expect(keys({ authors: ["cid"] })).toEqual([6]);
    expect(keys({ authors: ["ada", "CID"] })).toEqual([5, 3, 1]);
    expect(keys({ notAuthors: ["ada", "ben"] })).toEqual([6, 5]);
    expect(keys({ notAuthors: [] })).toHaveLength(6);
    expect(found("", { notAuthors: ["ada", "ben"] })).toEqual([6, 5]);
    expect(keys({ before: at(3) })).toEqual([2, 1]);
    expect(keys({ after: at(5) })).toEqual([6, 5]);
    expect(keys({ after: at(2), before: at(4) })).toEqual([3, 2]);
    expect(keys({ has: ["link"] })).toEqual([6, 4]);
    expect(keys({ has: ["code"] })).toEqual([5]);
    expect(keys({ has: ["link", "mention"] })).toEqual([6]);
    expect(found("", { has: ["link"], authors: ["ben"], roomIds: ["@ADA.x/é"], before: at(9) })).toEqual([4]);
    expect(found("five", { authors: Array.from({ length: searchFilterMax - 1 }, (_, n) => `a${n}`).concat("CID") })).toEqual([5]);
  });

  it("goes on where the page before ended, more at one millisecond than fit there too", () => {
    const count = textsAtOneClock * 3;
    const crowded = Array.from({ length: count }, (_, seq) => said(seq, "tied", { clock: 1_700_000_000_000 }));
    vault.appendEvents([...crowded, said(count, "tied", { clock: 1_700_000_900_000 })]);
    const pages: number[] = [];
    let past: number | undefined;
    do {
      const page = vault.searchTexts({ words: "tied", limit: 7, past });
      pages.push(...page.map((hit) => hit.key.seq));
      past = page.at(-1)?.place;
    } while (past !== undefined);
    expect(pages[0]).toBe(count);
    expect(found("tied", { before: 1_700_000_000_001, limit: 500 })).toHaveLength(count);
    expect(found("tied", { before: 1_700_000_000_000 })).toEqual([]);
    expect(found("tied", { after: 1_700_000_000_001 })).toEqual([count]);
    expect(pages.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count + 1 }, (_, seq) => seq));
  });

  it("finds the new text and not the old, wherever it was changed", () => {
    vault.appendEvents([said(1, "first words"), said(2, undefined), said(3, "first three")]);
    vault.setText(said(1, undefined), "other");
    vault.setText(said(2, undefined), "second");
    vault.setText(said(9, undefined), "nowhere");
    expect(found("first")).toEqual([3]);
    expect(found("other")).toEqual([1]);
    expect(found("second")).toEqual([2]);
    expect(found("nowhere")).toEqual([]);
    vault.setText(said(1, undefined), undefined);
    vault.setText(said(1, undefined), undefined);
    expect(found("other")).toEqual([]);
    expect(vault.readEvents("lobby", 9).at(-1)).toEqual(said(1, undefined));
    vault.rewriteEvents([said(3, "third"), said(2, undefined), said(7, "seventh")]);
    expect(found("")).toEqual([3]);
    expect(found("thi")).toEqual([3]);
    vault.rewriteEvents([said(3, "third", { clock: 5 })]);
    expect(found("third", { before: 6 })).toEqual([3]);
    vault.appendEvents([said(3, "not this")]);
    expect(found("not")).toEqual([]);
    vault.deleteEvents([said(3, undefined)]);
    expect(found("")).toEqual([]);
    vault.appendEvents([said(3, "again")]);
    expect(found("again")).toEqual([3]);
  });

  it("refuses what is beyond the bounds, and changes nothing", () => {
    vault.appendEvents([said(1, "kept")]);
    const long = "x".repeat(64 * 1024 + 1);
    expect(() => vault.setText(said(1, undefined), long)).toThrow(RangeError);
    expect(() => vault.appendEvents([said(2, "fine"), said(3, long)])).toThrow(RangeError);
    expect(() => vault.searchTexts({ words: "k".repeat(searchWordsCharsMax + 1), limit: 1 })).toThrow(RangeError);
    expect(() => vault.searchTexts({ words: "k", limit: readMax + 1 })).toThrow(RangeError);
    expect(() => vault.searchTexts({ words: "k", limit: 1, roomIds: [""] })).toThrow(RangeError);
    expect(() => vault.searchTexts({ words: "k", limit: 1, authors: new Array<string>(searchFilterMax + 1).fill("a") })).toThrow(
      RangeError,
    );
    expect(found("")).toEqual([1]);
  });

  it("agrees with looking at every text, whatever was stored, changed and deleted", () => {
    const word = fc.constantFrom("an", "ant", "boat", "börse", "cat", "https://x.y", "`c`", "@ann", "東京", "京");
    const aText = fc.option(
      fc.array(word, { maxLength: 4 }).map((words) => words.join(" ")),
      { nil: undefined },
    );
    const place = { roomId: fc.constantFrom("r", "s"), author: fc.constantFrom("a", "b"), seq: fc.nat(6) };
    const act = fc.oneof(
      { weight: 3, arbitrary: fc.record({ append: fc.array(fc.record({ ...place, clock: fc.nat(9), text: aText }), { maxLength: 6 }) }) },
      { weight: 1, arbitrary: fc.record({ rewrite: fc.record({ ...place, clock: fc.nat(9), text: aText }) }) },
      { weight: 1, arbitrary: fc.record({ set: fc.record({ ...place, text: aText }) }) },
      { weight: 1, arbitrary: fc.record({ remove: fc.record(place) }) },
    );
    const query = fc.record({
      words: fc.array(word, { maxLength: 2 }).map((words) => words.join(" ")),
      authors: fc.option(fc.subarray(["a", "b", "x"]), { nil: undefined }),
      notAuthors: fc.option(fc.subarray(["a", "b"]), { nil: undefined }),
      before: fc.option(fc.nat(9), { nil: undefined }),
      after: fc.option(fc.nat(9), { nil: undefined }),
    });
    let round = 0;
    fc.assert(
      fc.property(fc.array(act, { maxLength: 10 }), query, (acts, asked) => {
        round += 1;
        // Rounds do not crowd one another's clocks.
        const clockOf = (clock: number): number => round * 1_000_000 + clock;
        const own = (one: { roomId: string; author: string; seq: number; clock?: number }): StoredEvent =>
          said(one.seq, undefined, { ...one, clock: clockOf(one.clock ?? 1), roomId: `${round}${one.roomId}` });
        const model = new Map<string, StoredEvent>();
        const nameOf = (event: StoredEvent): string => `${event.roomId} ${event.author} ${event.seq}`;
        for (const each of acts) {
          if ("append" in each) {
            vault.appendEvents(each.append.map(own));
            for (const one of each.append.map(own)) if (!model.has(nameOf(one))) model.set(nameOf(one), one);
          } else if ("rewrite" in each) {
            const one = own(each.rewrite);
            vault.rewriteEvents([one]);
            if (model.has(nameOf(one))) model.set(nameOf(one), one);
          } else if ("set" in each) {
            const one = own(each.set);
            vault.setText(one, each.set.text);
            const before = model.get(nameOf(one));
            if (before !== undefined) model.set(nameOf(one), { ...before, text: each.set.text });
          } else {
            vault.deleteEvents([own(each.remove)]);
            model.delete(nameOf(own(each.remove)));
          }
        }
        const plainly = (text: string): string => ` ${text.replaceAll("ö", "o").replaceAll(/[^a-z東京]+/gu, " ")}`;
        const sought = plainly(asked.words).split(" ").filter(Boolean);
        const expected = [...model.values()].filter(
          ({ text, author, clock }) =>
            text !== undefined &&
            sought.every((one) => `${plainly(text)} `.includes(/[東京]/u.test(one) ? one : one.length === 1 ? ` ${one} ` : ` ${one}`)) &&
            (asked.authors?.includes(author) ?? true) &&
            asked.notAuthors?.includes(author) !== true &&
            clock < clockOf(asked.before ?? 99) &&
            clock >= clockOf(asked.after ?? 0),
        );
        const hits = vault.searchTexts({
          ...asked,
          before: asked.before === undefined ? undefined : clockOf(asked.before),
          after: asked.after === undefined ? undefined : clockOf(asked.after),
          roomIds: [`${round}r`, `${round}s`],
          limit: 100,
        });
        const names = hits.map(({ key: { roomId, author, seq } }) => `${roomId} ${author} ${seq}`);
        expect(names.toSorted()).toEqual(expected.map(nameOf).toSorted());
        expect(hits.map(({ clock }) => clock)).toEqual(expected.map(({ clock }) => clock).toSorted((a, b) => b - a));
      }),
      { numRuns: 100 },
    );
  });

  it("keeps its order over many writes that come in any order", () => {
    const seqs = Array.from({ length: 2_000 }, (_, index) => (index * 7_919) % 2_000);
    for (let from = 0; from < seqs.length; from += 50) {
      const batch = seqs.slice(from, from + Math.min(50, batchMax)).map((seq) => said(seq, `word${seq % 10} common`));
      vault.appendEvents(batch);
    }
    expect(found("common", { limit: 3 })).toEqual([1_999, 1_998, 1_997]);
    expect(found("word3", { limit: 3 })).toEqual([1_993, 1_983, 1_973]);
    const inOrder = seqs.toSorted((one, other) => one - other);
    const read = (events: readonly StoredEvent[]): number[] => events.map(({ seq }) => seq);
    expect(read(vault.readLog("lobby", "ada", "0f", 0, 5_000))).toEqual(inOrder);
    expect(read(vault.readLog("lobby", "ada", "0f", 777, 2))).toEqual([777, 778]);
    expect(read(vault.readNewer("lobby", 5_000, { clock: 0, author: "", logId: "", seq: 0 }))).toEqual(inOrder);
    expect(read(vault.readEvents("lobby", 5_000))).toEqual(inOrder.toReversed());
    vault.deleteEvents(seqs.filter((seq) => seq % 3 !== 0).map((seq) => said(seq, undefined)));
    expect(read(vault.readEvents("lobby", 5_000, said(1_500, undefined)))).toEqual(
      inOrder.filter((seq) => seq % 3 === 0 && seq < 1_500).toReversed(),
    );
    expect(found("common", { limit: 3, past: vault.searchTexts({ words: "common", limit: 1 })[0]?.place })).toEqual([1_995, 1_992, 1_989]);
  });
});
