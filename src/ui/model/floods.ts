/** Who sends too much at once, each once, however many have noticed. */
import type { HostStats } from "../../api/contract.ts";
import { strings } from "../strings.ts";
import { formatCount } from "./amounts.ts";
import { listNames } from "./delivery.ts";

type Flood = HostStats["floods"][number];

export interface FloodRow {
  readonly peerId: string;
  readonly name: string;
  readonly since: number;
  /** As counted here; where nothing was noticed here, by all who report it together. */
  readonly ignored: number;
  readonly isNoticedHere: boolean;
  readonly reportedBy: readonly string[];
}

export function gatherFloods(floods: readonly Flood[]): FloodRow[] {
  const rows = new Map<string, FloodRow>();
  for (const flood of floods) {
    const { peerId, name, since, dropped, reportedBy } = flood;
    const row = rows.get(peerId);
    const reporters = [...(row?.reportedBy ?? []), ...(reportedBy === null ? [] : [reportedBy])];
    if (reportedBy === null) rows.set(peerId, { peerId, name, since, ignored: dropped, isNoticedHere: true, reportedBy: reporters });
    else if (row?.isNoticedHere) rows.set(peerId, { ...row, reportedBy: reporters });
    else {
      const ignored = (row?.ignored ?? 0) + dropped;
      rows.set(peerId, { peerId, name, since: Math.min(since, row?.since ?? since), ignored, isNoticedHere: false, reportedBy: reporters });
    }
  }
  return [...rows.values()];
}

/** How much, and whose word it is. */
export function describeFlood(
  { ignored, isNoticedHere, reportedBy }: FloodRow,
  nameOf: (peerId: string) => string,
  locale?: string,
): string {
  const words = strings.hostPanel;
  const times = words.times(ignored, formatCount(ignored, locale));
  if (reportedBy.length === 0) return words.ignored(times);
  const names = listNames(reportedBy.map(nameOf));
  return isNoticedHere ? words.ignoredToo(times, names) : words.ignoredReported(times, names);
}
