/** What the others notice when the host is killed, and when it hands its role on. */
import { ApiConnection } from "./api-connection.ts";
import { type LineProcess, linked, ready, startPeer } from "./processes.ts";
import { type Row, spread } from "./stats.ts";

const groupSize = 5;
const kills = 8;
const handOffs = 10;

interface Member {
  readonly process: LineProcess;
  readonly peerId: string;
  readonly dataDir: string;
}

export async function hostRows(): Promise<Row[]> {
  const network = `host-${process.pid}`;
  const members: Member[] = [];
  for (let i = 0; i < groupSize; i += 1) members.push(await join(network));
  await Promise.all(members.map((member) => linked(member.process, groupSize - 1)));
  const agreements: number[] = [];
  const gaps: number[] = [];
  try {
    let host = await agreedHost(members);
    for (let round = 0; round < kills; round += 1) {
      const index = members.findIndex((member) => member.peerId === host);
      const [victim] = members.splice(index, 1);
      if (victim === undefined) throw new Error("the host is not one of ours");
      const marks = members.map((member) => member.process.lines.length);
      const killedAt = performance.now();
      await victim.process.stop("SIGKILL");
      host = await nextHost(members, marks, host, killedAt, agreements);
      const newcomer = await join(network);
      await linked(newcomer.process, groupSize - 1);
      members.push(newcomer);
    }
    for (let round = 0; round < handOffs; round += 1) {
      const holder = members.find((member) => member.peerId === host);
      const chosen = members.find((member) => member.peerId !== host);
      if (holder === undefined || chosen === undefined) throw new Error("the host is not one of ours");
      const api = await ApiConnection.open(holder.dataDir);
      const marks = members.map((member) => member.process.lines.length);
      const askedAt = performance.now();
      await api.call("host.handOff", { to: chosen.peerId });
      host = await nextHost(members, marks, host, askedAt, gaps);
      api.close();
    }
  } finally {
    await Promise.all(members.map((member) => member.process.stop()));
  }
  return [
    {
      what: `host killed → ${groupSize - 1} agree on the next`,
      value: spread(agreements),
      baseline: "heartbeat silence alone: 3500 ms",
      aim: "≤ 500 ms",
    },
    { what: `hand-off → ${groupSize} agree`, value: spread(gaps), baseline: "killing the host instead: row above", aim: "reported" },
  ];
}

async function join(network: string): Promise<Member> {
  const child = startPeer(network);
  return { process: child, ...(await ready(child)) };
}

async function agreedHost(members: readonly Member[]): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    const hosts = new Set<string>();
    for (const member of members) {
      const api = await ApiConnection.open(member.dataDir);
      hosts.add((await api.call("host.get", {})).hostId);
      api.close();
    }
    const [host] = hosts;
    if (hosts.size === 1 && host !== undefined) return host;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the group did not agree on a host");
}

/** Adds how long it took until the last member told of the same new host. */
async function nextHost(
  members: readonly Member[],
  marks: readonly number[],
  before: string,
  since: number,
  samples: number[],
): Promise<string> {
  const changes = await Promise.all(
    members.map((member, index) =>
      member.process.waitFor(
        (line) => line["event"] === "hostChanged" && (line["host"] as { hostId: string }).hostId !== before,
        20_000,
        marks[index],
      ),
    ),
  );
  const hosts = new Set(changes.map(({ line }) => (line["host"] as { hostId: string }).hostId));
  samples.push(Math.max(...changes.map(({ at }) => at)) - since);
  return hosts.size === 1 ? ([...hosts][0] ?? before) : agreedHost(members);
}
