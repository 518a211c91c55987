/** Floods that a peer noticed, and those that others told it of. */
import { beforeEach, describe, expect, it } from "vitest";
import type { ConnectionId, Millis, PeerId } from "../../src/ids.ts";
import { signClaim } from "../../src/mesh/claims.ts";
import { floodKeptMs } from "../../src/mesh/limits.ts";
import { type Control, decodeControl, encodeControl } from "../../src/peer/control.ts";
import { FloodReports } from "../../src/peer/flood-reports.ts";
import {
  floodDroppedMax,
  floodForMsMax,
  floodReportKeptMs,
  floodReportRestMs,
  floodReportsMax,
  floodReportsPerReporterMax,
} from "../../src/peer/limits.ts";
import { at, Bench, person, signatures } from "./mesh-fixture.ts";

/** Peers of the fixture: us, two who report, and those they report. */
const self = 0;
const mara = 1;
const jon = 2;
const flooder = 3;
/** Neighbours in all: a reporter for each five places, and who is reported. */
const neighbours = floodReportsMax / floodReportsPerReporterMax + 1 + floodReportsPerReporterMax;

const term = 3;
let bench: Bench;
let reports: FloodReports;
let notes: string[];
let told: { readonly to: PeerId; readonly report: Control; readonly now: Millis }[];

const id = (number: number): PeerId => person(number).peerId;
const nameOf = (peerId: PeerId): string => `P${Array.from({ length: 40 }, (_, number) => id(number)).indexOf(peerId)}`;

/** Everybody is a neighbour, and Jon is host. */
function meet(): void {
  bench = new Bench(self);
  const links = Array.from({ length: neighbours }, (_, place) => bench.link(place + 1));
  const claim = { term, hostId: id(jon), hostSeq: 1, successors: [], signedSeq: 1 };
  const signature = signClaim(person(jon), signatures, term, 1, []);
  bench.tell(links[jon - 1] as ConnectionId, { t: "heartbeat", ...claim, signature, depth: 0 });
  expect(bench.mesh.host).toMatchObject({ role: "follower", hostId: id(jon) });
  notes = [];
  told = [];
  reports = new FloodReports({
    self: bench.self,
    mesh: bench.mesh,
    name: nameOf,
    note: (kind, peerId, text) => notes.push(`${kind} ${nameOf(peerId)}: ${text}`),
    tell: (to, report, now) => told.push({ to, report, now }),
  });
}

/** Jon hands the role to us. */
function meetAsHost(): void {
  meet();
  bench.mesh.acceptHandOff(id(jon), term, at(0));
  expect(bench.mesh.host.role).toBe("host");
}

const tell = (reporter: number, whom: number, now: number, forMs = 4_000, dropped = 100): void =>
  reports.told(id(reporter), { k: "flood", peerId: id(whom), forMs, dropped }, at(now));
const shown = (now: number): string[] =>
  reports.list(at(now)).map(({ peerId, reportedBy }) => `${nameOf(peerId)} by ${reportedBy === undefined ? "us" : nameOf(reportedBy)}`);

/** Really too much for the mesh: it is named within the three seconds that it takes. */
function flood(number: number, fromMs: number): void {
  const { floods } = bench.mesh.reception;
  for (let now = fromMs; now <= fromMs + 4_000; now += 100) while (floods.allows(id(number), "claim", at(now)));
}

describe("what it noticed itself", () => {
  beforeEach(meetAsHost);

  it("is shown as nobody's report, for as long as the mesh remembers", () => {
    flood(flooder, 10_000);
    expect(reports.list(at(14_000))).toMatchObject([{ peerId: id(flooder), since: 10_000, reportedBy: undefined }]);
    expect(shown(14_000 + floodKeptMs - 1)).toEqual(["P3 by us"]);
    expect(shown(14_000 + floodKeptMs)).toEqual([]);
  });

  it("stands before what others say", () => {
    tell(mara, 4, 9_000);
    flood(flooder, 10_000);
    expect(shown(14_000)).toEqual(["P3 by us", "P4 by P1"]);
  });

  it("is logged once, by name", () => {
    reports.noticed({ peerId: id(flooder), since: at(10_000), dropped: 7 }, true, at(13_000));
    reports.noticed({ peerId: id(flooder), since: at(10_000), dropped: 900 }, false, at(23_000));
    expect(notes).toEqual(["flooding P3: P3 sends too much at once; what is too much is dropped"]);
  });

  it("is told to nobody while we are host ourselves", () => {
    reports.noticed({ peerId: id(flooder), since: at(10_000), dropped: 7 }, true, at(13_000));
    expect(told).toEqual([]);
  });
});

describe("what it tells the host", () => {
  const flood = { peerId: id(flooder), since: at(10_000), dropped: 7 };
  beforeEach(meet);

  it("is who, for how long and how much, as often as the mesh says so", () => {
    reports.noticed(flood, true, at(13_000.4));
    reports.noticed({ ...flood, dropped: 900 }, false, at(23_000));
    expect(told).toEqual([
      { to: id(jon), report: { k: "flood", peerId: id(flooder), forMs: 3_000, dropped: 7 }, now: 13_000.4 },
      { to: id(jon), report: { k: "flood", peerId: id(flooder), forMs: 13_000, dropped: 900 }, now: 23_000 },
    ]);
  });

  it("is not about the host itself", () => {
    reports.noticed({ ...flood, peerId: id(jon) }, true, at(13_000));
    expect(told).toEqual([]);
    expect(notes).toHaveLength(1);
  });

  it("is within what a host believes, however long it lasts", () => {
    reports.noticed({ ...flood, dropped: floodDroppedMax + 1 }, false, at(10_000 + floodForMsMax + 1));
    const [first] = told;
    expect(first?.report).toMatchObject({ forMs: floodForMsMax, dropped: floodDroppedMax });
    expect(first !== undefined && decodeControl(encodeControl(first.report))).toEqual(first?.report);
  });

  it("is not listened to by anybody else", () => {
    tell(mara, flooder, 20_000);
    expect(shown(20_000)).toEqual([]);
    expect(notes).toEqual([]);
  });
});

