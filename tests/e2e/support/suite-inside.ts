/**
 * What of vitest the contract suites use, for a runtime that vitest itself does not run in. Prints one line of JSON for each
 * test. A matcher that is missing here throws where it is called, so a suite that needs more fails instead of passing.
 */
import { isDeepStrictEqual } from "node:util";

interface Test {
  readonly name: string;
  readonly run: () => unknown;
}

export interface Outcome {
  readonly name: string;
  readonly failure: string | null;
}

const tests: Test[] = [];
const path: string[] = [];

export function describe(name: string, body: () => void): void {
  path.push(name);
  body();
  path.pop();
}

export function it(name: string, run: () => unknown): void {
  tests.push({ name: [...path, name].join(" > "), run });
}

it.each =
  <Row>(rows: readonly Row[]) =>
  (name: string, run: (row: Row) => unknown): void => {
    rows.forEach((row, index) => {
      it(`${name} (${index + 1})`, () => run(row));
    });
  };

export function expect(actual: unknown) {
  const check = (holds: boolean, what: string, expected: unknown): void => {
    if (!holds) throw new Error(`expected ${String(actual)} ${what} ${String(expected)}`);
  };
  return {
    toBe: (expected: unknown) => check(Object.is(actual, expected), "to be", expected),
    toEqual: (expected: unknown) => check(isDeepStrictEqual(actual, expected), "to equal", expected),
    toHaveLength: (expected: number) => check((actual as ArrayLike<unknown>).length === expected, "to have the length", expected),
    toThrow() {
      let threw = false;
      try {
        (actual as () => unknown)();
      } catch {
        threw = true;
      }
      check(threw, "to throw", "an error");
    },
  };
}

setImmediate(() => void runAll());

async function runAll(): Promise<void> {
  for (const { name, run } of tests) {
    let failure: string | null = null;
    try {
      await run();
    } catch (error) {
      failure = String(error);
    }
    console.log(JSON.stringify({ name, failure } satisfies Outcome));
  }
}
