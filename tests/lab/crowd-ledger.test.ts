/** The judge of the crowd finds what is planted, and nothing where all is well. */
import { describe, expect, it } from "vitest";
import { Ledger, type Problem, type Screen, type Witness } from "./crowd-ledger.ts";

const length = 20;
const keptMin = 100;
const beginMs = 1_000;
const everybody = ["ada", "ben", "cleo"].map((peerId): Witness => ({ peerId, since: 0 }));

/** Ada and Ben say two each; all are told and shown to all. `tamper` sees each that is to be shown, and shows it itself. */
function talk(tamper: (show: () => void, number: number, receiver: string) => void = (show) => show()): Ledger {
  const ledger = new Ledger("room");
  for (const author of ["ada", "ben", "ada", "ben"]) {
    const { said, text } = ledger.say(author, beginMs + ledger.said.length, length);
    said.takenAt = said.at + 1;
    ledger.told(text, "delivered", said.at + 5);
    for (const { peerId } of everybody) {
      tamper(() => ledger.show(peerId, author, text, said.at + 3), said.number, peerId);
    }
  }
  return ledger;
}

function screens(cleo: readonly number[] = [0, 1, 2, 3]): Screen[] {
  return everybody.map((witness) => ({ ...witness, numbers: witness.peerId === "cleo" ? cleo : [0, 1, 2, 3] }));
}

function kinds(ledger: Ledger, witnesses: readonly Witness[] = everybody, shown = screens()): Problem["kind"][] {
  return ledger.problems(witnesses, shown, keptMin).map(({ kind }) => kind);
}

describe("the ledger", () => {
  it("finds nothing where everybody has everything", () => {
    const ledger = talk();
    expect(kinds(ledger)).toEqual([]);
    expect(ledger.latencies([{ peerId: "cleo", since: 0 }], ({ at }) => at)).toEqual([3, 3, 3, 3]);
    expect(ledger.deliveries(everybody)).toBe(8);
  });

  it("finds what is lost", () => {
    const ledger = talk((show, number, receiver) => {
      if (number !== 2 || receiver !== "cleo") show();
    });
    expect(kinds(ledger)).toEqual(["lost"]);
    expect(ledger.missing(everybody)).toBe(1);
  });

  it("finds what is shown twice", () => {
    const ledger = talk((show, number, receiver) => {
      show();
      if (number === 3 && receiver === "ben") show();
    });
    expect(kinds(ledger)).toEqual(["doubled"]);
    expect(kinds(talk(), everybody, screens([0, 1, 1, 2, 3]))).toContain("doubled");
  });

  it("finds one author's messages out of order", () => {
    const late: (() => void)[] = [];
    const ledger = talk((show, number, receiver) => {
      if (number === 0 && receiver === "cleo") late.push(show);
      else show();
    });
    for (const show of late) show();
    expect(kinds(ledger)).toEqual(["disordered"]);
  });

  it("finds another order, and a screen that lacks what it was told", () => {
    expect(kinds(talk(), everybody, screens([1, 0, 2, 3]))).toEqual(["disagreed"]);
    expect(kinds(talk(), everybody, screens([2, 3]))).toEqual(["lost", "lost"]);
  });

  it("lets a screen let go of what is old", () => {
    expect(
      talk()
        .problems(everybody, screens([2, 3]), 2)
        .map(({ kind }) => kind),
    ).toEqual([]);
  });

  it("owes a newcomer what was said after it came, and no more", () => {
    const late = [
      { peerId: "ada", since: 0 },
      { peerId: "ben", since: 0 },
      { peerId: "cleo", since: beginMs + 2 },
    ] satisfies Witness[];
    const without = (missing: readonly number[]): Ledger =>
      talk((show, number, receiver) => {
        if (receiver !== "cleo" || !missing.includes(number)) show();
      });
    const shown = (numbers: readonly number[]): Screen[] =>
      late.map((witness) => ({ ...witness, numbers: witness.peerId === "cleo" ? numbers : [0, 1, 2, 3] }));
    expect(kinds(without([0, 1]), late, shown([2, 3]))).toEqual([]);
    expect(kinds(without([0]), late, shown([1, 2, 3]))).toEqual([]);
    expect(kinds(without([0, 1, 2]), late, shown([3]))).toEqual(["lost", "lost"]);
  });

  it("finds another author than the one who said it, and what was said elsewhere", () => {
    const ledger = talk();
    ledger.show("cleo", "ben", "room#0 ", beginMs);
    expect(kinds(ledger)).toContain("forged");
    const other = talk();
    other.show("cleo", "ada", "lobby#0 ", beginMs);
    expect(kinds(other)).toEqual(["forged"]);
  });

  it("lets a message go with its author only where nobody was told that it is held, and then everywhere", () => {
    const living = everybody.filter(({ peerId }) => peerId !== "ada");
    const held = talk((show, number, receiver) => {
      if (number !== 2 || receiver === "ada") show();
    });
    expect(kinds(held, living, [])).toEqual(["lost", "lost"]);
    const ledger = new Ledger("room");
    ledger.say("ada", beginMs, length).said.takenAt = beginMs;
    expect(ledger.problems(living, [], keptMin)).toEqual([]);
    expect(ledger.problems(everybody, [], keptMin).map(({ kind }) => kind)).toEqual(["lost", "lost", "lost"]);
    const unequal = living.map((witness, index) => ({ ...witness, numbers: index === 0 ? [0] : [] }));
    expect(ledger.problems(living, unequal, keptMin).map(({ kind }) => kind)).toEqual(["lost"]);
  });

  it("finds what a living author's peer refused", () => {
    const ledger = new Ledger("room");
    ledger.say("ada", beginMs, length);
    expect(ledger.problems(everybody, [], keptMin).map(({ kind }) => kind)).toEqual(["refused"]);
  });
});
