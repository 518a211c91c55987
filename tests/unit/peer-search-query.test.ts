/** What a person types to find something, taken apart. */
import { describe, expect, it } from "vitest";
import type { PeerId, RoomId } from "../../src/ids.ts";
import { type Known, parseSearch } from "../../src/peer/search-query.ts";

const known: Known = {
  self: "me" as PeerId,
  named: (name) => (name.toLowerCase() === "mara b" ? (["m1", "m2"] as PeerId[]) : name === "Jon" ? (["j"] as PeerId[]) : []),
  conversation: (ref) => (ref === "#design" ? ("d" as RoomId) : undefined),
};
const day = Date.UTC(2026, 10, 23);
const parsed = (text: string, east = 0): unknown => {
  const result = parseSearch(text, known, east);
  return result.ok ? result.query : result.why;
};

describe("a search", () => {
  it("is words, and filters anywhere among them", () => {
    expect(parsed("two  words")).toEqual({ words: "two words" });
    expect(parsed('ship from:"Mara B" in:#design has:link late from:me')).toEqual({
      words: "ship late",
      authors: ["m1", "m2", "me"],
      roomIds: ["d"],
      has: ["link"],
    });
    expect(parsed("FROM:Jon")).toEqual({ words: "", authors: ["j"] });
    expect(parsed("http://a.b note:x")).toEqual({ words: "http://a.b note:x" });
  });

  it("takes days as the person's own", () => {
    expect(parsed("on:2026-11-23")).toEqual({ words: "", after: day, before: day + 86_400_000 });
    expect(parsed("before:2026-11-23 after:2026-11-21", 60)).toEqual({
      words: "",
      before: day - 3_600_000,
      after: day - 86_400_000 - 3_600_000,
    });
  });

  it.each([
    ["from:Nobody", /Nobody here is called "Nobody"/],
    ["in:#nowhere", /no "#nowhere"/],
    ["has:teeth", /link, code, mention/],
    ["on:2026-02-30", /no day/],
    ["before:yesterday", /2026-11-23/],
  ])("%s says what is wrong, and what to write", (text, why) => {
    expect(parsed(text)).toMatch(why);
  });
});
