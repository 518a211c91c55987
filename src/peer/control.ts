/** The mesh's own end-to-end payloads. See docs/protocol.md section 8. */
import { decode, encode } from "cborg";
import { z } from "zod";
import type { PeerId, RoomId } from "../ids.ts";
import { floodDroppedMax, floodForMsMax } from "./limits.ts";

const controlSchema = z.discriminatedUnion("k", [
  z.strictObject({ k: z.literal("handOff"), term: z.number().int().nonnegative() }),
  /** The sender is writing there. */
  z.strictObject({
    k: z.literal("typing"),
    roomId: z.custom<RoomId>((value) => typeof value === "string" && value.length > 0 && value.length <= 80),
  }),
  /** To the host: this neighbour of mine has asked too much of me for so long, and so many of its frames were dropped. */
  z.strictObject({
    k: z.literal("flood"),
    peerId: z.custom<PeerId>((value) => typeof value === "string" && /^[a-z2-7]{32}$/.test(value)),
    forMs: z.number().int().min(0).max(floodForMsMax),
    dropped: z.number().int().min(0).max(floodDroppedMax),
  }),
]);
export type Control = z.output<typeof controlSchema>;

export function encodeControl(control: Control): Uint8Array {
  return encode(control) as Uint8Array;
}

/** Undefined for anything else. Never throws. */
export function decodeControl(bytes: Uint8Array): Control | undefined {
  try {
    return controlSchema.safeParse(decode(bytes, { strict: true })).data;
  } catch {
    return undefined;
  }
}

/** The first byte of every plaintext names its addressee within the peer. */
export const addressee = { mesh: 0, rooms: 1, mail: 2 } as const;

export function addressed(to: number, payload: Uint8Array): Uint8Array {
  const plaintext = new Uint8Array(payload.length + 1);
  plaintext[0] = to;
  plaintext.set(payload, 1);
  return plaintext;
}

/** Undefined where it is for another, or nothing was opened. */
export function payloadFor(to: number, plaintext: Uint8Array | undefined): Uint8Array | undefined {
  return plaintext?.[0] === to ? plaintext.subarray(1) : undefined;
}
