/** One run: its acts one after another, the checkers beside it, then calm until everybody agrees or the time is over. */
import { createNodeSignatures } from "../../src/crypto/signatures.node.ts";
import type { Act } from "./acts.ts";
import { Cast } from "./cast.ts";
import { checkersFor } from "./checkers/index.ts";
import { drawActs } from "./draw.ts";
import type { Spoilers } from "./machine.ts";
import type { CreateChecker, Seen } from "./seen.ts";
import type { Settings } from "./settings.ts";
import { Stage } from "./stage.ts";
import { type Violation, World } from "./world.ts";

export interface RunOptions {
  readonly settings: Settings;
  /** Else they are drawn. */
  readonly acts?: readonly Act[] | undefined;
  readonly checkers?: readonly CreateChecker[];
  readonly spoilers?: Spoilers;
  readonly witness?: (what: Seen, now: number) => void;
  readonly beforeAct?: (act: Act) => void;
}

export interface Outcome {
  readonly settings: Settings;
  readonly acts: readonly Act[];
  readonly violations: readonly Violation[];
  /** Inputs that peers handled. */
  readonly steps: number;
  readonly fingerprint: string;
  /** After the last fault; undefined where they did not agree in time. */
  readonly convergedMs: number | undefined;
}

const inspectMs = 500;
const lookMs = 1_000;
/** Agreement that does not last is none. */
const lastsMs = 3_000;

export const createCast = (): Cast => new Cast(createNodeSignatures());

export async function play(cast: Cast, options: RunOptions): Promise<Outcome> {
  const { settings } = options;
  const acts = options.acts ?? drawActs(settings);
  const world = new World(settings, cast, options.checkers ?? checkersFor([settings.marker], cast.inside), {
    ...(options.spoilers && { spoilers: options.spoilers }),
    witness: options.witness,
  });
  const stage = new Stage(world);
  const isOver = (): boolean => settings.stopsAtOnce && world.violations.length > 0;
  let inspectAt = inspectMs;
  const passUntil = async (end: number): Promise<void> => {
    while (inspectAt <= end && !isOver()) {
      await world.passUntil(inspectAt);
      world.inspect();
      inspectAt += inspectMs;
    }
    if (!isOver()) await world.passUntil(end);
  };
  for (const act of acts) {
    await passUntil(act.at);
    if (isOver()) break;
    options.beforeAct?.(act);
    await stage.perform(act);
  }
  let convergedMs: number | undefined;
  const calmAt = world.now;
  let holdsSince: number | undefined;
  while (world.isCalm && !isOver() && convergedMs === undefined && world.now < calmAt + settings.convergeMs) {
    await passUntil(world.now + lookMs);
    const holds = world.unsettled().length === 0;
    holdsSince = holds ? (holdsSince ?? world.now) : undefined;
    if (holdsSince !== undefined && world.now - holdsSince >= lastsMs) convergedMs = holdsSince - calmAt;
  }
  if (world.isCalm && !isOver() && convergedMs === undefined)
    for (const { checker, what } of world.unsettled()) world.report(checker, what);
  return {
    settings,
    acts,
    violations: world.violations,
    steps: world.fingerprint.steps,
    fingerprint: world.fingerprint.value,
    convergedMs,
  };
}
