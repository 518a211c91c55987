/**
 * The loop: takes an input of the pool, bends it or makes a new one, tries it, and keeps it where it reached code that
 * nothing before it reached. Everything follows from the seed but when the time is over.
 *
 *   pool ──pick──► mutate ──► attempt ──failure──► shrink ──► find
 *     ▲                          └── every batch: coverage ──new──┐
 *     └──────────────────────────────────────────────────────────┘
 */
import * as fc from "fast-check";
import { streamOf } from "../support/random.ts";
import { attempt } from "./attempt.ts";
import type { Coverage } from "./coverage.ts";
import { pick, type Random } from "./drawing.ts";
import { mutate } from "./mutate.ts";
import { shrink } from "./shrink.ts";
import type { Target } from "./target.ts";

export interface Find {
  readonly target: string;
  readonly seed: number;
  readonly kind: string;
  readonly message: string;
  readonly input: Uint8Array;
}

export interface Settings {
  readonly seed: number;
  /** Beside what is drawn: the kept ones. */
  readonly corpus: readonly Uint8Array[];
  readonly executionsMax: number;
  /** From the first input on. */
  readonly msMax: number;
  readonly coverage?: Coverage | undefined;
  /** Before each input; for whoever watches whether it comes back. */
  readonly watch?: ((input: Uint8Array) => void) | undefined;
  readonly shrinkBudgetMs?: number | undefined;
  /** It ends with so many different ones. */
  readonly findsMax?: number | undefined;
}

export interface Result {
  readonly executions: number;
  readonly finds: readonly Find[];
  /** Inputs that reached something new, in the order in which they did. */
  readonly reached: readonly Uint8Array[];
}

const drawnAtStart = 48;
const drawnAtOnce = 32;
const freshShare = 0.1;
const batchMin = 8;
const batchMax = 2_048;
/** A batch is so long that asking for coverage takes no more than about a third of the time. */
const coverageShare = 0.3;
const findsAtMost = 8;
const youngMax = 6;
/** More would leave too little time for each. */
const poolMax = 4_000;

export async function fuzz(target: Target, settings: Settings): Promise<Result> {
  const { seed, corpus, coverage, executionsMax, msMax, findsMax = findsAtMost } = settings;
  const random = streamOf(seed, target.name);
  const draw = drawer(target, random);
  const pool = [...corpus, ...Array.from({ length: drawnAtStart }, draw)];
  const reached: Uint8Array[] = [];
  const finds = new Map<string, Find>();
  const until = performance.now() + msMax;
  let executions = 0;
  let batch: Uint8Array[] = [];
  let batchLength = batchMin;
  let batchStartedAt = performance.now();

  const isOver = (): boolean => executions >= executionsMax || performance.now() >= until || finds.size >= findsMax;

  async function tryOut(input: Uint8Array): Promise<void> {
    settings.watch?.(input);
    executions += 1;
    const failure = await attempt(target, input);
    if (failure === undefined || finds.has(failure.kind)) return;
    const small = await shrink(target, input, failure.kind, settings.shrinkBudgetMs ?? 5_000);
    const { message = failure.message } = (await attempt(target, small)) ?? {};
    finds.set(failure.kind, { target: target.name, seed, kind: failure.kind, message, input: small });
  }

  async function endBatch(guide: Coverage): Promise<void> {
    const askedAt = performance.now();
    const isNews = guide.take() > 0;
    const asking = performance.now() - askedAt;
    const running = Math.max(0.01, askedAt - batchStartedAt);
    const wanted = (batch.length * asking * (1 - coverageShare)) / (coverageShare * running);
    batchLength = Math.round(Math.min(batchMax, Math.max(batchMin, wanted)));
    const fresh = isNews ? await newest(batch, target, guide) : [];
    reached.push(...fresh);
    if (pool.length < poolMax) pool.push(...fresh);
    batch = [];
    batchStartedAt = performance.now();
  }

  coverage?.focus(target.name);
  for (const input of pool.slice()) {
    if (isOver()) break;
    await tryOut(input);
    if (coverage !== undefined && coverage.take() > 0) reached.push(input);
  }
  while (!isOver()) {
    const input = random() < freshShare ? draw() : mutate(chosen(pool, random), chosen(pool, random), target.form, target.bytesMax, random);
    await tryOut(input);
    batch.push(input);
    if (coverage === undefined) batch = [];
    else if (batch.length >= batchLength) await endBatch(coverage);
  }
  return { executions, finds: [...finds.values()], reached };
}

/** Which of a batch reached what is new: of halves, and halves of these, until it is known or all of it is accounted for. */
async function newest(batch: readonly Uint8Array[], target: Target, coverage: Coverage): Promise<Uint8Array[]> {
  if (!coverage.hasFresh) return [];
  for (const input of batch) await attempt(target, input);
  if (!coverage.reachesFresh(batch.length === 1)) return [];
  if (batch.length === 1) return [...batch];
  const middle = batch.length >> 1;
  return [...(await newest(batch.slice(0, middle), target, coverage)), ...(await newest(batch.slice(middle), target, coverage))];
}

/** The newest are bent more often: nobody has looked around them yet. */
function chosen(pool: readonly Uint8Array[], random: Random): Uint8Array {
  const isYoung = random() < 0.4;
  return pick(random, isYoung ? pool.slice(-youngMax) : pool) ?? new Uint8Array();
}

/** Inputs from the target's own arbitrary, by the dozen, since setting up a sample costs more than drawing one. */
function drawer(target: Target, random: Random): () => Uint8Array {
  let drawn: Uint8Array[] = [];
  return () => {
    if (drawn.length === 0) drawn = fc.sample(target.valid, { numRuns: drawnAtOnce, seed: Math.floor(random() * 2 ** 31) });
    return (drawn.pop() ?? new Uint8Array()).slice(0, target.bytesMax);
  };
}
