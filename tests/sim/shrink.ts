/**
 * Makes a failing run short enough to be read: leaves out acts for as long as the same checker still fails (Zeller and
 * Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002, section 3), first whole machines, then ever
 * smaller parts. Bounded in time, since each attempt is a run.
 */
import type { Act } from "./acts.ts";
import type { Cast } from "./cast.ts";
import { type Outcome, play, type RunOptions } from "./run.ts";

/** Whoever starts the peers must come before those who use them, so parts are left out from the end. */
export async function shrink(
  cast: Cast,
  failed: Outcome,
  options: Omit<RunOptions, "settings" | "acts">,
  budgetMs: number,
): Promise<Outcome> {
  const kind = kindOf(failed);
  const endAt = performance.now() + budgetMs;
  let best = failed;
  const isOver = (): boolean => performance.now() >= endAt;

  async function attempt(acts: readonly Act[]): Promise<boolean> {
    if (acts.length >= best.acts.length) return false;
    const outcome = await play(cast, { ...options, settings: failed.settings, acts });
    if (kindOf(outcome) !== kind) return false;
    best = outcome;
    return true;
  }

  const at = failed.violations[0]?.at ?? 0;
  await attempt(best.acts.filter((act) => act.at <= at));
  for (let before = Number.POSITIVE_INFINITY; best.acts.length < before && !isOver(); ) {
    before = best.acts.length;
    await leaveOutPeers();
    await leaveOutVerbs();
    for (let size = Math.ceil(best.acts.length / 2); size >= 1 && !isOver(); size = size === 1 ? 0 : Math.ceil(size / 2))
      await leaveOut(size);
  }
  return best;

  async function leaveOutPeers(): Promise<void> {
    const names = best.acts.filter(({ verb }) => verb === "join" || verb === "liar").map(({ words }) => words[0] ?? "");
    for (const name of names.reverse()) {
      if (isOver()) return;
      await attempt(best.acts.filter(({ words }) => !words.some((word) => word === name || word === `@${name}`)));
    }
  }

  async function leaveOutVerbs(): Promise<void> {
    for (const verb of new Set(best.acts.map((act) => act.verb))) {
      if (verb === "calm" || verb === "liarLeaves" || verb === "join" || isOver()) continue;
      await attempt(best.acts.filter((act) => act.verb !== verb));
    }
  }

  async function leaveOut(size: number): Promise<void> {
    for (let end = best.acts.length; end > 0 && !isOver(); end -= size) {
      const from = Math.max(0, end - size);
      await attempt(best.acts.filter((act, place) => place < from || place >= end || isKept(act)));
    }
  }
}

/** Which checker failed first, and in what words, whomever they name. */
function kindOf({ violations }: Outcome): string | undefined {
  const first = violations[0];
  return first && `${first.checker}: ${first.what.replace(/"[^"]*"|\S*\d\S*/g, "").slice(0, 30)}`;
}

/** What ends the faults: without it nothing has to hold. */
const isKept = ({ verb }: Act): boolean => verb === "calm" || verb === "liarLeaves";