describe("what others tell", () => {
  beforeEach(meetAsHost);

  it("is shown with who says it, since when and how much", () => {
    tell(mara, flooder, 20_000, 4_000, 1_234);
    expect(reports.list(at(20_000))).toMatchObject([{ peerId: id(flooder), since: 16_000, dropped: 1_234, reportedBy: id(mara) }]);
    expect(notes).toEqual(["flooding P3: P1 says that P3 sends too much at once"]);
  });

  it("replaces what the same reporter said of the same peer", () => {
    tell(mara, flooder, 20_000, 4_000, 100);
    tell(mara, flooder, 30_000, 14_000, 500);
    expect(reports.list(at(30_000))).toMatchObject([{ since: 16_000, dropped: 500 }]);
  });

  it("stands beside what another reporter says, and is logged once for all of them", () => {
    tell(mara, flooder, 20_000);
    tell(jon, flooder, 20_100);
    tell(mara, flooder, 30_000);
    expect(shown(30_000)).toEqual(["P3 by P2", "P3 by P1"]);
    expect(notes).toHaveLength(1);
  });

  it("is not logged where we have noticed it ourselves", () => {
    flood(flooder, 10_000);
    tell(mara, flooder, 14_000);
    expect(shown(14_000)).toEqual(["P3 by us", "P3 by P1"]);
    expect(notes).toEqual([]);
  });

  it("is forgotten ten minutes after it was last told", () => {
    tell(mara, flooder, 20_000);
    tell(mara, flooder, 60_000);
    expect(shown(60_000 + floodReportKeptMs - 1)).toEqual(["P3 by P1"]);
    expect(shown(60_000 + floodReportKeptMs)).toEqual([]);
  });

  it("is logged anew when it was forgotten in between", () => {
    tell(mara, flooder, 20_000);
    tell(mara, flooder, 20_000 + floodReportKeptMs);
    expect(notes).toHaveLength(2);
  });

  it.each([
    { what: "about us", reporter: mara, whom: self },
    { what: "about itself", reporter: mara, whom: mara },
    { what: "about somebody whom we do not know", reporter: mara, whom: 39 },
  ])("is ignored $what", ({ reporter, whom }) => {
    tell(reporter, whom, 20_000);
    expect(shown(20_000)).toEqual([]);
    expect(notes).toEqual([]);
  });
});

describe("a reporter", () => {
  beforeEach(meetAsHost);
  const whom = Array.from({ length: floodReportsPerReporterMax + 1 }, (_, place) => flooder + place);
  const last = whom.at(-1) as number;

  it("has so many places, and no more at once", () => {
    for (const [place, number] of whom.entries()) tell(mara, number, 20_000 + place);
    expect(shown(20_010)).toHaveLength(floodReportsPerReporterMax);
    expect(shown(20_010)).not.toContain(`${nameOf(id(last))} by P1`);
    expect(notes).toHaveLength(floodReportsPerReporterMax);
  });

  it("may use a place for another when it has not repeated what stands there", () => {
    for (const number of whom.slice(0, -1)) tell(mara, number, 20_000);
    tell(mara, flooder, 30_000);
    tell(mara, last, 20_000 + floodReportRestMs - 1);
    expect(shown(50_000)).not.toContain(`${nameOf(id(last))} by P1`);
    tell(mara, last, 20_000 + floodReportRestMs);
    // The one that it repeated has stayed.
    expect(shown(50_000)).toEqual(["P5 by P1", "P6 by P1", "P7 by P1", "P3 by P1", "P8 by P1"]);
  });

  it("fills the log no faster than places come free, whatever it says", () => {
    for (let now = 0; now < 10 * floodReportRestMs; now += 100) tell(mara, flooder + ((now / 100) % 10), 20_000 + now);
    expect(notes.length).toBeLessThanOrEqual(floodReportsPerReporterMax * 10);
  });

  it("takes no place of another's", () => {
    tell(jon, last, 19_000);
    for (const number of whom) tell(mara, number, 20_000);
    expect(shown(20_000)[0]).toBe(`${nameOf(id(last))} by P2`);
  });
});

it("keeps so many in all; of more, those least recently told go", () => {
  meetAsHost();
  const reporters = floodReportsMax / floodReportsPerReporterMax + 1;
  for (let reporter = 1; reporter <= reporters; reporter += 1)
    for (let place = 1; place <= floodReportsPerReporterMax; place += 1) tell(reporter, reporters + place, 20_000 + reporter);
  expect(shown(21_000)).toHaveLength(floodReportsMax);
  expect(shown(21_000).some((row) => row.endsWith("by P1"))).toBe(false);
  expect(shown(21_000).some((row) => row.endsWith(`by P${reporters}`))).toBe(true);
});
