/** Who is called alike, kept up to date name by name. */
import { describe, expect, it } from "vitest";
import type { PeerId } from "../../src/ids.ts";
import { Names } from "../../src/peer/names.ts";

const [ada, ben, cleo] = ["ada", "ben", "cleo"] as PeerId[] as [PeerId, PeerId, PeerId];

describe("names", () => {
  it("clash from the second bearer on, whatever the case or the form of a letter", () => {
    const names = new Names();
    expect(names.note(ada, "Zoé")).toEqual([]);
    expect(names.hasClash(ada)).toBe(false);
    expect(names.note(ben, "zoe\u0301".toUpperCase())).toEqual([ada]);
    expect([ada, ben].map((peerId) => names.hasClash(peerId))).toEqual([true, true]);
    expect(names.note(cleo, "zoé")).toEqual([]);
    expect(names.hasClash(cleo)).toBe(true);
  });

  it("are free again when only one bearer is left", () => {
    const names = new Names();
    for (const peerId of [ada, ben, cleo]) names.note(peerId, "Zoé");
    expect(names.note(cleo, undefined)).toEqual([]);
    expect(names.note(ben, "Ben")).toEqual([ada]);
    expect([ada, ben, cleo].map((peerId) => names.hasClash(peerId))).toEqual([false, false, false]);
    expect(names.size).toBe(2);
  });

  it("that are told again change nothing", () => {
    const names = new Names();
    names.note(ada, "Ada");
    names.note(ben, "Ada");
    expect(names.note(ben, "ADA")).toEqual([]);
    expect(names.hasClash(ada)).toBe(true);
  });
});
