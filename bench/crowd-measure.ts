/** What thirty real peers did and what it cost them, as plain figures. */
import { Crowd, type CrowdResult } from "../tests/lab/crowd.ts";
import { summarize } from "../tests/lab/crowd-ledger.ts";
import type { CrowdPlan } from "../tests/lab/crowd-plan.ts";
import type { Observation } from "../tests/lab/crowd-samples.ts";
import { type TalkFigures, talkFigures } from "./crowd-figures.ts";

export interface CrowdMeasurement extends TalkFigures {
  readonly problems: number;
  /** The first of each kind, and what peers complained about. */
  readonly described: readonly string[];
  /** From the last message until everything was everywhere. */
  readonly settleMs: number;
  readonly startMs: number;
  readonly agreeMs: number;
  readonly joinMs: number;
  readonly idle: Cost;
  readonly talking: Cost;
}

/** Of one peer; processor time in hundredths of one core. */
export interface Cost {
  readonly cpuPercent: Extent;
  readonly mainThreadPercent: Extent;
  readonly residentMegabytes: { readonly start: Extent; readonly end: Extent; readonly most: number };
  readonly wire: { readonly bytesPerSecond: number; readonly packetsPerSecond: number };
  /** Of all peers, of the process that drives them, and of everything else on this machine. */
  readonly machinePercent: { readonly peers: number; readonly driver: number; readonly others: number };
  readonly driverLateP99Ms: number;
}

export interface Extent {
  readonly mean: number;
  readonly max: number;
}

const idleMs = 30_000;
const sampleEveryMs = 5_000;
/** Rooms keep 5,000 entries, some of which are no messages, and let go in steps. */
const keptMin = 4_500;

export async function measureCrowd(plan: CrowdPlan): Promise<CrowdMeasurement> {
  const crowd = new Crowd({ ...plan, idleMs, sampleEveryMs, keptMin, log: (line) => process.stderr.write(`${line}\n`) });
  try {
    return figuresOf(await crowd.run(), crowd.complaints());
  } finally {
    await crowd.close();
  }
}

function figuresOf(result: CrowdResult, complaints: readonly string[]): CrowdMeasurement {
  const { problems, deaths, settleMs, startMs, agreeMs, joinMs, idle, talk } = result;
  return {
    ...talkFigures({ ...result, hostsKilled: deaths.length, agreedAfterMs: deaths.map(({ agreedAfterMs }) => agreedAfterMs) }),
    problems: problems.length,
    described: [...summarize(problems), ...complaints],
    settleMs,
    startMs,
    agreeMs,
    joinMs,
    idle: costOf(idle),
    talking: costOf(talk),
  };
}

function costOf({ ms, samples, wire, driver, othersCpuMs }: Observation): Cost {
  const { first, last, most } = samples.megabytes();
  const perSecond = (counts: readonly number[]): number => extentOf(counts).mean / (ms / 1_000);
  return {
    cpuPercent: extentOf(samples.cpuPercents("cpuMs")),
    mainThreadPercent: extentOf(samples.cpuPercents("mainThreadMs")),
    residentMegabytes: { start: extentOf(first), end: extentOf(last), most: extentOf(most).max },
    wire: { bytesPerSecond: perSecond(wire.map(({ bytes }) => bytes)), packetsPerSecond: perSecond(wire.map(({ packets }) => packets)) },
    machinePercent: {
      peers: (samples.cpuMs() / ms) * 100,
      driver: (driver.cpuMs / ms) * 100,
      others: (othersCpuMs / ms) * 100,
    },
    driverLateP99Ms: driver.lagP99Ms,
  };
}

function extentOf(samples: readonly number[]): Extent {
  return { mean: samples.reduce((sum, sample) => sum + sample, 0) / samples.length, max: Math.max(...samples) };
}
