/** What a start reads of a kept profile's rooms, from the vault to what can be shown: the vault's reading alone is the baseline. */

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keptRooms } from "../src/cli/kept-rooms.ts";
import { createIdentity, publicIdentityFromKeys } from "../src/crypto/index.ts";
import { createNodeSignatures } from "../src/crypto/signatures.node.ts";
import type { LogId, Millis } from "../src/ids.ts";
import { Rooms } from "../src/rooms/index.ts";
import type { RoomsPorts } from "../src/rooms/ports.ts";
import { loadSqlite, type Sqlite } from "../src/store/sqlcipher.node.ts";
import { openVault } from "../src/store/vault.node.ts";
import { archiveOf } from "../tests/support/written-rows.ts";
import { type Row, spread } from "./stats.ts";

const messagesPerRoom = 5_000;
const startedAt = 1_790_000_000_000;

export async function keptRoomsRows(): Promise<Row[]> {
  const directory = mkdtempSync(join(tmpdir(), "earshot-bench-rooms-"));
  try {
    const Sqlite = await loadSqlite();
    return [1, 20].map((rooms) => measure(Sqlite, join(directory, `${rooms}.db`), rooms));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function measure(Sqlite: Sqlite, path: string, rooms: number): Row {
  const ports = somebody();
  const key = new Uint8Array(randomBytes(32));
  fill(Sqlite, path, key, ports, rooms);
  const read: number[] = [];
  const restored: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const vault = openVault(Sqlite, path, key, { makes: false });
    read.push(elapsed(() => vault.rooms().map((roomId) => vault.readEvents(roomId, messagesPerRoom))));
    restored.push(elapsed(() => new Rooms({ ...ports, logId: `${round}`.padStart(16, "f") as LogId }, keptRooms(vault))));
    vault.close();
  }
  return {
    what: `a start with ${rooms} rooms of ${messagesPerRoom} messages, until all can be shown`,
    value: spread(restored),
    baseline: `${spread(read)} to read the rows`,
    aim: "",
  };
}

/** By one author; readers keep others' in the same way. */
function fill(Sqlite: Sqlite, path: string, key: Uint8Array, ports: RoomsPorts, count: number): void {
  const vault = openVault(Sqlite, path, key, { makes: true });
  const rooms = new Rooms(ports, { records: [], roomIds: [], archive: archiveOf(() => []) });
  const now = 0 as Millis;
  for (let room = 0; room < count; room += 1) {
    const created = rooms.createRoom(`room-${room}`, "public", "", now);
    if (!created.ok) throw new Error(created.code);
    for (let number = 0; number < messagesPerRoom; number += 1)
      rooms.sendMessage(created.roomId, { text: `message ${number}, as long as people write them in a room` }, now);
    const kept = rooms.takeKept(now);
    vault.write((kept?.records ?? []).map((record) => ({ table: "rooms" as const, ...record })));
    vault.appendEvents(kept?.events ?? []);
  }
  vault.close();
}

function somebody(): RoomsPorts {
  const signatures = createNodeSignatures();
  const identity = createIdentity((length) => new Uint8Array(randomBytes(length)), signatures);
  let wall = startedAt;
  return {
    self: identity,
    signSeed: identity.signSeed,
    logId: "0011223344556677" as LogId,
    signatures,
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
    wallNow() {
      wall += 1;
      return wall as Millis;
    },
    nameOf: () => "Ada",
    isBlocked: () => false,
    identityOf: () => undefined,
    identityFromKeys: (signKey, agreeKey, binding) => publicIdentityFromKeys(signatures, signKey, agreeKey, binding),
  };
}

function elapsed(act: () => unknown): number {
  const from = performance.now();
  act();
  return performance.now() - from;
}
