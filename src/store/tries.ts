/** How long to wait after so many wrong passphrases in a row. Slows those who sit at the machine; whoever copied the file is slowed by Argon2id alone. */
import { firstWaitMs, freeTries, waitMsMax } from "./limits.ts";

export interface Tries {
  /** Wrong ones in a row, up to and with the one that is being looked at. */
  readonly count: number;
  /** Wall time of the last. */
  readonly lastAt: number;
}

export const noTries: Tries = { count: 0, lastAt: 0 };

export function waitAfter(count: number): number {
  if (count < freeTries) return 0;
  return Math.min(waitMsMax, firstWaitMs * 2 ** Math.min(30, count - freeTries));
}

/** A clock that was set back makes nobody wait longer than the longest wait. */
export function waitLeft({ count, lastAt }: Tries, now: number): number {
  const wait = waitAfter(count);
  return Math.max(0, Math.min(wait, lastAt + wait - now));
}

/** For a person: "12 seconds", "2 minutes". */
export function inWords(waitMs: number): string {
  const seconds = Math.ceil(waitMs / 1_000);
  if (seconds < 120) return seconds === 1 ? "1 second" : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
