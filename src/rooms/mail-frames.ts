/**
 * Sealed mail for somebody who is away, and what is said about it, as CBOR. See docs/decisions/0019. A piece of mail carries its
 * sender's signature, so that whoever brings it proves whose it is; a reader's `taken` carries the reader's, so that anybody can
 * show it. Decoding bounds everything and believes nothing.
 */
import type { PublicIdentity, Signatures } from "../crypto/ports.ts";
import type { Millis, PeerId } from "../ids.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { digest16, forPurpose } from "./digest.ts";
import { clockMax, mailBytesMax, mailIdsPerFrameMax, mailPerFrameMax } from "./limits.ts";
import type { AuthorKeys } from "./payload.ts";
import { isBytes, isBytesOf, isCount, isFlag, isList, isPeerId } from "./shape.ts";

/** Digest of sender, reader, time and content: 32 hex digits. */
export type MailId = string & { readonly brand: "MailId" };

export interface Mail {
  readonly id: MailId;
  readonly keys: AuthorKeys;
  readonly to: PeerId;
  /** Wall time of the sender; grows from one piece to the next. */
  readonly at: Millis;
  readonly sealed: Uint8Array;
  readonly signature: Uint8Array;
  /** As it travels. */
  readonly bytes: Uint8Array;
}

/** Why somebody does not hold a piece: no space for it, or too old. */
export const mailRefusals = ["full", "old"] as const;
export type MailRefusal = (typeof mailRefusals)[number];

/** The reader has it: opened, or (not `isRead`) it does not open. */
export interface Taken {
  readonly id: MailId;
  readonly isRead: boolean;
  readonly keys: AuthorKeys;
  readonly signature: Uint8Array;
}

export interface MailWord {
  readonly k: "word";
  readonly held: readonly MailId[];
  readonly wanted: readonly MailId[];
  readonly refused: readonly (readonly [MailId, MailRefusal])[];
  /** From a sender: no longer needed. From a holder: let go. */
  readonly gone: readonly MailId[];
  readonly taken: readonly Taken[];
}

export type MailFrame =
  | { readonly k: "offer"; readonly mail: readonly (readonly [MailId, bytes: number])[] }
  | { readonly k: "put"; readonly mail: readonly Mail[] }
  | MailWord;

export const silence: MailWord = { k: "word", held: [], wanted: [], refused: [], gone: [], taken: [] };

/** Whose keys these are, where they prove it. */
export type IdentityFromKeys = (signKey: Uint8Array, agreeKey: Uint8Array, binding: Uint8Array) => PublicIdentity | undefined;

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const mailIdOf = (bytes: Uint8Array): MailId => hex(bytes) as MailId;

