/** What one step changed of what is kept, as effects that come before all others: keys first, then what they concern. */
import type { KeptChanges } from "../rooms/index.ts";
import type { Effect, KeptRecord } from "./effect.ts";
import { keptAtOnceMax } from "./limits.ts";

/** @param rooms undefined for guests */
export function keepingEffects(records: readonly KeptRecord[], rooms: KeptChanges | undefined): Effect[] {
  const all: KeptRecord[] = [...records, ...(rooms?.records ?? []).map((record) => ({ table: "rooms" as const, ...record }))];
  return [
    ...slices(all).map((some): Effect => ({ type: "saveRecords", records: some })),
    ...slices(rooms?.gone ?? []).map((keys): Effect => ({ type: "deleteEvents", keys })),
    ...slices(rooms?.rewritten ?? []).map((events): Effect => ({ type: "rewriteEvents", events })),
    ...slices(rooms?.events ?? []).map((events): Effect => ({ type: "appendEvents", events })),
  ];
}

function slices<T>(list: readonly T[]): (readonly T[])[] {
  if (list.length <= keptAtOnceMax) return list.length === 0 ? [] : [list];
  return Array.from({ length: Math.ceil(list.length / keptAtOnceMax) }, (_, i) => list.slice(i * keptAtOnceMax, (i + 1) * keptAtOnceMax));
}
