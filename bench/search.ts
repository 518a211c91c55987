/**
 * Search in a vault of a million messages in twenty rooms, beside a reading of the same texts (`LIKE`) in the same file; what the
 * index costs in bytes and in time to write, beside the same messages without texts; and how the vault opens.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoredEvent, TextQuery, Vault } from "../src/store/index.ts";
import { batchMax } from "../src/store/limits.ts";
import { connect, loadSqlite, type Sqlite } from "../src/store/sqlcipher.node.ts";
import { openVault } from "../src/store/vault.node.ts";
import { median, ms, percentile, type Row, spread } from "./stats.ts";

const messages = Number(process.env["SEARCH_MESSAGES"] ?? 1_000_000);
const rooms = 20;
const people = 50;
const vocabulary = 50_000;
const wordsPerMessage = 12;
const samples = 100;
const readings = 3;
const aim = "≤ 100 ms";

export async function searchRows(): Promise<Row[]> {
  const directory = mkdtempSync(join(tmpdir(), "earshot-bench-search-"));
  const key = new Uint8Array(32).fill(7);
  try {
    const Sqlite = await loadSqlite();
    const path = join(directory, "indexed.db");
    const indexed = fill(openVault(Sqlite, path, key, { makes: true }), true);
    const vault = openVault(Sqlite, path, key, { makes: false });
    const found = searches.map(({ what, queries }) => measure(vault, what, queries));
    const written = writes(vault, true);
    vault.close();
    const read = reading(Sqlite, path, key);
    const opening = openings(path, key);
    const bytes = statSync(path).size;
    const plainPath = join(directory, "plain.db");
    const plain = fill(openVault(Sqlite, plainPath, key, { makes: true }), false);
    const plainVault = openVault(Sqlite, plainPath, key, { makes: false });
    const plainWritten = writes(plainVault, false);
    plainVault.close();
    const perMessage = (size: number): string => `${(size / messages).toFixed(0)} bytes a message`;
    return [
      ...found.map(({ what, took, hits }) => ({
        what: `search ${messages} messages: ${what} (${hits} shown)`,
        value: spread(took),
        baseline: `LIKE: p50 ${ms(median(read))} (n=${readings})`,
        aim,
      })),
      { what: "store one message", value: spread(written), baseline: `${spread(plainWritten)} without text and index`, aim: "" },
      {
        what: `store ${batchMax} at once, each`,
        value: `${((indexed / messages) * 1_000).toFixed(0)} µs`,
        baseline: `${((plain / messages) * 1_000).toFixed(0)} µs without text and index`,
        aim: "",
      },
      {
        what: "on disk",
        value: `${(bytes / 1e6).toFixed(0)} MB, ${perMessage(bytes)}`,
        baseline: `${(statSync(plainPath).size / 1e6).toFixed(0)} MB, ${perMessage(statSync(plainPath).size)} without text and index`,
        aim: "",
      },
      {
        what: `open the vault of ${messages} messages; with the newest 1,000 of each room`,
        value: `p50 ${ms(median(opening.map((one) => one.openMs)))}; ${ms(median(opening.map((one) => one.readMs)))}, ${median(opening.map((one) => one.megabytes)).toFixed(0)} MB`,
        baseline: "",
        aim: "",
      },
    ];
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** As words in a language are: the n-th most frequent a n-th as often as the first. */
const harmonic = Float64Array.from({ length: vocabulary }, () => 0);
let total = 0;
for (let rank = 0; rank < vocabulary; rank += 1) {
  total += 1 / (rank + 1);
  harmonic[rank] = total;
}
let state = 12_345;
const random = (): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
};
function rankDrawn(): number {
  const sought = random() * total;
  let low = 0;
  let high = vocabulary - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((harmonic[middle] ?? 0) < sought) low = middle + 1;
    else high = middle;
  }
  return low;
}
/** Two letters for the most frequent, up to nine for the rare: syllables, so that many words begin alike. */
function wordOf(rank: number): string {
  const syllables = [
    "an",
    "be",
    "co",
    "di",
    "en",
    "fo",
    "ga",
    "he",
    "in",
    "jo",
    "ka",
    "lo",
    "mi",
    "no",
    "or",
    "pa",
    "re",
    "so",
    "ti",
    "us",
  ];
  let word = "";
  for (let rest = rank + 1; rest > 0; rest = Math.floor(rest / syllables.length)) word += syllables[rest % syllables.length];
  return word;
}
const textOf = (): string => Array.from({ length: wordsPerMessage }, () => wordOf(rankDrawn())).join(" ");
const roomOf = (seq: number): string => `${seq % rooms}`.padStart(26, "r");
const authorOf = (seq: number): string => `${(seq * 7) % people}`.padStart(32, "a");
const from = 1_600_000_000_000;
/** A message each 100 seconds: three years. */
const clockOf = (seq: number): number => from + seq * 100_000;
const bytes = new Uint8Array(350).fill(5);

