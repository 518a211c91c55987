/** Delivery while away, over restarts: plays in which what is held has to be found again on a disk. */
import { describe, expect, it } from "vitest";
import type { MessageView } from "../../src/api/contract.ts";
import { parseAct } from "./acts.ts";
import { createCast, play } from "./run.ts";
import { settingsOf } from "./settings.ts";

const cast = createCast();

/** How often each reader's screen showed it first, and the last state on the author's screen. */
async function run(acts: readonly string[]): Promise<{ shown: string[]; states: Map<string, MessageView> }> {
  const shown: string[] = [];
  const states = new Map<string, MessageView>();
  const { violations } = await play(cast, {
    settings: settingsOf(1, { liar: "none", stopsAtOnce: false }),
    acts: acts.map(parseAct),
    witness: (what) => {
      if (what.type !== "told" || (what.event.event !== "messageAdded" && what.event.event !== "messageChanged")) return;
      const { message } = what.event;
      const text = message.text.replace(/^\w+ /u, "");
      if (message.from === what.start.peerId) states.set(text, message);
      else if (what.event.event === "messageAdded") shown.push(`${what.start.name}: ${text}`);
    },
  });
  expect(violations).toEqual([]);
  return { shown, states };
}

describe("mail", () => {
  it("is kept by holders over their restarts", async () => {
    const { shown } = await run([
      ...["0 join P1 guest", "50 join P2", "100 join P3", "150 join P4", "6000 quit P2", "30000 say P1 @P2 1", "35000 forGood P1"],
      ...["36000 kill P3", "36000 kill P4", "50000 return P3", "51000 return P4", "70000 return P2", "90000 calm"],
    ]);
    expect(shown).toEqual(["P2: P1 1"]);
  });

  it("is put with others by a sender who comes back, for somebody it has not seen in this start", async () => {
    const { shown } = await run([
      ...["0 join P1", "50 join P2", "6000 quit P2", "20000 say P1 @P2 1", "22000 quit P1"],
      ...["30000 join P3 guest", "31000 join P4 guest", "40000 return P1", "60000 forGood P1", "70000 return P2", "90000 calm"],
    ]);
    expect(shown).toEqual(["P2: P1 1"]);
  });

  it("brings a sender who comes back later the word that its reader has it", async () => {
    const { states } = await run([
      ...["0 join P1", "50 join P2", "100 join P3", "150 join P4", "6000 quit P2", "30000 say P1 @P2 1", "35000 quit P1"],
      ...["40000 return P2", "50000 quit P2", "60000 return P1", "90000 calm"],
    ]);
    expect(states.get("P1 1")).toMatchObject({ state: "delivered" });
  });

  it("of a room whose members are all away waits for them", async () => {
    const { shown } = await run([
      ...["0 join P1", "50 join P2", "100 join P3 guest", "150 join P4 guest", "5000 createClosed P1 den", "6000 invite P1 den P2"],
      ...["7000 enter P2 den", "10000 quit P2", "30000 say P1 den 1", "35000 forGood P1", "45000 return P2", "70000 calm"],
    ]);
    expect(shown).toEqual(["P2: P1 1"]);
  });
});
