/** What of a decoded packet concerns services of ours. Anybody on the wire may have sent it. Pure. */
import type { KnownService } from "./known-services.ts";
import { knownPerPacketMax, questionPacketsMax } from "./limits.ts";

/** As `dns-packet` gives it, and takes it. */
export interface ServicePacket {
  readonly flag_tc?: boolean;
  readonly questions?: readonly Question[];
  readonly answers?: readonly DnsRecord[];
  readonly authorities?: readonly DnsRecord[];
  readonly additionals?: readonly DnsRecord[];
}

export interface Question {
  readonly name: string;
  readonly type: string;
}

export interface DnsRecord {
  readonly name: string;
  readonly type: string;
  readonly ttl?: number;
  readonly data?: unknown;
}

/** All services of our kind have a record of this name; each points to another instance. */
export const serviceName = "_earshot._tcp.local";
/** Every machine on the wire that offers anything has records of this name (RFC 6763, section 9). */
export const metaName = "_services._dns-sd._udp.local";
const instancePattern = /^[0-9a-f]{16}\._earshot\._tcp\.local$/u;
const truncated = 1 << 9;

export function recordCount({ questions = [], answers = [], authorities = [], additionals = [] }: ServicePacket): number {
  return questions.length + answers.length + authorities.length + additionals.length;
}

export function isQuestionFor({ name, type }: Question, wanted: string): boolean {
  return (type === "PTR" || type === "ANY") && isSameName(name, wanted);
}

/** Whether the packet says this, and for at least half as long as it holds. */
export function isSaid(records: readonly DnsRecord[], name: string, data: string, lifetimeSeconds: number): boolean {
  return records.some((record) => isPointer(record, name) && isSameName(record.data, data) && (record.ttl ?? 0) * 2 >= lifetimeSeconds);
}

/** Instances of our kind that these records point to. Names that no Earshot would bear are left out. */
export function instancesIn(records: readonly DnsRecord[]): KnownService[] {
  return records.flatMap((record) => {
    if (!isPointer(record, serviceName) || typeof record.data !== "string") return [];
    const name = record.data.toLowerCase();
    return instancePattern.test(name) ? [{ name, lifetimeSeconds: record.ttl ?? 0 }] : [];
  });
}

/** As `instancesIn`, without those whose port the packet does not say: they could not be dialled. Those that go are among them. */
export function instancesTold({ answers = [], additionals = [] }: ServicePacket): KnownService[] {
  const records = [...answers, ...additionals];
  const placed = new Set(records.filter(({ type }) => type === "SRV").map(({ name }) => name.toLowerCase()));
  return instancesIn(records).filter(({ name, lifetimeSeconds }) => lifetimeSeconds === 0 || placed.has(name));
}

/** The packets of one question: who is here, besides those that are known? */
export function questionPackets(known: readonly KnownService[]): object[] {
  const questions = [{ name: serviceName, type: "PTR" }];
  const answers = known
    .slice(0, knownPerPacketMax * questionPacketsMax)
    .map(({ name, lifetimeSeconds }) => ({ name: serviceName, type: "PTR", ttl: lifetimeSeconds, data: name }));
  const packets: object[] = [];
  for (let from = 0; from === 0 || from < answers.length; from += knownPerPacketMax) {
    const to = from + knownPerPacketMax;
    packets.push({
      questions: from === 0 ? questions : [],
      answers: answers.slice(from, to),
      flags: to < answers.length ? truncated : 0,
    });
  }
  return packets;
}

function isPointer({ name, type }: DnsRecord, wanted: string): boolean {
  return type === "PTR" && isSameName(name, wanted);
}

function isSameName(name: unknown, wanted: string): boolean {
  return typeof name === "string" && name.toLowerCase() === wanted;
}
