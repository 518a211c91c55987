/**
 * Thirty real peers talk for minutes while one host after another is killed, beside what the simulator says of them:
 * `npm run bench -- crowd [--peers 30] [--rate 20] [--minutes 10]`. Linux, as root: each peer runs in a network namespace of
 * its own, as in tests/lab. Prints a table, and the same figures as one line of JSON.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { CrowdPlan } from "../tests/lab/crowd-plan.ts";
import { measureCrowd } from "./crowd-measure.ts";
import type { CrowdPrediction } from "./crowd-prediction.ts";
import { crowdTable } from "./crowd-table.ts";

export interface CrowdWish {
  readonly peers: number;
  /** Messages per second, of all together. */
  readonly rate: number;
  readonly minutes: number;
}

const killEverySeconds = 60;
/** Ten minutes of thirty are simulated in less. */
const predictionTimeoutMs = 30 * 60_000;

/** A problem found makes the process fail. */
export async function benchCrowd(wish: CrowdWish): Promise<void> {
  const plan = planFor(wish);
  const predicted = await predict(plan);
  const measured = await measureCrowd(plan);
  for (const line of [...predicted.problems.map((problem) => `predicted: ${problem}`), ...measured.described]) console.log(line);
  console.log(`${crowdTable(plan, predicted, measured)}\n`);
  console.log(`${JSON.stringify({ plan, predicted, measured })}\n`);
  if (predicted.problems.length > 0 || measured.problems > 0) process.exitCode = 1;
}

function planFor({ peers, rate, minutes }: CrowdWish): CrowdPlan {
  const seconds = Math.round(minutes * 60);
  const everySeconds = Math.min(seconds, killEverySeconds);
  return {
    peers,
    lossPercent: 2,
    megabits: 10,
    messagesPerSecond: rate,
    seconds,
    textLength: 100,
    // Halfway through each minute, so that there is calm before and after.
    killHostAt: Array.from({ length: Math.floor(seconds / everySeconds) }, (_, index) => (index + 0.5) * everySeconds),
  };
}

/** In a process of its own: its memory and processor time are figures. */
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
