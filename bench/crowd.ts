/**
 * Thirty real peers talk for ten minutes while hosts are killed, beside what the simulator says of them:
 * `npm run bench -- crowd [SECONDS]`. Linux, as root: each peer runs in a network namespace of its own.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Crowd, type CrowdResult, type Observation } from "../tests/lab/crowd.ts";
import { summarize } from "../tests/lab/crowd-ledger.ts";
import type { CrowdPlan } from "../tests/lab/crowd-plan.ts";
import type { CrowdPrediction } from "./crowd-prediction.ts";
import { ms, percentile, type Row } from "./stats.ts";

const secondsUnlessGiven = 600;
const killEverySeconds = 60;
/** Virtual seconds: what happens in a second is the same in each. */
const predictedSeconds = 90;
const predictionTimeoutMs = 10 * 60_000;
/** Rooms keep 5,000 entries, some of which are no messages, and let go in steps. */
const keptMin = 4_500;
/** What one frame costs on the cable beside itself: SCTP chunk and header, DTLS, UDP, IP, Ethernet; and one acknowledgement. */
const wireBytesPerFrame = 28 + 37 + 42 + (28 + 37 + 42);

export async function crowdRows(seconds = secondsUnlessGiven): Promise<Row[]> {
  const plan = planFor(seconds, killEverySeconds);
  const predicted = await predict(planFor(Math.min(seconds, predictedSeconds), killEverySeconds / 2));
  const crowd = new Crowd({ ...plan, idleMs: 30_000, sampleEveryMs: 5_000, keptMin, log: (line) => process.stderr.write(`${line}\n`) });
  try {
    const measured = await crowd.run();
    for (const line of [...summarize(measured.problems), ...crowd.complaints()]) console.log(line);
    console.log(`${crowdTable(predicted, measured, plan)}\n`);
    const found = measured.problems.length;
    return [{ what: "thirty peers: lost, doubled, moved about", value: String(found), baseline: "in the table above", aim: "0" }];
  } finally {
    await crowd.close();
  }
}

function planFor(seconds: number, everySeconds: number): CrowdPlan {
  return {
    peers: 30,
    lossPercent: 2,
    megabits: 10,
    messagesPerSecond: 20,
    seconds,
    textLength: 100,
    killHostAt: Array.from({ length: Math.ceil(seconds / everySeconds) - 1 }, (_, index) => (index + 1) * everySeconds),
    isReplaced: true,
  };
}

async function predict(plan: CrowdPlan): Promise<CrowdPrediction> {
  const script = new URL("crowd-prediction-run.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, ["--expose-gc", script, JSON.stringify(plan)], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: predictionTimeoutMs,
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`the prediction ended with ${code ?? "a signal"}`);
  return JSON.parse(Buffer.concat(chunks).toString()) as CrowdPrediction;
}

