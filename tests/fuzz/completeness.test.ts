/** No decoder without a target: what reads bytes or text is found by its name, and by what it calls. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readTexts, root } from "../../scripts/checkout.ts";
import type { SourceText } from "../../scripts/source-file.ts";
import { targets } from "./targets/index.ts";

/** Named like a decoder, or reading, and no target: why. */
const exempt: Readonly<Record<string, string>> = {
  "src/mesh/webrtc.node.ts openLink": "opens a channel; descriptions and candidates are split by candidates.ts",
  "src/api/conversation-export.ts readConversation": "takes what the person's own peer answers",
  "src/ui/model/unused-entities.ts decodeHTMLStrict": "gives back what it is given; nothing calls it",
  "src/cli/profile.node.ts openProfile": "reads by unlockProfile",
  "src/store/profile-records.ts readExported": "reads by readProfile",
  "src/store/passphrase-key.node.ts checkPassphrase": "looks at a length",
  "src/store/vault-bounds.ts checkChanges": "looks at lengths that callers give; tests/contracts/vault.test.ts",
  "src/store/vault-bounds.ts checkEvents": "see checkChanges",
  "src/store/vault-bounds.ts checkEventKeys": "see checkChanges",
  "src/store/vault-bounds.ts checkLimit": "see checkChanges",
  "src/store/vault-bounds.ts checkRoom": "see checkChanges",
  "src/store/vault-bounds.ts checkTargets": "see checkChanges",
  "src/store/vault-bounds.ts checkSearchable": "see checkChanges",
  "src/store/vault-bounds.ts checkQuery": "see checkChanges",
  "src/store/vault.node.ts openVault": "SQLCipher's own reading, of pages that it authenticates; tests/contracts/vault-damage.test.ts",
  "src/store/vault-file.node.ts openSound": "see openVault",
  "src/store/vault-file.node.ts openOrSalvage": "reads by openVault, readPages and rowsOfLeaf",
  "src/cli/passphrase.node.ts readSecretFile": "takes a first line as it is",
  "src/cli/data-dir.node.ts openDataDir": "makes directories; reads nothing",
  "src/cli/desktop.node.ts openDesktop": "starts a program",
  "src/cli/browser.node.ts openBrowser": "starts a program",
  "electron/window-state.ts openWindowState": "needs Electron's screens; each field is checked, all else is caught, tests/e2e opens it",
  "electron/start.ts readStart": "reads by parseCommand",
  "src/api/client.ts": "reads what the person's own peer sends to whoever holds its token",
  "electron/window-state.ts": "see openWindowState",
  "electron/own-peer.ts": "reads what the shell's own child process sends",
  "electron/place.ts": "a script's own arguments",
};

const decoderNames =
  /^export (?:async )?(?:function|const|class) ((?:decode|parse|open|read|check|split|receive|verify)[A-Z]\w*|unpad|MessageReader)\b/gmu;
/** What turns bytes or text into values. */
const readers = /\bJSON\.parse\(|\.safeParse\(|[^.\w]decode\((?!.*\): )|\.decode\(/u;

const covered = targets.flatMap(({ covers }) => covers);

function findUncovered(sources: readonly SourceText[]): string[] {
  return sources.flatMap(({ path, text }) => {
    const named = [...text.matchAll(decoderNames)].map(([, name]) => `${path} ${name}`);
    const missing = named.filter((one) => !covered.includes(one) && !(one in exempt));
    const isReader = readers.test(text.replaceAll(/^\s*(?:\*|\/\/|\/\*).*$/gmu, ""));
    const isKnown = [...covered, ...Object.keys(exempt)].some((one) => one === path || one.startsWith(`${path} `));
    return isReader && !isKnown ? [...missing, path] : missing;
  });
}

it("every decoder is a target", () => {
  const sources = readTexts().filter(({ path }) => /^(?:src|electron)\/.*\.tsx?$/u.test(path) && !path.endsWith("limits.ts"));
  expect(sources.length).toBeGreaterThan(100);
  expect(findUncovered(sources)).toEqual([]);
});

it("a new one is missed", () => {
  const planted: readonly SourceText[] = [
    { path: "src/files/manifest.ts", text: "export function decodeManifest(bytes: Uint8Array): unknown {" },
    { path: "src/files/map.ts", text: "const map = JSON.parse(text);" },
    { path: "src/files/chunk.ts", text: 'import { decode } from "cborg";\nconst chunk = decode(bytes, strict);' },
    { path: "src/files/shown.ts", text: "// JSON.parse( would do\nexport const showManifest = 1;" },
  ];
  expect(findUncovered(planted)).toEqual(["src/files/manifest.ts decodeManifest", "src/files/map.ts", "src/files/chunk.ts"]);
});

it("names only what there is", () => {
  for (const one of [...covered, ...Object.keys(exempt)]) {
    const [path = "", name] = one.split(" ");
    expect(existsSync(join(root, path)), one).toBe(true);
    if (name !== undefined) expect(readFileSync(join(root, path), "utf8"), one).toMatch(new RegExp(`\\b${name}\\b`, "u"));
  }
});
