/** What one peer says to a linked one: schemas and codec. See docs/protocol.md section 5. */
import { decode, encode } from "cborg";
import { z } from "zod";
import type { PeerId } from "../ids.ts";
import { cardSchema } from "./card.ts";
import { frameBytesMax, hopsMax, neighboursMax, sealedBytesMax, successorsMax, termMax } from "./limits.ts";

const peerId = z.custom<PeerId>((value) => typeof value === "string" && /^[a-z2-7]{32}$/.test(value));
const sealed = z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length > 0 && value.length <= sealedBytesMax);

const frameSchema = z.discriminatedUnion("t", [
  z.strictObject({ t: z.literal("hello"), card: cardSchema, neighbours: z.array(cardSchema).max(neighboursMax) }),
  z.strictObject({ t: z.literal("neighbourUp"), card: cardSchema }),
  z.strictObject({ t: z.literal("neighbourDown"), peerId }),
  z.strictObject({
    t: z.literal("heartbeat"),
    term: z.number().int().min(0).max(termMax),
    hostId: peerId,
    hostSeq: z.number().int().nonnegative(),
    successors: z.array(peerId).max(successorsMax),
  }),
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
