/** A small town that counts as a crowd. */
import type { CrowdBounds } from "../../src/rooms/crowd.ts";
import { type Citizen, Town } from "./rooms.town.ts";

export const receipted: CrowdBounds = { crowdMin: 4, receiptsMembersMax: 64 };
export const vast: CrowdBounds = { crowdMin: 4, receiptsMembersMax: 5 };

/** Everybody reaches everybody; links form a line, whose order is not that of the ids. */
export function crowd(bounds: CrowdBounds, count = 12, seed = 1): { t: Town; people: Citizen[]; first: Citizen; last: Citizen } {
  const t = new Town(seed, bounds);
  const people = Array.from({ length: count }, (_, i) => t.add(`citizen ${i}`));
  t.linkAll();
  for (let i = 1; i < count; i++) t.wire(people[i - 1] as Citizen, people[i] as Citizen);
  t.elect(people[0] as Citizen);
  t.run(20_000);
  return { t, people, first: people[0] as Citizen, last: people[count - 1] as Citizen };
}

export const texts = (people: readonly Citizen[], roomId: string): string[][] => people.map((citizen) => citizen.texts(roomId));
export const everybody = (people: readonly Citizen[], ...expected: string[]): string[][] => people.map(() => expected);
