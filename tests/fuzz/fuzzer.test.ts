/** The fuzzer finds what is planted: one that cannot find anything is worth nothing. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../support/random.ts";
import { attempt } from "./attempt.ts";
import { parseTree, writeTree } from "./cbor-tree.ts";
import { formatHex, keep, parseHex, readCorpus } from "./corpus.ts";
import { Coverage } from "./coverage.ts";
import { fuzz } from "./fuzzer.ts";
import { mutate } from "./mutate.ts";
import { deepFault, planted } from "./planted.ts";
import { writeScript } from "./script.ts";

const patienceMs = 15_000;

describe("a planted fault is found:", () => {
  it.each(planted.map(({ target, kind }) => [target.name, target, kind] as const))("%s", async (_name, target, kind) => {
    const { finds } = await fuzz(target, {
      seed: 1,
      corpus: [],
      executionsMax: 60_000,
      msMax: patienceMs,
      shrinkBudgetMs: 300,
      findsMax: 1,
    });
    const found = finds.find((find) => kind.test(find.kind));
    expect(finds.map((find) => find.kind).join()).toMatch(kind);
    // What is told of the find is enough to see it again; but what is just too slow may be just fast enough now.
    if (found?.kind !== "slow") expect((await attempt(target, found?.input ?? new Uint8Array()))?.kind).toMatch(kind);
  });

  it("one that only blocks lead to", async () => {
    const coverage = new Coverage((url) => url.includes("tests/fuzz/planted"));
    try {
      const settings = { seed: 1, corpus: [], findsMax: 1 };
      expect((await fuzz(deepFault, { ...settings, executionsMax: 20_000, msMax: patienceMs / 3 })).finds).toEqual([]);
      const { finds } = await fuzz(deepFault, { ...settings, executionsMax: 5_000_000, msMax: patienceMs, coverage });
      expect(finds.map(({ message }) => message).join()).toContain("four bytes too deep");
      expect(finds[0]?.input).toEqual(Uint8Array.of(0x45, 0x41, 0x52, 0x53));
    } finally {
      coverage.stop();
    }
  });
});

describe("what it is made of:", () => {
  it("the same seed makes the same inputs", async () => {
    const run = async (seed: number): Promise<string[]> => {
      const seen: string[] = [];
      const watch = (input: Uint8Array): void => void seen.push(Buffer.from(input).toString("hex"));
      await fuzz(deepFault, { seed, corpus: [], executionsMax: 300, msMax: Number.POSITIVE_INFINITY, watch });
      return seen;
    };
    expect(await run(3)).toEqual(await run(3));
    expect(await run(3)).not.toEqual(await run(4));
  });

  it("hexadecimal keeps any bytes, and runs short", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat({ max: 200 }), (bytes, zeros) => {
        const input = Uint8Array.from([...bytes, ...new Uint8Array(zeros), ...bytes, ...bytes, ...bytes, ...bytes]);
        expect(parseHex(formatHex(input))).toEqual(input);
      }),
    );
    expect(formatHex(new Uint8Array(20_000).fill(0x5b))).toBe("5b*20000\n");
  });

  it("a kept input is read again, and says whether it was a find", () => {
    const folder = mkdtempSync(join(tmpdir(), "earshot-corpus-"));
    keep("target", Uint8Array.of(1, 2), "find (seed 1):\nsomething", folder);
    keep("target", Uint8Array.of(3), "reaches code", folder);
    expect(readCorpus("target", folder).map(({ input, isFind }) => [[...input], isFind])).toEqual(
      expect.arrayContaining([
        [[1, 2], true],
        [[3], false],
      ]),
    );
    expect(readdirSync(join(folder, "target"))).toHaveLength(2);
    rmSync(folder, { recursive: true });
  });

  it("a tree is written as it was read, with what lies inside of byte strings", () => {
    const inner = writeScript([["frame", new Uint8Array(80), { a: [1, -1, null, 1.5] }]]);
    const outer = writeScript([
      ["frame", inner],
      ["pass", 70_000],
    ]);
    expect(writeTree(parseTree(outer) ?? { kind: "raw", bytes: new Uint8Array() })).toEqual(outer);
  });

  it("mutations stay within their bound, whatever they are made of", () => {
    const random = createRandom(1);
    for (const form of ["cbor", "json", "text", "bytes", "steps"] as const) {
      for (let i = 0; i < 300; i += 1) {
        const input = Uint8Array.from({ length: i % 40 }, () => Math.floor(random() * 256));
        expect(mutate(input, input, form, 500, random).length).toBeLessThanOrEqual(500);
      }
    }
  });
});