function event(seq: number, hasText: boolean): StoredEvent {
  const text = seq % 50 === 0 ? `${textOf()} https://example.org/${seq}` : textOf();
  return {
    roomId: roomOf(seq),
    author: authorOf(seq),
    logId: "0123456789abcdef",
    seq,
    clock: clockOf(seq),
    arrivedAt: clockOf(seq),
    bytes,
    ...(hasText && { text }),
  };
}

const ranks = (first: number, count: number): string[] => Array.from({ length: count }, (_, index) => wordOf(first + index));
const common = ranks(0, 10);
const middling = ranks(500, 100);
const rare = ranks(40_000, 100);
const cycled = (words: readonly string[], index: number): string => words[index % words.length] ?? "";
const searches: readonly { what: string; queries: (index: number) => Omit<TextQuery, "limit"> }[] = [
  { what: "a rare word", queries: (index) => ({ words: cycled(rare, index) }) },
  { what: "a middling word", queries: (index) => ({ words: cycled(middling, index) }) },
  { what: "a common word", queries: (index) => ({ words: cycled(common, index) }) },
  { what: "two common words", queries: (index) => ({ words: `${cycled(common, index)} ${cycled(common, index + 3)}` }) },
  { what: "a common and a rare word", queries: (index) => ({ words: `${cycled(common, index)} ${cycled(rare, index)}` }) },
  { what: "four letters that many words begin with", queries: (index) => ({ words: cycled(ranks(21, 40), index).slice(0, 4) }) },
  { what: "five letters that many words begin with", queries: (index) => ({ words: cycled(ranks(421, 40), index).slice(0, 5) }) },
  {
    what: "a common word, from: and in:",
    queries: (index) => ({ words: cycled(common, index), authors: [authorOf(index)], roomIds: [roomOf(index)] }),
  },
  {
    what: "a common word, not from, before:",
    queries: (index) => ({ words: cycled(common, index), notAuthors: [authorOf(index)], before: clockOf(messages / 2) }),
  },
  { what: "two words, has:link", queries: (index) => ({ words: `${cycled(common, index)} ${cycled(middling, index)}`, has: ["link"] }) },
  { what: "from: alone", queries: (index) => ({ words: "", authors: [authorOf(index)] }) },
];

function measure(
  vault: Vault,
  what: string,
  queries: (index: number) => Omit<TextQuery, "limit">,
): { what: string; took: number[]; hits: string } {
  const hits: number[] = [];
  const took = Array.from({ length: samples }, (_, index) => {
    const query = { ...queries(index), limit: 50 };
    return elapsed(() => hits.push(vault.searchTexts(query).length));
  });
  return { what, took, hits: `${percentile(hits, 0)} to ${percentile(hits, 1)}` };
}

function fill(vault: Vault, hasText: boolean): number {
  let took = 0;
  for (let seq = 0; seq < messages; seq += batchMax) {
    const batch = Array.from({ length: Math.min(batchMax, messages - seq) }, (_, index) => event(seq + index, hasText));
    took += elapsed(() => vault.appendEvents(batch));
  }
  vault.close();
  return took;
}

function writes(vault: Vault, hasText: boolean): number[] {
  return Array.from({ length: 1_000 }, (_, index) => {
    const one = event(messages + index, hasText);
    return elapsed(() => vault.appendEvents([one]));
  });
}

/** Whatever the word: where it is rare all texts are read. */
function reading(Sqlite: Sqlite, path: string, key: Uint8Array): number[] {
  const database = connect(Sqlite, path, key);
  const like = database.prepare<[string], unknown>("SELECT author, logId, seq FROM events WHERE text LIKE ? ORDER BY place DESC LIMIT 50");
  const took = rare.slice(0, readings).map((word) => elapsed(() => like.all(`%${word}%`)));
  database.close();
  return took;
}

interface Opening {
  readonly openMs: number;
  readonly readMs: number;
  readonly megabytes: number;
}

function openings(path: string, key: Uint8Array): Opening[] {
  const script = new URL("vault-opening.ts", import.meta.url).pathname;
  return Array.from({ length: 5 }, () => {
    const said = execFileSync(process.execPath, [script, path, Buffer.from(key).toString("hex")], { encoding: "utf8" });
    return JSON.parse(said) as Opening;
  });
}

function elapsed(act: () => unknown): number {
  const started = performance.now();
  act();
  return performance.now() - started;
}
