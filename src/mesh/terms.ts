/**
 * Which terms are believed: nobody may use them up at one stroke. Above the highest one seen a term may jump by
 * `termJumpMax` and no further. A newcomer has seen none, and believes the first it hears, up to `firstTermMax`. Should a liar have been
 * first, all others refuse what the newcomer repeats, and tell what they know: where most neighbours that know a host
 * stand together beyond reach, above or below, it is oneself who has been lied to.
 */
import { firstTermMax, termJumpMax } from "./limits.ts";

/** What each linked peer says, this one included, as far as its host has signed it; 0 knows no host. */
export type Told = () => readonly number[];

export function isWithinReach(term: number, highestSeen: number, told: Told): boolean {
  // A lie told to a newcomer still leaves room above it.
  const reach = highestSeen === 0 ? firstTermMax : highestSeen + termJumpMax;
  // One's own voice counts against it: else a liar that is the only neighbour is most of them.
  return term <= reach || isMost([...told(), reach], (other) => other > reach);
}

/** Whether this term shows that the highest one seen was a lie. */
export function isRefuted(highestSeen: number, term: number, told: Told): boolean {
  const isFarBelow = (other: number): boolean => other > 0 && other + termJumpMax < highestSeen;
  return isFarBelow(term) && isMost(told(), isFarBelow);
}

function isMost(told: readonly number[], holds: (term: number) => boolean): boolean {
  const hosted = told.filter((term) => term > 0);
  return hosted.filter(holds).length * 2 > hosted.length;
}
