/** The contract suites of the primitives once more inside Electron, whose node:crypto stands on another library (BoringSSL). */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "vite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { electronPath, root } from "./support/desktop.ts";
import type { Outcome } from "./support/suite-inside.ts";

const contracts = join(root, "tests", "contracts");
/** Each of these exists as a native and as a pure implementation. */
const suites = ["agreement.test.ts", "key-derivation.test.ts", "network-key.test.ts", "signatures.test.ts"];
const runMaxMs = 60_000;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "inside-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test("native and pure implementations give the same bytes there", async () => {
  let count = 0;
  for (const suite of suites) {
    const outcomes = await runInside(join(contracts, suite));
    expect(outcomes.filter(({ failure }) => failure !== null)).toEqual([]);
    expect(outcomes.some(({ name }) => name.startsWith("both adapters"))).toBe(true);
    count += outcomes.length;
  }
  expect(count).toBeGreaterThan(60);
});

test("the library below is another one there", async () => {
  const { stdout } = await inElectron(["-p", "process.versions.electron && process.versions.openssl"]);
  expect(stdout.trim()).not.toBe("");
  expect(stdout.trim()).not.toBe(process.versions.openssl);
});

test("every suite that two implementations of a primitive pass is among them", () => {
  const ofTwo = readdirSync(contracts).filter((name) => {
    if (!name.endsWith(".test.ts")) return false;
    const text = readFileSync(join(contracts, name), "utf8");
    return text.includes('describe("both adapters"') && /src\/crypto\/[a-z-]+\.node\.ts"/.test(text);
  });
  expect(ofTwo).toEqual(suites);
});

test("a wrong answer would be seen", async () => {
  const planted = join(directory, "planted.test.ts");
  writeFileSync(
    planted,
    `import { createHmac } from "node:crypto";
     import { describe, expect, it } from "vitest";
     describe("planted", () => {
       it("right", () => expect([1]).toEqual([1]));
       it("wrong", () => expect(createHmac("sha512", "a").digest("hex")).toBe("00"));
       it("not equal", () => expect(new Uint8Array(2)).toEqual(new Uint8Array(3)));
       it("throws nothing", () => expect(() => 1).toThrow());
       it("later", async () => { await null; expect(1).toBe(2); });
       it("asks for more than there is", () => expect(1).toBeCloseTo(1));
     });`,
  );
  const outcomes = await runInside(planted);
  expect(outcomes.map(({ failure }) => failure === null)).toEqual([true, false, false, false, false, false]);
});

async function runInside(entry: string): Promise<Outcome[]> {
  await build({
    configFile: false,
    root,
    publicDir: false,
    logLevel: "error",
    resolve: { alias: { vitest: join(root, "tests", "e2e", "support", "suite-inside.ts") } },
    ssr: { noExternal: true },
    build: {
      ssr: entry,
      outDir: directory,
      emptyOutDir: false,
      target: "node18",
      rolldownOptions: { output: { entryFileNames: "suite.mjs" } },
    },
  });
  const { stdout } = await inElectron([join(directory, "suite.mjs")]);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Outcome);
}

function inElectron(args: readonly string[]): Promise<{ stdout: string }> {
  return promisify(execFile)(electronPath(), args, { env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" }, timeout: runMaxMs });
}
