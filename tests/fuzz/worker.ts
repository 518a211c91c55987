/**
 * Fuzzes in a thread of its own, so that an input that never comes back can be told and the thread ended. Before each
 * input the watcher's memory holds it: length, then bytes.
 */
import { parentPort, workerData } from "node:worker_threads";
import { readCorpus } from "./corpus.ts";
import { Coverage } from "./coverage.ts";
import { fuzz, type Result } from "./fuzzer.ts";
import { targets } from "./targets/index.ts";

export interface Order {
  readonly names: readonly string[];
  readonly seed: number;
  readonly msEach: number;
  readonly watched: SharedArrayBuffer;
}

export interface Report {
  readonly name: string;
  readonly result: Result;
  readonly ms: number;
  readonly blocks: number;
  readonly blocksSeen: number;
}

/** Our own code, and the libraries that read for it. */
const guides = /^file:.*\/(?:src|electron|node_modules\/(?:cborg|bonjour-service|multicast-dns|dns-packet))\/(?!.*\/test)/u;

const { names, seed, msEach, watched } = workerData as Order;
const head = new Int32Array(watched, 0, 2);
const body = new Uint8Array(watched, 8);

function watch(input: Uint8Array): void {
  body.set(input.subarray(0, body.length));
  Atomics.store(head, 0, Math.min(input.length, body.length));
  Atomics.add(head, 1, 1);
}

const coverage = new Coverage((url) => guides.test(url));
for (const name of names) {
  const target = targets.find((one) => one.name === name);
  if (target === undefined) continue;
  const startedAt = performance.now();
  const corpus = readCorpus(name).map(({ input }) => input);
  const result = await fuzz(target, { seed, corpus, coverage, watch, executionsMax: Number.POSITIVE_INFINITY, msMax: msEach });
  const report: Report = { name, result, ms: performance.now() - startedAt, ...coverage.covered() };
  parentPort?.postMessage(report);
}
coverage.stop();
