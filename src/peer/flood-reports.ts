/**
 * Who floods, as this peer noticed it and as others told it. Whoever suffers tells the host, which need not be a neighbour
 * of the flooder. That is hearsay: it is shown as what the reporter says, and bounded by reporter, so that a liar fills
 * neither panel nor log.
 */
import type { LogEntry } from "../api/contract.ts";
import type { Millis, PeerId } from "../ids.ts";
import type { Flood, Mesh } from "../mesh/index.ts";
import type { Control } from "./control.ts";
import {
  floodDroppedMax,
  floodForMsMax,
  floodReportKeptMs,
  floodReportRestMs,
  floodReportsMax,
  floodReportsPerReporterMax,
} from "./limits.ts";

type Report = Extract<Control, { k: "flood" }>;

export interface FloodReportsPorts {
  readonly self: PeerId;
  readonly mesh: Mesh;
  name(peerId: PeerId): string;
  note(kind: LogEntry["kind"], peerId: PeerId, text: string): void;
  tell(to: PeerId, report: Report, now: Millis): void;
}

export interface ShownFlood extends Flood {
  /** Undefined where we noticed it ourselves. */
  readonly reportedBy: PeerId | undefined;
}

interface ReportedFlood extends ShownFlood {
  readonly toldAt: Millis;
}

export class FloodReports {
  readonly #ports: FloodReportsPorts;
  /** Least recently told first. */
  #reports: readonly ReportedFlood[] = [];

  constructor(ports: FloodReportsPorts) {
    this.#ports = ports;
  }

  /** A neighbour of ours floods, or goes on with it. */
  noticed({ peerId, since, dropped }: Flood, isNew: boolean, now: Millis): void {
    const { self, mesh, name, note, tell } = this.#ports;
    if (isNew) note("flooding", peerId, `${name(peerId)} sends too much at once; what is too much is dropped`);
    const { hostId } = mesh.host;
    if (hostId === self || hostId === peerId) return;
    // Who comes again and again after it was cut off may go on for days.
    const forMs = Math.min(Math.round(now - since), floodForMsMax);
    tell(hostId, { k: "flood", peerId, forMs, dropped: Math.min(dropped, floodDroppedMax) }, now);
  }

  /** Another peer says so. Only the host listens. */
  told(reportedBy: PeerId, { peerId, forMs, dropped }: Report, now: Millis): void {
    const { self, mesh, name, note } = this.#ports;
    if (mesh.host.role !== "host" || peerId === self || peerId === reportedBy || mesh.known(peerId) === undefined) return;
    const before = this.#kept(now);
    const byReporter = before.filter((other) => other.reportedBy === reportedBy);
    const known = byReporter.find((other) => other.peerId === peerId);
    const place = known ?? (byReporter.length < floodReportsPerReporterMax ? undefined : byReporter[0]);
    if (place !== undefined && place !== known && now - place.toldAt < floodReportRestMs) return;
    const isNews = !this.list(now).some((other) => other.peerId === peerId);
    const report = { peerId, since: (now - forMs) as Millis, dropped, reportedBy, toldAt: now };
    this.#reports = [...before.filter((other) => other !== place), report].slice(-floodReportsMax);
    if (isNews) note("flooding", peerId, `${name(reportedBy)} says that ${name(peerId)} sends too much at once`);
  }

  /** What we noticed first. */
  list(now: Millis): ShownFlood[] {
    return [...this.#ports.mesh.reception.floods.list(now).map((flood) => ({ ...flood, reportedBy: undefined })), ...this.#kept(now)];
  }

  #kept(now: Millis): ReportedFlood[] {
    return this.#reports.filter(({ toldAt }) => now - toldAt < floodReportKeptMs);
  }
}
