/** Bodies of the mesh's broadcasts: schemas and codec. See docs/protocol.md section 5. Each proves itself; who passed it on proves nothing. */
import { decode, encode } from "cborg";
import { z } from "zod";
import type { Identity, Signatures } from "../crypto/ports.ts";
import type { PeerId } from "../ids.ts";
import { type Card, cardSchema } from "./card.ts";
import { sealedBytesMax, statementSeqMax } from "./limits.ts";

export const peerIdSchema = z.custom<PeerId>((value) => typeof value === "string" && /^[a-z2-7]{32}$/.test(value));
const instance = z.string().regex(/^[0-9a-f]{16}$/);
const seq = z.number().int().min(0).max(statementSeqMax);
const bytes = (length: number) => z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length === length);

/** A peer's own word that it is here, or (`left`) that it goes. A higher `seq` of one instance replaces a lower. */
export const statementSchema = z.strictObject({
  peerId: peerIdSchema,
  instance,
  seq,
  left: z.boolean(),
  signature: bytes(64),
});
export type Statement = z.output<typeof statementSchema>;

const newsSchema = z.discriminatedUnion("k", [
  z.strictObject({ k: z.literal("card"), card: cardSchema }),
  z.strictObject({ k: z.literal("statement"), statement: statementSchema }),
  /** "I had a link to it and have none: whoever it is, object." Identical from whomever it comes, so it travels once; another `round` asks again. */
  z.strictObject({
    k: z.literal("suspect"),
    peerId: peerIdSchema,
    instance,
    seq,
    round: z.number().int().min(0).max(0xffffffff),
  }),
  z.strictObject({
    k: z.literal("post"),
    sealed: z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length > 0 && value.length <= sealedBytesMax),
  }),
]);
export type News = z.output<typeof newsSchema>;

export function encodeNews(news: News): Uint8Array {
  return encode(news) as Uint8Array;
}

/** Undefined for anything that is not one of these. Never throws. */
export function decodeNews(body: Uint8Array): News | undefined {
  try {
    return newsSchema.safeParse(decode(body, { strict: true, rejectDuplicateMapKeys: true, allowIndefinite: false })).data;
  } catch {
    return undefined;
  }
}

function signedBytes({ peerId, instance: of, seq, left }: Omit<Statement, "signature">): Uint8Array {
  return encode(["earshot statement v1", peerId, of, seq, left]) as Uint8Array;
}

export function signStatement(identity: Identity, signatures: Signatures, of: string, seq: number, left: boolean): Statement {
  const unsigned = { peerId: identity.peerId, instance: of, seq, left };
  return { ...unsigned, signature: signatures.sign(identity.signSeed, signedBytes(unsigned)) };
}

/** Whether the bearer of `card` says so. */
export function checkStatement(statement: Statement, card: Card, signatures: Signatures): boolean {
  return signatures.verify(card.signKey, signedBytes(statement), statement.signature);
}
