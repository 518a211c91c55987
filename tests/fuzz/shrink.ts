/** Makes an input that shows a fault as small as it can be while it shows the same fault (delta debugging, Zeller 1999). */
import { attempt } from "./attempt.ts";
import { join } from "./drawing.ts";
import type { Target } from "./target.ts";

/** What is slow stays clearly so: at the very bound it would be a find on some days only. */
const slackWhereSlow = 1.5;

export async function shrink(target: Target, input: Uint8Array, kind: string, budgetMs: number): Promise<Uint8Array> {
  const until = performance.now() + budgetMs;
  const isSame = async (candidate: Uint8Array): Promise<boolean> => (await attempt(target, candidate, slackWhereSlow))?.kind === kind;
  let smallest = input;
  for (let chunk = Math.ceil(input.length / 2); chunk >= 1 && performance.now() < until; ) {
    const before = smallest.length;
    for (let at = 0; at < smallest.length && performance.now() < until; ) {
      const without = join(smallest.subarray(0, at), smallest.subarray(at + chunk));
      // Brackets close what others open: both halves of a nest go together.
      const mirrored = join(
        smallest.subarray(0, at),
        smallest.subarray(at + chunk, Math.max(at + chunk, smallest.length - at - chunk)),
        smallest.subarray(smallest.length - at),
      );
      if (await isSame(without)) smallest = without;
      else if (chunk > 1 && mirrored.length < without.length && (await isSame(mirrored))) smallest = mirrored;
      else at += chunk;
    }
    if (chunk === 1 && smallest.length === before) break;
    chunk = chunk === 1 ? 1 : Math.ceil(chunk / 2);
  }
  for (let at = 0; at < smallest.length && performance.now() < until; at += 1) {
    if (smallest[at] === 0) continue;
    const zeroed = smallest.slice();
    zeroed[at] = 0;
    if (await isSame(zeroed)) smallest = zeroed;
  }
  return smallest;
}
