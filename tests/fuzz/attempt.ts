/** One input, tried: what went wrong, if anything did. */
import { type Target, Violation } from "./target.ts";

export interface Failure {
  /** The same for all inputs that show one fault. */
  readonly kind: string;
  readonly message: string;
}

const triesWhereSlow = 3;
const builtIns = Object.getOwnPropertyNames(Object.prototype).length;

/** `slack` times the processor time that the target allows. */
export async function attempt(target: Target, input: Uint8Array, slack = 1): Promise<Failure | undefined> {
  const cpuMsMax = slack * target.cpuMsMax;
  const startedAt = performance.now();
  const failure = await run(target, input);
  if (failure !== undefined || performance.now() - startedAt <= cpuMsMax) return failure;
  // Another process, the compiler or the garbage collector may have taken the time: what the input costs, it costs each time.
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < triesWhereSlow; i += 1) {
    const before = process.threadCpuUsage();
    await run(target, input);
    const { user, system } = process.threadCpuUsage(before);
    least = Math.min(least, (user + system) / 1_000);
  }
  return least > cpuMsMax ? { kind: "slow", message: `takes ${Math.round(least)} ms, more than ${target.cpuMsMax}` } : undefined;
}

async function run(target: Target, input: Uint8Array): Promise<Failure | undefined> {
  // What a decoder does to its input must not change what is told of it.
  const given = input.slice();
  try {
    const running = target.run(given);
    if (running instanceof Promise) await running;
  } catch (error) {
    return failureOf(error);
  }
  if (Object.getOwnPropertyNames(Object.prototype).length !== builtIns)
    return { kind: "prototype", message: "Object.prototype was changed" };
  if (!sameBytes(given, input)) return { kind: "input", message: "the input was changed" };
  return undefined;
}

function failureOf(error: unknown): Failure {
  if (error instanceof Violation) return { kind: error.message.replace(/\d+/gu, "N"), message: error.message };
  if (!(error instanceof Error)) return { kind: "thrown", message: String(error) };
  const place = /\((?:file:\/\/)?[^()]*\/((?:src|electron|node_modules)\/[^()]+):\d+\)/u.exec(error.stack ?? "")?.[1] ?? "";
  // A stack that overflows does so anywhere.
  const isOverflow = error instanceof RangeError && error.message.includes("call stack");
  return { kind: isOverflow ? "overflow" : `${error.name} ${place}`, message: `${error.name}: ${error.message} (${place})` };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
