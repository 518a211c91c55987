/**
 * What a person keeps for themselves, each a record of the table "own": drafts, stars, messages to be sent later, and how
 * long rooms are kept here. None of it ever leaves this machine, nor goes along with an exported identity.
 */
import { decode, encode } from "cborg";
import { z } from "zod";
import type { RoomId } from "../ids.ts";
import type { KeptRecord } from "./effect.ts";
import { draftsMax, keepsMax, scheduledMax, starsMax } from "./limits.ts";

const text = z.string().max(64 * 1024);
const id = z.string().min(1).max(200);
const wall = z.number().int().nonnegative();
const draftSchema = z.strictObject({ text, replyTo: id.optional(), at: wall });
const starSchema = z.strictObject({ at: wall });
const scheduledSchema = z.strictObject({
  roomId: id,
  text,
  at: wall,
  replyTo: id.optional(),
  thread: id.optional(),
  /** Why it could not be sent when it was due. */
  problem: z.string().max(1_000).optional(),
});
const keepSchema = z.strictObject({ keepMs: z.number().int().positive() });

export type Draft = z.output<typeof draftSchema>;
export type Scheduled = z.output<typeof scheduledSchema>;

const kinds = { draft: draftSchema, star: starSchema, scheduled: scheduledSchema, keep: keepSchema } as const;
type Kind = keyof typeof kinds;
export type OwnRecord = { [K in Kind]: { readonly kind: K; readonly id: string; readonly value: z.output<(typeof kinds)[K]> } }[Kind];

/** Undefined for what no version writes. Never throws. */
export function decodeOwnRecord(key: string, bytes: Uint8Array): OwnRecord | undefined {
  const slash = key.indexOf("/");
  const kind = key.slice(0, slash);
  if (slash < 1 || slash === key.length - 1 || !Object.hasOwn(kinds, kind)) return undefined;
  try {
    const { data } = kinds[kind as Kind].safeParse(decode(bytes, { strict: true }));
    return data === undefined ? undefined : ({ kind, id: key.slice(slash + 1), value: data } as OwnRecord);
  } catch {
    return undefined;
  }
}

export class OwnRecords {
  readonly #drafts = new Map<string, Draft>();
  /** In the order in which they were given. */
  readonly #stars = new Map<string, number>();
  readonly #scheduled = new Map<string, Scheduled>();
  readonly #keep = new Map<string, number>();
  #changes = new Map<string, Uint8Array | undefined>();

  /** @param records of the table "own" */
  constructor(records: Iterable<readonly [string, Uint8Array]>) {
    const stars: (readonly [string, number])[] = [];
    for (const [key, bytes] of records) {
      const record = decodeOwnRecord(key, bytes);
      if (record?.kind === "draft") this.#drafts.set(record.id, record.value);
      if (record?.kind === "star") stars.push([record.id, record.value.at]);
      if (record?.kind === "scheduled") this.#scheduled.set(record.id, record.value);
      if (record?.kind === "keep") this.#keep.set(record.id, record.value.keepMs);
    }
    for (const [messageId, at] of stars.sort((a, b) => a[1] - b[1])) this.#stars.set(messageId, at);
  }

  get drafts(): ReadonlyMap<string, Draft> {
    return this.#drafts;
  }

  get scheduled(): ReadonlyMap<string, Scheduled> {
    return this.#scheduled;
  }

  /** Newest first. */
  get stars(): readonly string[] {
    return [...this.#stars.keys()].reverse();
  }

  hasStar(messageId: string): boolean {
    return this.#stars.has(messageId);
  }

  keepMs(roomId: RoomId): number | undefined {
    return this.#keep.get(roomId);
  }

  get keepsAny(): boolean {
    return this.#keep.size > 0;
  }

  /** Undefined forgets. The oldest of too many go. */
  setDraft(roomId: RoomId, draft: Draft | undefined): void {
    this.#drafts.delete(roomId);
    if (draft !== undefined) this.#drafts.set(roomId, draft);
    this.#set("draft", roomId, draft);
    for (const oldest of this.#drafts.keys()) {
      if (this.#drafts.size <= draftsMax) break;
      this.#drafts.delete(oldest);
      this.#set("draft", oldest, undefined);
    }
  }

  /** False where there are too many. */
  setStar(messageId: string, at: number | undefined): boolean {
    if (at !== undefined && this.#stars.size >= starsMax && !this.#stars.has(messageId)) return false;
    this.#stars.delete(messageId);
    if (at !== undefined) this.#stars.set(messageId, at);
    this.#set("star", messageId, at === undefined ? undefined : { at });
    return true;
  }

  /** False where there are too many. */
  setScheduled(scheduleId: string, scheduled: Scheduled | undefined): boolean {
    if (scheduled !== undefined && this.#scheduled.size >= scheduledMax && !this.#scheduled.has(scheduleId)) return false;
    if (scheduled === undefined) this.#scheduled.delete(scheduleId);
    else this.#scheduled.set(scheduleId, scheduled);
    this.#set("scheduled", scheduleId, scheduled);
    return true;
  }

  /** False where there are too many. */
  setKeepMs(roomId: RoomId, keepMs: number | undefined): boolean {
    if (keepMs !== undefined && this.#keep.size >= keepsMax && !this.#keep.has(roomId)) return false;
    if (keepMs === undefined) this.#keep.delete(roomId);
    else this.#keep.set(roomId, keepMs);
    this.#set("keep", roomId, keepMs === undefined ? undefined : { keepMs });
    return true;
  }

  takeRecords(): KeptRecord[] {
    const changes = this.#changes;
    this.#changes = new Map();
    return [...changes].map(([key, value]) => ({ table: "own", key, value }));
  }

  #set(kind: Kind, about: string, value: unknown): void {
    this.#changes.set(`${kind}/${about}`, value === undefined ? undefined : (encode(value) as Uint8Array));
  }
}