function idBytes(id: MailId): Uint8Array {
  const bytes = new Uint8Array(16);
  for (let i = 0; i < 16; i++) bytes[i] = Number.parseInt(id.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

const contentOf = ({ signKey }: AuthorKeys, to: PeerId, at: Millis, sealed: Uint8Array): Uint8Array =>
  encodeCbor([signKey, to, at, sealed]);
const takenContent = (id: MailId, isRead: boolean): Uint8Array => forPurpose("earshot mail taken v1", encodeCbor([idBytes(id), isRead]));

export function signMail(
  signatures: Signatures,
  signSeed: Uint8Array,
  { signKey, agreeKey, binding }: AuthorKeys,
  to: PeerId,
  at: Millis,
  sealed: Uint8Array,
): Mail {
  const content = contentOf({ signKey, agreeKey, binding }, to, at, sealed);
  const signature = signatures.sign(signSeed, forPurpose("earshot mail v1", content));
  const keys = { signKey, agreeKey, binding };
  const bytes = encodeCbor([signKey, agreeKey, binding, to, at, sealed, signature]);
  return { id: mailIdOf(digest16(content)), keys, to, at, sealed, signature, bytes };
}

/** Who sent it; undefined where that is not proven. */
export function senderOf(signatures: Signatures, identityFromKeys: IdentityFromKeys, mail: Mail): PublicIdentity | undefined {
  const { keys, to, at, sealed, signature } = mail;
  const identity = identityFromKeys(keys.signKey, keys.agreeKey, keys.binding);
  if (identity === undefined) return undefined;
  const content = forPurpose("earshot mail v1", contentOf(keys, to, at, sealed));
  return signatures.verify(keys.signKey, content, signature) ? identity : undefined;
}

export function signTaken(signatures: Signatures, signSeed: Uint8Array, keys: AuthorKeys, id: MailId, isRead: boolean): Taken {
  const { signKey, agreeKey, binding } = keys;
  return { id, isRead, keys: { signKey, agreeKey, binding }, signature: signatures.sign(signSeed, takenContent(id, isRead)) };
}

/** Who took it; undefined where that is not proven. */
export function takerOf(signatures: Signatures, identityFromKeys: IdentityFromKeys, taken: Taken): PeerId | undefined {
  const { keys, id, isRead, signature } = taken;
  const identity = identityFromKeys(keys.signKey, keys.agreeKey, keys.binding);
  if (identity === undefined || !signatures.verify(keys.signKey, takenContent(id, isRead), signature)) return undefined;
  return identity.peerId;
}

export function encodeMailFrame(frame: MailFrame): Uint8Array {
  switch (frame.k) {
    case "offer":
      return encodeCbor({ k: "offer", mail: frame.mail.map(([id, bytes]) => [idBytes(id), bytes]) });
    case "put":
      return encodeCbor({ k: "put", mail: frame.mail.map(({ bytes }) => bytes) });
    case "word":
      return encodeCbor({
        k: "word",
        held: frame.held.map(idBytes),
        wanted: frame.wanted.map(idBytes),
        refused: frame.refused.map(([id, why]) => [idBytes(id), mailRefusals.indexOf(why)]),
        gone: frame.gone.map(idBytes),
        taken: frame.taken.map(takenFields),
      });
  }
}

/** Undefined for anything else. Never throws. */
export function decodeMailFrame(bytes: Uint8Array): MailFrame | undefined {
  const map = decodeCbor(bytes);
  if (!(map instanceof Map)) return undefined;
  switch (map.get("k")) {
    case "offer": {
      const mail = listOf(map.get("mail"), mailIdsPerFrameMax, offered);
      return mail && { k: "offer", mail };
    }
    case "put": {
      const mail = listOf(map.get("mail"), mailPerFrameMax, (item) => (isBytes(item, mailBytesMax) ? decodeMail(item) : undefined));
      return mail && { k: "put", mail };
    }
    case "word": {
      const [held, wanted, gone] = ["held", "wanted", "gone"].map((field) => listOf(map.get(field), mailIdsPerFrameMax, mailId));
      const refused = listOf(map.get("refused"), mailIdsPerFrameMax, refusal);
      const taken = listOf(map.get("taken"), mailIdsPerFrameMax, decodeTakenFields);
      if (held === undefined || wanted === undefined || gone === undefined || refused === undefined || taken === undefined)
        return undefined;
      return { k: "word", held, wanted, refused, gone, taken };
    }
    default:
      return undefined;
  }
}

/** Undefined for anything else. Whose it is has still to be proven. */
export function decodeMail(bytes: Uint8Array): Mail | undefined {
  const fields = decodeCbor(bytes);
  if (!Array.isArray(fields) || fields.length !== 7 || bytes.length > mailBytesMax) return undefined;
  const [signKey, agreeKey, binding, to, at, sealed, signature] = fields as unknown[];
  if (!isBytesOf(signKey, 32) || !isBytesOf(agreeKey, 32) || !isBytesOf(binding, 64) || !isPeerId(to)) return undefined;
  if (!isCount(at, clockMax) || !isBytes(sealed, mailBytesMax) || !isBytesOf(signature, 64)) return undefined;
  const keys = { signKey, agreeKey, binding };
  const id = mailIdOf(digest16(contentOf(keys, to, at as Millis, sealed)));
  return { id, keys, to, at: at as Millis, sealed, signature, bytes };
}

export const encodeTaken = (taken: Taken): Uint8Array => encodeCbor(takenFields(taken));

/** Undefined for anything else. Whose word it is has still to be proven. */
export const decodeTaken = (bytes: Uint8Array): Taken | undefined => decodeTakenFields(decodeCbor(bytes));

const takenFields = ({ id, isRead, keys, signature }: Taken): unknown[] => [
  idBytes(id),
  isRead,
  keys.signKey,
  keys.agreeKey,
  keys.binding,
  signature,
];

function decodeTakenFields(value: unknown): Taken | undefined {
  if (!Array.isArray(value) || value.length !== 6) return undefined;
  const [idField, isRead, signKey, agreeKey, binding, signature] = value as unknown[];
  const id = mailId(idField);
  if (id === undefined || !isFlag(isRead) || !isBytesOf(signKey, 32) || !isBytesOf(agreeKey, 32)) return undefined;
  if (!isBytesOf(binding, 64) || !isBytesOf(signature, 64)) return undefined;
  return { id, isRead, keys: { signKey, agreeKey, binding }, signature };
}

const mailId = (value: unknown): MailId | undefined => (isBytesOf(value, 16) ? mailIdOf(value) : undefined);

function offered(value: unknown): readonly [MailId, number] | undefined {
  if (!isList(value, 2)) return undefined;
  const id = mailId(value[0]);
  return id !== undefined && isCount(value[1], mailBytesMax) ? [id, value[1]] : undefined;
}

function refusal(value: unknown): readonly [MailId, MailRefusal] | undefined {
  if (!isList(value, 2)) return undefined;
  const id = mailId(value[0]);
  const why = isCount(value[1], mailRefusals.length - 1) ? mailRefusals[value[1]] : undefined;
  return id !== undefined && why !== undefined ? [id, why] : undefined;
}

function listOf<T>(value: unknown, lengthMax: number, item: (element: unknown) => T | undefined): T[] | undefined {
  if (!isList(value, lengthMax)) return undefined;
  const items: T[] = [];
  for (const element of value) {
    const decoded = item(element);
    if (decoded === undefined) return undefined;
    items.push(decoded);
  }
  return items;
}
