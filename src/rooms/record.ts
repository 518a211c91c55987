/**
 * The record of a room, made once by its creator and never changed. The room's id is the digest of its content: a record
 * with another name, visibility or creator is another room, so two records can never contend for one id.
 */
import type { PublicIdentity } from "../crypto/ports.ts";
import type { Millis, RoomId } from "../ids.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { digest16, forPurpose, roomIdOf } from "./digest.ts";
import { clockMax, recordBytesMax, topicBytesMax } from "./limits.ts";
import { normalRoomName } from "./names.ts";
import type { RoomsPorts } from "./ports.ts";
import { isBytesOf, isCount, isText, sameBytes } from "./shape.ts";

export type Visibility = "public" | "private";

/** What whoever comes into a private room is given: all that was said, or what is said from then on. A public room's is for everybody. */
export type History = "all" | "fromJoin";

export interface RoomRecord {
  readonly roomId: RoomId;
  readonly name: string;
  readonly visibility: Visibility;
  readonly topic: string;
  readonly history: History;
  readonly creator: PublicIdentity;
  readonly createdAt: Millis;
  /** As it travels, signature included. */
  readonly bytes: Uint8Array;
}

export type RecordPorts = Pick<RoomsPorts, "self" | "signSeed" | "signatures" | "randomBytes" | "wallNow" | "identityFromKeys">;

const purpose = "earshot room v1";
const signatureBytes = 64;

export function createRecord(ports: RecordPorts, name: string, visibility: Visibility, topic: string, wanted: History = "all"): RoomRecord {
  const { signKey, agreeKey, binding } = ports.self;
  const createdAt = ports.wallNow();
  const history = visibility === "private" ? wanted : "all";
  const fields = [name, visibility, topic, signKey, agreeKey, binding, createdAt, ports.randomBytes(16)];
  if (history === "fromJoin") fields.push(history);
  const bytes = encodeCbor([...fields, new Uint8Array(signatureBytes)]);
  bytes.set(ports.signatures.sign(ports.signSeed, forPurpose(purpose, unsigned(bytes))), bytes.length - signatureBytes);
  return { roomId: idOf(bytes), name, visibility, topic, history, creator: ports.self, createdAt, bytes };
}

/** Cheap: which room bytes that claim to be a record would name, before anything in them is believed. */
export const idOf = (bytes: Uint8Array): RoomId => roomIdOf(digest16(forPurpose(purpose, unsigned(bytes))));

/** Undefined where shape, keys or signature are wrong. */
export function decodeRecord(ports: Pick<RecordPorts, "signatures" | "identityFromKeys">, bytes: Uint8Array): RoomRecord | undefined {
  if (bytes.length > recordBytesMax) return undefined;
  const fields = decodeCbor(bytes);
  if (!Array.isArray(fields) || (fields.length !== 9 && fields.length !== 10)) return undefined;
  const [name, visibility, topic, signKey, agreeKey, binding, createdAt, salt] = fields as unknown[];
  const signature: unknown = fields.at(-1);
  const history: History = fields.length === 10 ? "fromJoin" : "all";
  if (history === "fromJoin" && (fields[8] !== history || visibility !== "private")) return undefined;
  if (typeof name !== "string" || normalRoomName(name) !== name || !isText(topic, topicBytesMax)) return undefined;
  if (visibility !== "public" && visibility !== "private") return undefined;
  if (!isBytesOf(signKey, 32) || !isBytesOf(agreeKey, 32) || !isBytesOf(binding, 64)) return undefined;
  if (!isCount(createdAt, clockMax) || !isBytesOf(salt, 16) || !isBytesOf(signature, signatureBytes)) return undefined;
  // One content, one writing: otherwise one room could be made to have several ids.
  if (!sameBytes(encodeCbor(fields), bytes)) return undefined;
  const creator = ports.identityFromKeys(signKey, agreeKey, binding);
  if (creator === undefined || !ports.signatures.verify(creator.signKey, forPurpose(purpose, unsigned(bytes)), signature)) return undefined;
  return { roomId: idOf(bytes), name, visibility, topic, history, creator, createdAt: createdAt as Millis, bytes: bytes.slice() };
}

/** Everything before the signature and its two bytes of header. */
const unsigned = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, Math.max(0, bytes.length - signatureBytes - 2));
