/** What stands in a vault's file, and how a file of an earlier version becomes one of this. */
import { textIndexSchema } from "./text-index.node.ts";

/** `salvage.node.ts` knows rows by their number of columns: no two tables may have the same. */
export const schema = `
  CREATE TABLE IF NOT EXISTS counts (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, count INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS records (
    id INTEGER PRIMARY KEY, section TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, UNIQUE (section, key)
  );
  CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY, room INTEGER NOT NULL, roomId TEXT NOT NULL, author TEXT NOT NULL, logId TEXT NOT NULL,
    seq INTEGER NOT NULL, clock INTEGER NOT NULL, arrivedAt INTEGER NOT NULL, bytes BLOB NOT NULL, target TEXT,
    text TEXT, place INTEGER, UNIQUE (room, author, logId, seq)
  );
  CREATE INDEX IF NOT EXISTS eventsByClock ON events (room, clock);
  CREATE INDEX IF NOT EXISTS eventsByTarget ON events (room, target) WHERE target IS NOT NULL;
  CREATE INDEX IF NOT EXISTS eventsByPlace ON events (place) WHERE place IS NOT NULL;
  ${textIndexSchema}
  PRAGMA user_version = 3;
`;

/** Rows of version 1 have a column less, in the file too. */
const fromVersion1 = `
  BEGIN;
  ALTER TABLE events ADD COLUMN target TEXT;
  CREATE INDEX IF NOT EXISTS eventsByTarget ON events (room, target) WHERE target IS NOT NULL;
  PRAGMA user_version = 2;
  COMMIT;
`;
const fromVersion2 = `
  BEGIN;
  ALTER TABLE events ADD COLUMN text TEXT;
  ALTER TABLE events ADD COLUMN place INTEGER;
  CREATE INDEX eventsByPlace ON events (place) WHERE place IS NOT NULL;
  ${textIndexSchema}
  PRAGMA user_version = 3;
  COMMIT;
`;

export const schemaVersion = 3;
/** From version 1 on, each to the next. */
export const upgrades: readonly string[] = [fromVersion1, fromVersion2];
