/** ARCHITECTURE.md holds for every source file; and the rules that say so fail where a violation is planted. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findMachinePaths, findProblems, type Problem } from "../../scripts/architecture.ts";
import { declaredPackages, isSource, readTexts, root } from "../../scripts/checkout.ts";
import { importTable, readImportTable } from "../../scripts/import-table.ts";
import { parseSource } from "../../scripts/source-file.ts";

describe("this checkout", () => {
  const texts = readTexts();

  it("keeps the rules", () => {
    const sources = texts.filter(({ path }) => isSource(path)).map(parseSource);
    expect(sources.length).toBeGreaterThan(20);
    expect(listed(findProblems(sources, declaredPackages()))).toEqual([]);
  });

  it("names no path of one machine", () => {
    expect(listed(findMachinePaths(texts))).toEqual([]);
  });

  it("says in ARCHITECTURE.md what the test applies", () => {
    const page = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
    expect(readImportTable(page)).toEqual(importTable.map(({ folder, cell }) => ({ folder, cell })));
  });
});

describe("a planted violation is found:", () => {
  const lines = (count: number) => "export type Line = 1;\n".repeat(count);
  const planted: [what: string, rule: Problem["rule"], path: string, text: string][] = [
    ["Node in a pure file", "suffix", "src/mesh/a.ts", 'import { connect } from "node:net";'],
    ["a Node type in a pure file", "suffix", "src/mesh/a.ts", 'import type { Socket } from "node:net";'],
    ["a Node package in a pure file", "suffix", "src/mesh/a.ts", 'import { WebSocket } from "ws";'],
    ["a Node file behind a pure one", "suffix", "src/mesh/a.ts", 'import { dial } from "./dial.node.ts";'],
    ["a Node file behind a dynamic import", "suffix", "src/mesh/a.ts", 'export const load = () => import("./dial.node.ts");'],
    ["a Node file behind a type import", "suffix", "src/mesh/a.ts", 'export type Dial = import("./dial.node.ts").Dial;'],
    ["a Node file passed on", "suffix", "src/mesh/a.ts", 'export { dial } from "./dial.node.ts";'],
    ["the page in a pure file", "suffix", "src/ui/a.ts", 'import { render } from "preact";'],
    ["Node in the page", "suffix", "src/ui/a.dom.ts", 'import { readFile } from "node:fs"; document.title = String(readFile);'],
    ["the page in Node", "suffix", "src/cli/a.node.ts", 'import { h } from "preact"; process.exit(Number(h));'],
    ["a Node suffix without Node", "suffix", "src/mesh/a.node.ts", "export const a = { Buffer: 1 }.Buffer;"],
    ["a page suffix without a page", "suffix", "src/ui/a.dom.ts", 'import { b } from "./b.ts"; export const a = b.document;'],
    ["mesh that knows rooms", "import", "src/mesh/a.ts", 'import { Rooms } from "../rooms/index.ts";'],
    ["mesh that knows crypto's insides", "import", "src/mesh/a.ts", 'import { seal } from "../crypto/box.ts";'],
    ["peer that passes by a module's index", "import", "src/peer/a.ts", 'import { Election } from "../mesh/election.ts";'],
    ["a page that knows the peer", "import", "src/ui/a.ts", 'import { Peer } from "../peer/index.ts";'],
    ["ids with logic of others", "import", "src/ids.ts", 'import { methods } from "./api/contract.ts";'],
    ["electron that knows the mesh", "import", "electron/main.ts", 'import { Mesh } from "../src/mesh/index.ts";'],
    ["a folder without a row", "import", "src/utils/a.ts", "export const a = 1;"],
    ["a package that is not declared", "package", "src/cli/a.node.ts", 'import leftPad from "left-pad"; process.exit(leftPad);'],
    ["a default export", "defaultExport", "src/mesh/a.ts", "export default 1;"],
    ["a default export by name", "defaultExport", "src/mesh/a.ts", "const a = 1; export { a as default };"],
    ["export *", "exportAll", "src/mesh/a.ts", 'export * from "./b.ts";'],
    ["export * as a name", "exportAll", "src/mesh/a.ts", 'export * as b from "./b.ts";'],
    ["a file too long", "length", "src/mesh/a.ts", lines(401)],
    ["a bound without a reason", "bound", "src/mesh/limits.ts", "/** Module. */\n\nexport const aMax = 1;"],
    [
      "a bound apart from the reason of another",
      "bound",
      "src/mesh/limits.ts",
      "/** Why a. */\nexport const aMax = 1;\n\nexport const bMax = 1;",
    ],
  ];

  it.each(planted)("%s", (_what, rule, path, text) => {
    const problems = findProblems([parseSource({ path, text })], new Set(["ws", "preact", "zod"]));
    expect(problems.map((problem) => problem.rule)).toContain(rule);
  });

  it.each(["home", "Users", "root"])("a path in /%s", (folder) => {
    expect(findMachinePaths([{ path: "README.md", text: `cd /${folder}/ada/earshot` }])).toHaveLength(1);
  });
});

describe("what is right is left alone:", () => {
  const right: [what: string, path: string, text: string][] = [
    [
      "a pure file",
      "src/mesh/a.ts",
      'import { encode } from "cborg";\nimport type { PeerId } from "../ids.ts";\nexport const a: PeerId = encode;',
    ],
    ["a Node file", "src/mesh/a.node.ts", 'import { b } from "./b.ts";\nexport const a = () => setTimeout(b, 1);'],
    ["a page file", "src/ui/a.dom.tsx", "export const App = () => <p />;"],
    ["peer over a module's promise", "src/peer/a.ts", 'import { Mesh } from "../mesh/index.ts"; export const a = Mesh;'],
    ["bounds under one reason", "src/mesh/limits.ts", "/** Why these. */\nexport const aMin = 1;\nexport const aMax = 2;"],
    ["400 lines", "src/mesh/a.ts", "export type Line = 1;\n".repeat(400)],
    [
      "a test that reaches inside",
      "tests/unit/a.test.ts",
      'import { Election } from "../../src/mesh/election.ts"; export const a = Election;',
    ],
  ];

  it.each(right)("%s", (_what, path, text) => {
    expect(listed(findProblems([parseSource({ path, text })], new Set(["cborg"])))).toEqual([]);
  });

  it("addresses and web paths", () => {
    expect(findMachinePaths([{ path: "a.md", text: "https://example.org/home/page ./work/x src/root/a.ts" }])).toEqual([]);
  });
});

function listed(problems: readonly Problem[]): string[] {
  return problems.map(({ path, rule, message }) => `${path} (${rule}) ${message}`);
}
