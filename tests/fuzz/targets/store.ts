/** What lies on the disk: a profile's keys, its records, the pages of its vault, an exported file. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { encode } from "cborg";
import * as fc from "fast-check";
import { decodeExported } from "../../../src/store/export-file.ts";
import { createMemoryVault, exportProfile, ProfileError, readExport } from "../../../src/store/index.ts";
import { inspectProfile } from "../../../src/store/kept-profile.node.ts";
import { tryPassphrase } from "../../../src/store/key-file.node.ts";
import { formatKeys, type Keys, parseKeys, wrapWithPassphrase } from "../../../src/store/key-slots.ts";
import { keysBytesMax, vaultPageBytes } from "../../../src/store/limits.ts";
import { readProfile } from "../../../src/store/profile-records.ts";
import { loadSqlite, vaultSalt } from "../../../src/store/sqlcipher.node.ts";
import { readPages } from "../../../src/store/sqlcipher-pages.node.ts";
import { rowsOfLeaf } from "../../../src/store/sqlite-rows.ts";
import { openVault } from "../../../src/store/vault.node.ts";
import { bytesOf, hold, holdInProportion, type Target, textOf } from "../target.ts";

const key = new Uint8Array(32).fill(3);
const cheap = { memoryKib: 8, passes: 1, lanes: 1 };
const wrapped = wrapWithPassphrase(key, key, cheap, { salt: new Uint8Array(16), nonce: new Uint8Array(24) });
const keys: Keys = { version: 1, wipeOnQuit: true, slots: [wrapped, { kind: "keychain", wrapped: "00ff" }] };
const openKeys: Keys = { version: 1, wipeOnQuit: false, slots: [{ kind: "open", key: "ab".repeat(32) }] };

const keyFiles: Target = {
  name: "key-file",
  covers: ["src/store/key-slots.ts parseKeys", "src/store/key-file.node.ts readKeys"],
  form: "json",
  valid: fc.constantFrom(formatKeys(keys), formatKeys(openKeys), '{"count":3,"lastAt":1700000000000}').map(bytesOf),
  bytesMax: keysBytesMax,
  cpuMsMax: 300,
  run: (input) =>
    inDirectory(async (directory) => {
      const parsed = parseKeys(textOf(input));
      if (parsed !== undefined)
        hold(isDeepStrictEqual(parseKeys(formatKeys(parsed)), parsed), "keys say something else once written again");
      for (const name of ["keys.json", "tries.json"]) writeFileSync(join(directory, name), input);
      const summary = await inspectProfile(directory);
      hold(summary?.damaged === (parsed === undefined), "damaged keys pass for good ones, or good ones for damaged");
      await tryPassphrase(directory, keys, "wrong").then(
        () => hold(false, "any passphrase will do"),
        (error: unknown) =>
          hold(error instanceof ProfileError && (error.tries?.waitMs ?? 0) <= 300_000, "a file makes people wait for ever"),
      );
      hold(Buffer.compare(readFileSync(join(directory, "keys.json")), input) === 0, "keys were overwritten by being read");
    }),
};

const identity = { signSeed: new Uint8Array(32).fill(1), agreeSecret: new Uint8Array(32).fill(2) };
const places = [{ peerId: "a".repeat(32), addresses: [{ host: "10.0.0.1", port: 47_474 }] }];

const records: Target = {
  name: "profile-records",
  covers: ["src/store/profile-records.ts readProfile"],
  form: "cbor",
  valid: fc.constantFrom<unknown>(identity, "Ada", places).map(encode),
  bytesMax: 64 * 1024,
  cpuMsMax: 300,
  run(input) {
    for (const name of ["identity", "name", "remembered"]) {
      const vault = createMemoryVault();
      vault.write([{ table: "profile", key: name, value: input }]);
      try {
        holdInProportion(readProfile(vault), input.length);
      } catch (error) {
        if (!(error instanceof ProfileError)) throw error;
      }
    }
  },
};

const exported = { identity, name: "Ada", contacts: [["b", Uint8Array.of(1)] as const], settings: [] };
const file = exportProfile(exported, (count) => new Uint8Array(randomBytes(count)));

const exportedFiles: Target = {
  name: "exported-profile",
  covers: ["src/store/export-file.ts readExport", "src/store/export-file.ts decodeExported"],
  form: "cbor",
  valid: fc
    .constantFrom<unknown>({ ...exported, padding: new Uint8Array(9) }, { ...exported, name: null, padding: new Uint8Array() })
    .map(encode),
  bytesMax: 64 * 1024,
  cpuMsMax: 300,
  run(input) {
    const content = decodeExported(input);
    if (content !== undefined) holdInProportion({ ...content, name: content.name ?? null }, input.length);
    for (const bytes of [input, Uint8Array.from([...file.file.subarray(0, 100), ...input])]) {
      try {
        readExport(bytes, file.phrase);
        hold(false, "a file passes that nobody wrote");
      } catch (error) {
        if (!(error instanceof ProfileError)) throw error;
      }
    }
    try {
      readExport(file.file, textOf(input));
      hold(false, "any phrase will do");
    } catch (error) {
      if (!(error instanceof ProfileError)) throw error;
    }
  },
};

const source = (bytes: Uint8Array) => ({
  bytes: bytes.length,
  read: (offset: number, length: number) => bytes.subarray(offset, offset + length),
});
const vaultFiles = await makeVault();

const pages: Target = {
  name: "vault-pages",
  covers: ["src/store/sqlcipher-pages.node.ts readPages"],
  form: "bytes",
  valid: fc.constantFrom(vaultFiles.database, vaultFiles.log),
  bytesMax: 256 * 1024,
  cpuMsMax: 1_000,
  run(input) {
    for (const [database, log] of [
      [input, vaultFiles.log],
      [vaultFiles.database, input],
      [input, input],
    ] as const) {
      const read = readPages(source(database), log, key, vaultSalt(key));
      const most = (database.length + log.length + vaultFiles.log.length) / vaultPageBytes + 2;
      hold(read.count <= most && read.unreadable <= read.count, "more pages are counted than there can be");
      for (let number = 1; number <= read.count; number += 1)
        for (const row of rowsOfLeaf(number, read.page)) holdInProportion(row, database.length + log.length);
    }
  },
};

const rows: Target = {
  name: "vault-rows",
  covers: ["src/store/sqlite-rows.ts rowsOfLeaf"],
  form: "bytes",
  valid: fc.constantFrom(...vaultFiles.leaves),
  bytesMax: 2 * 4_016,
  cpuMsMax: 1_000,
  run(input) {
    const padded = new Uint8Array(2 * 4_016);
    padded.set(input);
    const page = (number: number): Uint8Array | undefined =>
      number === 2 ? padded.subarray(0, 4_016) : number === 3 ? padded.subarray(4_016) : undefined;
    let count = 0;
    for (const row of rowsOfLeaf(2, page)) {
      holdInProportion(row, padded.length);
      count += 1;
    }
    hold(count <= 2_004, "a page has more rows than room for their places");
  },
};

export const storeTargets: readonly Target[] = [keyFiles, records, exportedFiles, pages, rows];

async function makeVault(): Promise<{ database: Uint8Array; log: Uint8Array; leaves: Uint8Array[] }> {
  const Sqlite = await loadSqlite();
  let made: { database: Uint8Array; log: Uint8Array } | undefined;
  await inDirectory(async (directory) => {
    const path = join(directory, "vault.db");
    openVault(Sqlite, path, key, { makes: true }).close();
    const vault = openVault(Sqlite, path, key, { makes: false });
    for (let seq = 0; seq < 20; seq += 1) {
      vault.appendEvents([
        { roomId: "lobby", author: "a", logId: "0", seq, clock: seq, arrivedAt: 1, bytes: new Uint8Array(seq === 7 ? 6_000 : 90) },
      ]);
    }
    vault.write([{ table: "profile", key: "name", value: encode("Ada") }]);
    made = { database: readFileSync(path), log: readFileSync(`${path}-wal`) };
    vault.close();
  });
  if (made === undefined) throw new Error("no vault was made");
  const read = readPages(source(made.database), made.log, key, vaultSalt(key));
  const numbers = Array.from({ length: read.count }, (_, index) => index + 1);
  return {
    ...made,
    leaves: numbers
      .flatMap((number) => ([...rowsOfLeaf(number, read.page)].length > 0 ? [read.page(number) ?? []] : []))
      .map((bytes) => Uint8Array.from(bytes)),
  };
}

async function inDirectory(act: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "earshot-fuzz-store-"));
  try {
    await act(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
