/** How long a newcomer to a long room waits: until it reads the last word, until it has written, until it has all. Kept profiles, real processes on loopback. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiConnection } from "./api-connection.ts";
import { LineProcess, linked, ready } from "./processes.ts";
import { ms, type Row } from "./stats.ts";

const messages = Number(process.env["NEWCOMER_MESSAGES"] ?? 100_000);
const atOnce = 40;
const patienceMs = 180_000;
const earshot = new URL("../bin/earshot.mjs", import.meta.url).pathname;

interface Member {
  readonly process: LineProcess;
  readonly api: ApiConnection;
}

export async function newcomerRows(): Promise<Row[]> {
  const place = mkdtempSync(join(tmpdir(), "earshot-newcomer-"));
  const members: Member[] = [];
  const start = async (name: string): Promise<Member> => {
    const options = [
      "run",
      "--headless",
      "--json",
      "--data-dir",
      join(place, name),
      "--name",
      name,
      "--interface",
      "lo",
      "--network",
      place,
    ];
    const started = new LineProcess(process.execPath, [earshot, ...options]);
    const { dataDir } = await ready(started);
    if (members.length > 0) await linked(started, members.length);
    const member = { process: started, api: await ApiConnection.open(dataDir) };
    members.push(member);
    return member;
  };
  try {
    const first = await start("ann");
    const { roomId } = await first.api.call("rooms.create", { name: "long", visibility: "public" });
    for (let sent = 0; sent < messages; sent += atOnce)
      await Promise.all(Array.from({ length: atOnce }, (_, i) => first.api.call("messages.send", { to: roomId, text: textOf(sent + i) })));
    const fromOne = await enter(await start("ben"), roomId);
    const fromTwo = await enter(await start("cid"), roomId);
    const row = (from: string, taken: Taken): Row => ({
      what: `a newcomer to a room of ${messages} messages, ${from}`,
      value: `last word ${ms(taken.lastWord)}, written ${ms(taken.written)}, all ${ms(taken.all)}; ${taken.megabytes} MB then`,
      baseline: `${ms(taken.readAll)} to read all of its own, page by page`,
      aim: "≤ 1 s, ≤ 1 s, ≤ 10 s",
    });
    return [row("from one member", fromOne), row("from two", fromTwo)];
  } finally {
    for (const { api, process: running } of members) {
      api.close();
      await running.stop("SIGKILL");
    }
    rmSync(place, { recursive: true });
  }
}

const textOf = (number: number): string => `message ${number}, as long as people write them in a room, more or less`;

interface Taken {
  readonly lastWord: number;
  readonly written: number;
  readonly all: number;
  readonly readAll: number;
  readonly megabytes: number;
}

async function enter({ process: running, api }: Member, roomId: string): Promise<Taken> {
  await running.waitFor((line) => line["event"] === "roomChanged" && (line["room"] as { roomId: string }).roomId === roomId);
  const from = running.lines.length;
  const startedAt = performance.now();
  await api.call("rooms.join", { room: roomId });
  const last = textOf(messages - 1);
  await running.waitFor(
    (line) => line["event"] === "messageAdded" && (line["message"] as { text: string }).text === last,
    patienceMs,
    from,
  );
  const lastWord = performance.now() - startedAt;
  await api.call("messages.send", { to: roomId, text: "hello" });
  const written = performance.now() - startedAt;
  let wasMissing = false;
  const whole = await running.waitFor(
    (line) => {
      const room = line["event"] === "roomChanged" ? (line["room"] as { roomId: string; missing: number }) : undefined;
      if (room?.roomId !== roomId) return false;
      wasMissing ||= room.missing > 0;
      return wasMissing && room.missing === 0;
    },
    patienceMs,
    from,
  );
  const readAt = performance.now();
  let count = 0;
  for (let before: string | undefined; ; ) {
    const page = await api.call("messages.list", { in: roomId, limit: 500, ...(before !== undefined && { before }) });
    count += page.messages.length;
    before = page.messages[0]?.messageId;
    if (!page.hasMore) break;
  }
  if (count < messages) throw new Error(`only ${count} messages came`);
  const memory = readFileSync(`/proc/${running.child.pid}/status`, "utf8");
  return {
    lastWord,
    written,
    all: whole.at - startedAt,
    readAll: performance.now() - readAt,
    megabytes: Math.round(Number(/VmRSS:\s+(\d+)/.exec(memory)?.[1] ?? 0) / 1024),
  };
}
