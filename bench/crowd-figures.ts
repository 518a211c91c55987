/** Figures of a crowd's talk, taken alike from real peers and from simulated ones. */
import type { Ledger, Witness } from "../tests/lab/crowd-ledger.ts";
import type { LinkEnds } from "../tests/lab/crowd-links.ts";
import { type ConversationName, conversationNames } from "../tests/lab/crowd-plan.ts";
import { percentile } from "./stats.ts";

/** JSON has no NaN: null where nothing was measured. */
export type Spread = { readonly p50: number; readonly p99: number; readonly max: number; readonly count: number } | null;

export interface ConversationFigures {
  /** From the call to each other screen. */
  readonly calm: Spread;
  /** Of messages said near a host's death. */
  readonly upheaval: Spread;
  /** From the call until its author was told that everybody has it. */
  readonly acknowledged: Spread;
}

export interface TalkFigures {
  readonly messages: number;
  readonly deliveries: number;
  readonly owedDeliveries: number;
  readonly conversations: Readonly<Record<ConversationName, ConversationFigures>>;
  /** From a host's death until all who live named the same next host. */
  readonly agreedAfterMs: Spread;
  readonly hostsKilled: number;
  readonly linksPerPeer: number;
  readonly linkEnds: LinkEnds;
}

export interface Talk {
  readonly ledgers: readonly Ledger[];
  readonly witnesses: readonly Witness[];
  readonly upheavals: readonly (readonly [from: number, to: number])[];
  readonly hostsKilled: number;
  readonly agreedAfterMs: readonly number[];
  readonly linksPerPeer: number;
  readonly linkEnds: LinkEnds;
}

export function talkFigures({ ledgers, witnesses, upheavals, hostsKilled, agreedAfterMs, linksPerPeer, linkEnds }: Talk): TalkFigures {
  const total = (count: (ledger: Ledger) => number): number => ledgers.reduce((sum, ledger) => sum + count(ledger), 0);
  const isCalm = (at: number): boolean => !upheavals.some(([from, to]) => at >= from && at <= to);
  const figuresOf = (name: ConversationName): ConversationFigures => {
    const own = ledgers.filter((ledger) => ledger.name === name);
    const shown = (calm: boolean): Spread =>
      spreadOf(own.flatMap((ledger) => ledger.latencies(witnesses, ({ at }) => (isCalm(at) === calm ? at : undefined))));
    const acknowledged = own.flatMap(({ said }) =>
      said.flatMap(({ at, deliveredAt }) => (isCalm(at) && deliveredAt !== undefined ? [deliveredAt - at] : [])),
    );
    return { calm: shown(true), upheaval: shown(false), acknowledged: spreadOf(acknowledged) };
  };
  const [lobby, room] = conversationNames;
  return {
    messages: total(({ said }) => said.length),
    deliveries: total((ledger) => ledger.deliveries(witnesses)),
    owedDeliveries: total((ledger) => ledger.owedDeliveries(witnesses)),
    conversations: { [lobby]: figuresOf(lobby), [room]: figuresOf(room) },
    agreedAfterMs: spreadOf(agreedAfterMs),
    hostsKilled,
    linksPerPeer,
    linkEnds,
  };
}

export function spreadOf(samples: readonly number[]): Spread {
  if (samples.length === 0) return null;
  const max = samples.reduce((most, sample) => Math.max(most, sample));
  return { p50: percentile(samples, 0.5), p99: percentile(samples, 0.99), max, count: samples.length };
}
