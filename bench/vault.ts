/**
 * The vault beside the same schema in plain SQLite: unlocking, opening with a hundred thousand messages until the newest can be
 * shown, storing a session, reading the newest fifty. The baseline is the same code on the same library without a cipher.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoredEvent, Vault } from "../src/store/index.ts";
import { argonParameters, batchMax } from "../src/store/limits.ts";
import { deriveFromPassphrase } from "../src/store/passphrase-key.node.ts";
import { loadSqlite, type Sqlite } from "../src/store/sqlcipher.node.ts";
import { openVault } from "../src/store/vault.node.ts";
import { openSound } from "../src/store/vault-file.node.ts";
import { median, ms, type Row, spread } from "./stats.ts";

const messages = 100_000;
const rooms = 20;
const sessions = 500;
const openings = 15;
const writes = 500;

export async function vaultRows(): Promise<Row[]> {
  const directory = mkdtempSync(join(tmpdir(), "earshot-bench-vault-"));
  try {
    const Sqlite = await loadSqlite();
    const [sealed, plain] = [
      measure(Sqlite, join(directory, "sealed.db"), randomKey()),
      measure(Sqlite, join(directory, "plain.db"), undefined),
    ];
    return [
      await unlockRow(),
      row(
        `vault of ${messages} messages (${sealed.megabytes} MB): open, newest 50 of ${rooms} rooms`,
        sealed.openMs,
        plain.openMs,
        "≤ 150 ms",
      ),
      row("the same, newest 5,000 of each room", sealed.restoreMs, plain.restoreMs, ""),
      row("store a session (2 KB) before its frame leaves", sealed.writeMs, plain.writeMs, ""),
      row("store one message", sealed.appendMs, plain.appendMs, ""),
      row("read the newest 50 of a room", sealed.readMs, plain.readMs, ""),
      row("delete a message and clear the log of it", sealed.deleteMs, plain.deleteMs, ""),
    ];
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function unlockRow(): Promise<Row> {
  const derive = async (parameters: typeof argonParameters): Promise<number> => {
    const samples: number[] = [];
    for (let round = 0; round < 5; round += 1)
      samples.push(await elapsedAsync(() => deriveFromPassphrase("correct horse battery staple", randomBytes(16), parameters)));
    return median(samples);
  };
  const { memoryKib, passes, lanes } = argonParameters;
  const least = { memoryKib: 64 * 1024, passes: 3, lanes: 1 } as unknown as typeof argonParameters;
  return {
    what: `unlock: Argon2id, ${memoryKib / 1024} MiB, ${passes} passes, ${lanes} lane`,
    value: ms(await derive(argonParameters)),
    baseline: `${ms(await derive(least))} (RFC 9106's least: 64 MiB)`,
    aim: "",
  };
}

interface Measured {
  readonly megabytes: string;
  readonly openMs: readonly number[];
  readonly restoreMs: readonly number[];
  readonly writeMs: readonly number[];
  readonly appendMs: readonly number[];
  readonly readMs: readonly number[];
  readonly deleteMs: readonly number[];
}

function measure(Sqlite: Sqlite, path: string, key: Uint8Array | undefined): Measured {
  fill(openVault(Sqlite, path, key, { makes: true }));
  const megabytes = (statSync(path).size / 1e6).toFixed(0);
  const opened = (limit: number): number => {
    let vault: Vault | undefined;
    const took = elapsed(() => {
      vault = openSound(Sqlite, path, key);
      for (const roomId of vault.rooms()) vault.readEvents(roomId, limit);
    });
    vault?.close();
    return took;
  };
  const openMs = Array.from({ length: openings }, () => opened(50));
  const restoreMs = Array.from({ length: 5 }, () => opened(5_000));
  const vault = openVault(Sqlite, path, key, { makes: false });
  const session = randomBytes(2_000);
  const writeMs = Array.from({ length: writes }, (_, index) =>
    elapsed(() => vault.write([{ table: "sessions", key: `peer-${index % sessions}`, value: session }])),
  );
  const appendMs = Array.from({ length: writes }, (_, index) => elapsed(() => vault.appendEvents([event(messages + index)])));
  const readMs = Array.from({ length: writes }, (_, index) => elapsed(() => vault.readEvents(roomOf(index), 50)));
  const deleteMs = Array.from({ length: 50 }, (_, index) => elapsed(() => vault.deleteEvents([event(messages + index)])));
  vault.close();
  return { megabytes, openMs, restoreMs, writeMs, appendMs, readMs, deleteMs };
}

function fill(vault: Vault): void {
  for (let seq = 0; seq < messages; seq += batchMax) vault.appendEvents(Array.from({ length: batchMax }, (_, index) => event(seq + index)));
  vault.write(
    Array.from({ length: sessions }, (_, index) => ({ table: "sessions", key: `peer-${index}`, value: randomBytes(2_000) }) as const),
  );
  vault.close();
}

function event(seq: number): StoredEvent {
  const author = `${seq % 50}`.padStart(32, "a");
  return {
    roomId: roomOf(seq),
    author,
    logId: "0123456789abcdef",
    seq,
    clock: 1_700_000_000_000 + seq,
    arrivedAt: 1_700_000_000_000 + seq,
    bytes: randomBytes(350),
  };
}

const roomOf = (seq: number): string => `${seq % rooms}`.padStart(26, "r");
const randomKey = (): Uint8Array => new Uint8Array(randomBytes(32));

function elapsed(act: () => unknown): number {
  const from = performance.now();
  act();
  return performance.now() - from;
}

async function elapsedAsync(act: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await act();
  return performance.now() - from;
}

function row(what: string, sealed: readonly number[], plain: readonly number[], aim: string): Row {
  return { what, value: spread(sealed), baseline: `${spread(plain)} unencrypted`, aim };
}