function crowdTable(predicted: CrowdPrediction, measured: CrowdResult, plan: CrowdPlan): string {
  const { ledger, witnesses, deaths, upheavals, idle, talk } = measured;
  const isCalm = (at: number): boolean => !upheavals.some(([from, to]) => at >= from && at <= to);
  const latencies = (calm: boolean): string => middle(ledger.latencies(witnesses, ({ at }) => isCalm(at) === calm));
  const delivered = ledger.said.flatMap(({ at, deliveredAt }) => (deliveredAt !== undefined && isCalm(at) ? [deliveredAt - at] : []));
  const deliveries = plan.messagesPerSecond * plan.peers * (talk.ms / 1_000);
  const [heapBefore, heapAfter] = predicted.heapMegabytes;
  const megabytes = talk.samples.megabytes();
  const lines: (readonly [what: string, predicted: string, measured: string])[] = [
    [
      "messages said; lost, doubled or moved about",
      `${predicted.messages}; ${predicted.problems.length}`,
      `${ledger.said.length}; ${measured.problems.length}`,
    ],
    [
      "hosts killed; the next agreed on by all: p50, max",
      times(predicted.agreedAfterMs),
      times(deaths.map((death) => death.agreedAfterMs)),
    ],
    ["message to each other screen, calm: p50, p99", pair(predicted.calm), latencies(true)],
    ["the same within 5 s of a host's death", pair(predicted.upheaval), latencies(false)],
    ["acknowledged by everybody, calm: p50, p99", pair(predicted.delivered), middle(delivered)],
    ["on the cable of one peer, both ways, idle", wire(predicted.idle), kilobytes(idle)],
    ["the same while they talk", wire(predicted.talking), kilobytes(talk)],
    [
      `links of a peer; that ended while they talked (${plan.killHostAt.length} deaths, exchanges, silence)`,
      `${predicted.links.toFixed(1)}; ${predicted.linkEnds}`,
      String(talk.linkEnds),
    ],
    ["processor, one peer, idle: mean, max", "", percents(idle)],
    ["the same while they talk", `${predicted.cpuPercent.toFixed(2)} % (core alone)`, percents(talk)],
    [
      "processor for one message on one screen",
      `${((predicted.cpuPercent * 10) / plan.messagesPerSecond).toFixed(2)} ms`,
      `${((talk.samples.cpuMs() - (idle.samples.cpuMs() / idle.ms) * talk.ms) / deliveries).toFixed(2)} ms above idle`,
    ],
    [
      "memory, one peer, before → after",
      `${heapBefore.toFixed(1)} → ${heapAfter.toFixed(1)} MB of objects after ${predicted.messages} messages`,
      `${mean(megabytes.first).toFixed(0)} → ${mean(megabytes.last).toFixed(0)} MB resident (max ${Math.max(...megabytes.last).toFixed(0)})`,
    ],
    [
      "two cores: the thirty, the test, all else",
      "",
      [talk.samples.cpuMs(), talk.driver.cpuMs, talk.othersCpuMs].map((cpuMs) => `${((cpuMs / talk.ms) * 100).toFixed(0)} %`).join(", "),
    ],
    ["the test's own delay: p99", "", ms(talk.driver.lagP99Ms)],
    ["started; all known and host agreed; all in the room", "", [measured.startMs, measured.agreeMs, measured.joinMs].map(ms).join(", ")],
  ];
  return [
    `| ${plan.peers} peers, ${plan.messagesPerSecond} messages/s for ${plan.seconds} s, ${plan.lossPercent} % loss, ${plan.megabits} Mbit/s | predicted | measured |`,
    "| --- | --- | --- |",
    ...lines.map((cells) => `| ${cells.join(" | ")} |`),
  ].join("\n");
}

function pair([p50, p99]: readonly [number, number]): string {
  return `${ms(p50)}, ${ms(p99)}`;
}

function middle(samples: readonly number[]): string {
  return samples.length === 0 ? "none" : pair([percentile(samples, 0.5), percentile(samples, 0.99)]);
}

function times(samples: readonly number[]): string {
  return `${samples.length}; ${samples.length === 0 ? "none" : `${ms(percentile(samples, 0.5))}, ${ms(Math.max(...samples))}`}`;
}

function wire({ frames, bytes }: CrowdPrediction["idle"]): string {
  return `${((2 * (bytes + frames * wireBytesPerFrame)) / 1_024).toFixed(1)} KB/s (${frames.toFixed(0)} frames/s, ${(bytes / 1_024).toFixed(1)} KB/s of them sent)`;
}

function kilobytes({ wireBytes, ms: duration }: Observation): string {
  return `${(mean(wireBytes) / 1_024 / (duration / 1_000)).toFixed(1)} KB/s`;
}

function percents({ samples }: Observation): string {
  const all = samples.cpuPercents();
  return `${mean(all).toFixed(1)} %, ${Math.max(...all).toFixed(1)} %`;
}

function mean(samples: readonly number[]): number {
  return samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
}
