/** What one peer says to a linked one: schemas and codec. See docs/protocol.md section 5. */
import { decode, encode } from "cborg";
import { z } from "zod";
import { cardSchema } from "./card.ts";
import {
  broadcastHopsMax,
  broadcastIdBytes,
  broadcastIdsMax,
  censusPartMax,
  censusPartsMax,
  frameBytesMax,
  hopsMax,
  neighboursMax,
  sealedBytesMax,
  statementSeqMax,
  successorsMax,
  termMax,
  treeDepthMax,
  wantedMax,
} from "./limits.ts";
import { peerIdSchema as peerId, statementSchema } from "./news.ts";

const count = z.number().int().nonnegative();
const depth = z.number().int().min(0).max(treeDepthMax);
const bytesUpTo = (max: number) => z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length <= max);
const sealed = z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length > 0 && value.length <= sealedBytesMax);

const frameSchema = z.discriminatedUnion("t", [
  z.strictObject({ t: z.literal("hello"), card: cardSchema, neighbours: z.array(cardSchema).max(neighboursMax) }),
  z.strictObject({ t: z.literal("neighbourUp"), card: cardSchema }),
  z.strictObject({ t: z.literal("neighbourDown"), peerId }),
  z.strictObject({
    t: z.literal("heartbeat"),
    term: z.number().int().min(0).max(termMax),
    hostId: peerId,
    hostSeq: count,
    successors: z.array(peerId).max(successorsMax),
    /** The host's word that it is host of this term with these successors, given when its sequence stood there; empty in term 0. */
    signedSeq: count,
    signature: z.custom<Uint8Array>((value) => value instanceof Uint8Array && (value.length === 0 || value.length === 64)),
    /** Links between the sender and the host. */
    depth,
  }),
  /** The view last told on this link stands; the host's sequence number is `hostSeq` now. */
  z.strictObject({ t: z.literal("beat"), hostSeq: count, depth }),
  z.strictObject({ t: z.literal("neighbours"), up: z.array(peerId).max(neighboursMax), down: z.array(peerId).max(neighboursMax) }),
  z.strictObject({ t: z.literal("gossip"), hops: z.number().int().min(0).max(broadcastHopsMax), body: bytesUpTo(frameBytesMax) }),
  z.strictObject({ t: z.literal("ihave"), ids: bytesUpTo(broadcastIdsMax * broadcastIdBytes) }),
  z.strictObject({ t: z.literal("graft"), ids: bytesUpTo(broadcastIdsMax * broadcastIdBytes) }),
  z.strictObject({ t: z.literal("prune") }),
  z.strictObject({ t: z.literal("census"), digest: z.array(z.number().int().min(0).max(0xffffffff)).length(2) }),
  z.strictObject({
    t: z.literal("members"),
    part: z
      .number()
      .int()
      .min(0)
      .max(censusPartsMax - 1),
    parts: z.number().int().min(1).max(censusPartsMax),
    isWhole: z.boolean(),
    members: z
      .array(z.tuple([peerId, z.string().regex(/^[0-9a-f]{16}$/), z.number().int().min(0).max(statementSeqMax), count]))
      .max(censusPartMax),
  }),
  z.strictObject({ t: z.literal("want"), peerIds: z.array(peerId).max(wantedMax) }),
  z.strictObject({ t: z.literal("cards"), cards: z.array(cardSchema).max(wantedMax), statements: z.array(statementSchema).max(wantedMax) }),
  z.strictObject({ t: z.literal("unlink") }),
  z.strictObject({ t: z.literal("envelope"), from: peerId, to: peerId, hops: z.number().int().min(0).max(hopsMax), sealed }),
  z.strictObject({ t: z.literal("goodbye") }),
]);

export type Frame = z.output<typeof frameSchema>;
export type EnvelopeFrame = Extract<Frame, { t: "envelope" }>;

export function encodeFrame(frame: Frame): Uint8Array {
  return encode(frame) as Uint8Array;
}

/** Undefined for anything that is not a frame within its bounds. Never throws. */
export function decodeFrame(bytes: Uint8Array): Frame | undefined {
  if (bytes.length > frameBytesMax) return undefined;
  let value: unknown;
  try {
    value = decode(bytes, { strict: true, rejectDuplicateMapKeys: true, allowIndefinite: false });
  } catch {
    return undefined;
  }
  const parsed = frameSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
