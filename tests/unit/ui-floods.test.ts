/** Who sends too much, as the host's panel says it. */
import { describe, expect, it } from "vitest";
import { describeFlood, gatherFloods } from "../../src/ui/model/floods.ts";

const nameOf = (peerId: string): string => ({ m: "Mara", j: "Jon", k: "Kenji" })[peerId] ?? "Somebody";
const flood = (peerId: string, since: number, dropped: number, reportedBy: string | null = null) => ({
  peerId,
  name: nameOf(peerId),
  since,
  dropped,
  reportedBy,
});
const said = (...floods: readonly ReturnType<typeof flood>[]): string[] =>
  gatherFloods(floods).map((row) => `${row.name} since ${row.since}: ${describeFlood(row, nameOf, "en")}`);

describe("who sends too much", () => {
  it("is nobody on a calm day", () => {
    expect(said()).toEqual([]);
  });

  it("is said with how much of it was ignored here", () => {
    expect(said(flood("k", 5, 18_204))).toEqual(["Kenji since 5: Ignored 18,204 times"]);
    expect(said(flood("k", 5, 1))).toEqual(["Kenji since 5: Ignored once"]);
  });

  it("is said with whose word it is", () => {
    expect(said(flood("k", 5, 300, "m"))).toEqual(["Kenji since 5: Ignored 300 times, according to Mara"]);
  });

  it("stands there once, however many report it: since the first of them, and all they ignored", () => {
    expect(said(flood("k", 7, 300, "m"), flood("x", 8, 2), flood("k", 5, 1_000, "j"))).toEqual([
      "Kenji since 5: Ignored 1,300 times, according to Mara and Jon",
      "Somebody since 8: Ignored 2 times",
    ]);
  });

  it("is counted by what happened here, where something did, whatever others say", () => {
    const here = flood("k", 6, 300);
    const told = [flood("k", 1, 1_000_000_000, "m"), flood("k", 8, 5, "j")];
    const words = ["Kenji since 6: Ignored 300 times; reported by Mara and Jon too"];
    expect(said(here, ...told)).toEqual(words);
    expect(said(...told, here)).toEqual(words);
  });
});
