/**
 * Which code has run, by V8's precise block coverage. Asking costs milliseconds, so it is asked after a batch of inputs;
 * only where a batch reached something new is it asked which of them did.
 */
import { type Profiler, Session } from "node:inspector";

interface Script {
  /** One byte for each character of the source: 1 once it has run. */
  readonly ran: Uint8Array;
  /** Where blocks begin and end, as far as V8 has named them. */
  readonly borders: Set<number>;
}

export interface Covered {
  readonly blocks: number;
  readonly blocksSeen: number;
}

export class Coverage {
  readonly #session = new Session();
  readonly #byTarget = new Map<string, Map<string, Script>>();
  readonly #isGuide: (url: string) => boolean;
  #focus = new Map<string, Script>();
  #fresh = new Set<string>();

  constructor(isGuide: (url: string) => boolean) {
    this.#isGuide = isGuide;
    this.#session.connect();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** From here on, what this target reaches is told from what it reached before, whatever others did. */
  focus(target: string): void {
    this.#focus = this.#byTarget.get(target) ?? new Map();
    this.#byTarget.set(target, this.#focus);
    this.#taken();
  }

  /** How many characters of source have run since the last call that never ran before. */
  take(): number {
    this.#fresh = new Set();
    for (const { url, functions } of this.#taken()) this.#paint(url, functions);
    return this.#fresh.size;
  }

  /** Whether what has run since the last call reaches anything that the last `take` called new; if `strike`, that is new no more. */
  reachesFresh(strike: boolean): boolean {
    let reaches = false;
    for (const { url, functions } of this.#taken()) {
      for (const { start, now } of runsOf(functions)) {
        for (const [place, isRun] of now.entries()) {
          const character = `${url} ${start + place}`;
          if (isRun !== 1 || !this.#fresh.has(character)) continue;
          if (!strike) return true;
          reaches = this.#fresh.delete(character);
        }
      }
    }
    return reaches;
  }

  get hasFresh(): boolean {
    return this.#fresh.size > 0;
  }

  /** A block is what lies between two borders that V8 has named. Of the target in focus. */
  covered(): Covered {
    let blocks = 0;
    let blocksSeen = 0;
    for (const { ran, borders } of this.#focus.values()) {
      const sorted = [...borders].sort((a, b) => a - b);
      blocksSeen += Math.max(0, sorted.length - 1);
      for (const border of sorted.slice(0, -1)) blocks += ran[border] ?? 0;
    }
    return { blocks, blocksSeen };
  }

  stop(): void {
    this.#session.post("Profiler.stopPreciseCoverage");
    this.#session.disconnect();
  }

  #taken(): Profiler.ScriptCoverage[] {
    let result: Profiler.ScriptCoverage[] = [];
    // Within one thread the answer comes before `post` returns.
    this.#session.post("Profiler.takePreciseCoverage", (error, taken) => {
      if (error === null) result = taken.result.filter(({ url }) => this.#isGuide(url));
    });
    return result;
  }

  #paint(url: string, functions: readonly Profiler.FunctionCoverage[]): void {
    const { ran, borders } = this.#script(url, functions);
    for (const { start, now, named } of runsOf(functions)) {
      for (const border of named) borders.add(border);
      for (const [place, isRun] of now.entries()) {
        if (isRun !== 1 || ran[start + place] === 1) continue;
        ran[start + place] = 1;
        this.#fresh.add(`${url} ${start + place}`);
      }
    }
  }

  #script(url: string, functions: readonly Profiler.FunctionCoverage[]): Script {
    const end = functions.reduce((most, { ranges }) => Math.max(most, ranges[0]?.endOffset ?? 0), 0);
    let script = this.#focus.get(url);
    if (script === undefined || script.ran.length < end) {
      const ran = new Uint8Array(end);
      ran.set(script?.ran ?? []);
      script = { ran, borders: script?.borders ?? new Set() };
      this.#focus.set(url, script);
    }
    return script;
  }
}

/** One function that has run. */
interface Run {
  readonly start: number;
  /** One byte for each character of it: whether that ran. */
  readonly now: Uint8Array;
  readonly named: readonly number[];
}

/** Ranges come from the outside in, so that the innermost has the last word. */
function runsOf(functions: readonly Profiler.FunctionCoverage[]): Run[] {
  return functions.flatMap(({ ranges: [whole, ...blocks] }, index) => {
    if (whole === undefined || whole.count === 0) return [];
    const { startOffset: start, endOffset: end } = whole;
    const now = new Uint8Array(end - start).fill(1);
    const named = [start, end];
    for (const { startOffset, endOffset, count } of blocks) {
      now.fill(count > 0 ? 1 : 0, startOffset - start, endOffset - start);
      named.push(startOffset, endOffset);
    }
    // What stands in an inner function runs when that does.
    for (const { ranges } of functions.slice(index + 1)) {
      const inner = ranges[0];
      if (inner === undefined || inner.startOffset >= end) break;
      now.fill(0, inner.startOffset - start, inner.endOffset - start);
    }
    return [{ start, now, named }];
  });
}
