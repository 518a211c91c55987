/** A connection to an encrypted database. The package is loaded at the first call, so that a guest never loads it. */
import { hkdfSync } from "node:crypto";
import type { Database } from "better-sqlite3-multiple-ciphers";
import { pageCacheKib, vaultPageBytes, vaultSaltBytes } from "./limits.ts";
import { ProfileError } from "./port.ts";

/** What the package's binaries are built for: Node 22.14, Electron 36. */
const nodeApiMin = 10;

export type Sqlite = new (path: string, options?: { fileMustExist?: boolean }) => Database;

/** Rejects with `ProfileError` "vaultUnavailable". */
export async function loadSqlite(load: () => Promise<unknown> = () => import("better-sqlite3-multiple-ciphers")): Promise<Sqlite> {
  try {
    checkRuntime();
    const loaded = ((await load()) as { default: Sqlite }).default;
    // The package imports without its binary, which only a connection loads.
    new loaded(":memory:").close();
    return loaded;
  } catch (error) {
    throw new ProfileError(
      "vaultUnavailable",
      `Profiles cannot be kept here: the encrypted database does not load (${firstLine(error)}). ` +
        "Guests work. A newer Earshot, or the same one in the browser, opens the profile.",
    );
  }
}

/** An older runtime loads the binary and then ends the process. */
function checkRuntime(): void {
  const found = Number(process.versions["napi"]);
  if (found < nodeApiMin) throw new Error(`it needs Node-API ${nodeApiMin}, and this runtime has ${found}`);
}

/** The salt that SQLCipher writes at the start of the file. It follows from the key, so that its damage loses nothing. */
export function vaultSalt(key: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync("sha512", key, new Uint8Array(), "earshot vault salt", vaultSaltBytes));
}

/** Throws what SQLite throws where the file is damaged or of another key. */
export function connect(Sqlite: Sqlite, path: string, key: Uint8Array | undefined): Database {
  const database = new Sqlite(path);
  try {
    if (key !== undefined) encrypt(database, key);
    database.pragma(`page_size = ${vaultPageBytes}`);
    // One process has the directory: no shared memory file, no locking between two statements.
    database.pragma("locking_mode = EXCLUSIVE");
    database.pragma("temp_store = MEMORY");
    database.pragma(`cache_size = -${pageCacheKib}`);
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = NORMAL");
    database.pragma("secure_delete = ON");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Format 4; a raw key, so that nothing is derived from it. */
function encrypt(database: Database, key: Uint8Array): void {
  database.pragma("cipher = 'sqlcipher'");
  database.pragma("legacy = 4");
  database.pragma(`key = "x'${hex(key)}${hex(vaultSalt(key))}'"`);
}

/** What SQLite says of a file that is not what it should be, of a page that fails its authentication, and of a disk that cannot read. */
export function isDamage(error: unknown): boolean {
  return /^SQLITE_(CORRUPT|NOTADB|IOERR_(READ|SHORT_READ|DATA))/.test(codeOf(error));
}

/** Whatever SQLite throws, in words for a person. */
export function vaultError(path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (isDamage(error)) {
    return new ProfileError(
      "damaged",
      `The vault ${path} is damaged. Nothing was overwritten; what can be read is read at the next start.`,
    );
  }
  if (code.startsWith("SQLITE_FULL")) return new ProfileError("unusable", `The disk of ${path} is full. Make room; nothing is lost.`);
  if (code.startsWith("SQLITE_")) return new ProfileError("unusable", `The vault ${path} cannot be used: ${firstLine(error)}`);
  return error;
}

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code ?? "");
const firstLine = (error: unknown): string => (error as Error).message.split("\n", 1)[0] ?? "";
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
