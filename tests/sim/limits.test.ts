/** Every bound of every limits.ts is held to in a way that is written down, and every collection that a peer keeps has one. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { collections, foreign } from "./collections.ts";
import { listed } from "./limits-listed.ts";
import { createCast, play } from "./run.ts";
import type { Asked, Checker } from "./seen.ts";
import { settingsOf } from "./settings.ts";

const root = join(import.meta.dirname, "..", "..");
const files = globSync("src/*/{limits,*-limits}.ts", { cwd: root }).map((path) => path.replaceAll("\\", "/"));
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const namesIn = (text: string): Set<string> => new Set([...(text.match(/\w+/g) ?? []), ...(text.match(/\w+\.\w+/g) ?? [])]);

describe("limits", () => {
  const inTests = new Set<string>();
  for (const path of globSync("tests/{unit,contracts,transcripts,lab,e2e,fuzz}/**/*.test.ts", { cwd: root })) {
    for (const name of namesIn(read(path))) inTests.add(name);
  }
  const inCollections = namesIn(read("tests/sim/collections.ts"));

  for (const file of files) {
    it(`${file}: each is looked after`, () => {
      const module = file.split("/")[1];
      const forgotten: string[] = [];
      for (const [, name = ""] of read(file).matchAll(/^export const (\w+)/gm)) {
        const isHeld =
          inCollections.has(`${module}.${name}`) || inTests.has(name) || /Ms(Max|Min)?$/.test(name) || listed[file]?.[name] !== undefined;
        if (!isHeld) forgotten.push(name);
      }
      expect(forgotten, "name them in tests/sim/collections.ts, in a test, or in tests/sim/limits-listed.ts").toEqual([]);
    });

    it(`${file}: none is listed that is no more`, () => {
      const text = read(file);
      const gone = Object.keys(listed[file] ?? {}).filter((name) => !text.includes(`export const ${name}`));
      expect(gone).toEqual([]);
    });
  }
});

describe("collections", () => {
  it("all have a bound", async () => {
    const cast = createCast();
    const unlisted = new Map<string, number>();
    const look = ({ core }: Asked): void => {
      if (core === undefined) return;
      for (const [field, size] of cast.inside.sizesOf(core, foreign)) if (collections[field] === undefined) unlisted.set(field, size);
    };
    let lookAt = 4_000;
    const looker = (): Checker => ({
      name: "looks",
      inspect: (all) => {
        if (all.now < lookAt) return;
        lookAt = all.now + 6_000;
        all.peers.slice(0, 2).forEach(look);
      },
    });
    for (const seed of [1, 5, 9, 26]) {
      lookAt = 4_000;
      await play(cast, { settings: settingsOf(seed), checkers: [looker] });
    }
    expect([...unlisted.keys()], "name their bounds in tests/sim/collections.ts").toEqual([]);
  }, 120_000);
});
