/** What crosses the TCP connection: its framing, the handshake's payload, and the messages that negotiate the data channel. */
import { decode, encode } from "cborg";
import { z } from "zod";
import { messageBytesMax } from "./signalling-limits.ts";
import { strict } from "./strict.ts";

/** The dialler's first bytes: "EARSHOT1". */
export const prologue: Uint8Array = Uint8Array.of(0x45, 0x41, 0x52, 0x53, 0x48, 0x4f, 0x54, 0x31);

const key = z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length === 32);
const signature = z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length === 64);

const introductionSchema = z.strictObject({
  signKey: key,
  binding: signature,
  instance: z.string().regex(/^[0-9a-f]{16}$/),
  port: z.number().int().min(1).max(65_535),
});

/** The payload of handshake messages 2 and 3: who speaks, and where it accepts connections. */
export type Introduction = z.output<typeof introductionSchema>;

const sdp = z.string().max(messageBytesMax);
const messageSchema = z.discriminatedUnion("k", [
  z.strictObject({ k: z.literal("offer"), sdp }),
  z.strictObject({ k: z.literal("answer"), sdp }),
  z.strictObject({ k: z.literal("candidate"), candidate: z.string().max(512) }),
  z.strictObject({ k: z.literal("bye"), reason: z.string().max(40) }),
]);

export type SignallingMessage = z.output<typeof messageSchema>;

export function encodeIntroduction(introduction: Introduction): Uint8Array {
  return encode(introduction) as Uint8Array;
}

/** Undefined for anything else. Never throws. */
export function decodeIntroduction(bytes: Uint8Array): Introduction | undefined {
  return decodeAs(introductionSchema, bytes);
}

export function encodeMessage(message: SignallingMessage): Uint8Array {
  return encode(message) as Uint8Array;
}

/** Undefined for anything else. Never throws. */
export function decodeMessage(bytes: Uint8Array): SignallingMessage | undefined {
  return decodeAs(messageSchema, bytes);
}

function decodeAs<T>(schema: z.ZodType<T>, bytes: Uint8Array): T | undefined {
  let value: unknown;
  try {
    value = decode(bytes, { strict: true, rejectDuplicateMapKeys: true, allowIndefinite: false });
  } catch {
    return undefined;
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

/** `length (u16, big endian) ‖ bytes`. */
export function frameMessage(bytes: Uint8Array): Uint8Array {
  strict(bytes.length <= messageBytesMax, "a signalling message is too large");
  const framed = new Uint8Array(2 + bytes.length);
  framed[0] = bytes.length >> 8;
  framed[1] = bytes.length & 0xff;
  framed.set(bytes, 2);
  return framed;
}

/**
 * Cuts a stream of bytes into messages, after an opening that must match byte for byte. Holds what was pushed and not
 * yet taken; a stream that breaks the framing stays broken.
 */
export class MessageReader {
  readonly #opening: Uint8Array;
  #openingRead = 0;
  #buffered = new Uint8Array(0);
  #isBroken = false;

  constructor(opening: Uint8Array) {
    this.#opening = opening;
  }

  push(chunk: Uint8Array): void {
    let offset = 0;
    for (; this.#openingRead < this.#opening.length && offset < chunk.length; offset++) {
      if (chunk[offset] !== this.#opening[this.#openingRead++]) this.#isBroken = true;
    }
    if (!this.#isBroken) this.#buffered = concat(this.#buffered, chunk.subarray(offset));
  }

  /** The next whole message; "broken" after a wrong opening or a length of zero or above `bytesMax`. */
  next(bytesMax: number): Uint8Array | "none" | "broken" {
    const bytes = this.#buffered;
    if (!this.#isBroken && bytes.length < 2) return "none";
    const length = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
    if (this.#isBroken || length === 0 || length > bytesMax) {
      this.#isBroken = true;
      this.#buffered = new Uint8Array(0);
      return "broken";
    }
    if (bytes.length - 2 < length) return "none";
    this.#buffered = bytes.slice(2 + length);
    return bytes.slice(2, 2 + length);
  }
}

function concat(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(one.length + other.length);
  joined.set(one);
  joined.set(other, one.length);
  return joined;
}
