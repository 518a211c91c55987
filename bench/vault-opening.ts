/** In a process of its own, so that its memory is the vault's alone: `node bench/vault-opening.ts FILE KEY` opens it as a start does, and prints what it took. */
import { loadSqlite } from "../src/store/sqlcipher.node.ts";
import { openSound } from "../src/store/vault-file.node.ts";

const [path = "", key = ""] = process.argv.slice(2);
const Sqlite = await loadSqlite();
const before = process.memoryUsage.rss();
const from = performance.now();
const vault = openSound(Sqlite, path, Buffer.from(key, "hex"));
const openMs = performance.now() - from;
for (const roomId of vault.rooms()) vault.readEvents(roomId, 1_000);
const readMs = performance.now() - from;
console.log(JSON.stringify({ openMs, readMs, megabytes: (process.memoryUsage.rss() - before) / 1e6 }));
