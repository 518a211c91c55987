import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isCandidateAt, placeOf, splitDescription } from "../../src/mesh/candidates.ts";
import { handshakeBytesMax, messageBytesMax } from "../../src/mesh/signalling-limits.ts";
import {
  decodeIntroduction,
  decodeMessage,
  encodeIntroduction,
  encodeMessage,
  frameMessage,
  MessageReader,
  prologue,
} from "../../src/mesh/signalling-messages.ts";

describe("framing", () => {
  it("gives messages back whole, however the stream is cut", () => {
    const message = fc.uint8Array({ minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), fc.array(fc.nat(2_500), { maxLength: 12 }), (messages, cuts) => {
        const stream = join([prologue, ...messages.map(frameMessage)]);
        const reader = new MessageReader(prologue);
        const read: Uint8Array[] = [];
        const places = [0, ...cuts.filter((cut) => cut < stream.length).sort((a, b) => a - b), stream.length];
        for (let index = 1; index < places.length; index++) {
          reader.push(stream.subarray(places[index - 1], places[index]));
          for (let next = reader.next(messageBytesMax); next !== "none"; next = reader.next(messageBytesMax)) {
            if (next === "broken") throw new Error("broken");
            read.push(next);
          }
        }
        expect(read).toEqual(messages);
      }),
    );
  });

  it("breaks at the first wrong byte of the opening, and stays broken", () => {
    const reader = new MessageReader(prologue);
    reader.push(Uint8Array.of(0x45, 0x41, 0x00));
    expect(reader.next(messageBytesMax)).toBe("broken");
    reader.push(join([prologue, frameMessage(Uint8Array.of(1))]));
    expect(reader.next(messageBytesMax)).toBe("broken");
  });

  it("breaks at a length of zero or above the bound of the moment", () => {
    for (const length of [0, handshakeBytesMax + 1, 0xffff]) {
      const reader = new MessageReader(new Uint8Array(0));
      reader.push(Uint8Array.of(length >> 8, length & 0xff));
      expect(reader.next(handshakeBytesMax)).toBe("broken");
    }
  });
});

describe("messages", () => {
  const introduction = { signKey: new Uint8Array(32), binding: new Uint8Array(64), instance: "0123456789abcdef", port: 47_474 };

  it("come back as they went", () => {
    expect(decodeIntroduction(encodeIntroduction(introduction))).toEqual(introduction);
    for (const message of [
      { k: "offer", sdp: "v=0" },
      { k: "answer", sdp: "v=0" },
      { k: "candidate", candidate: "candidate:1" },
      { k: "bye", reason: "goodbye" },
    ] as const) {
      expect(decodeMessage(encodeMessage(message))).toEqual(message);
    }
  });

  it("are refused where anything is wrong", () => {
    expect(decodeIntroduction(encodeIntroduction({ ...introduction, port: 0 }))).toBeUndefined();
    expect(decodeIntroduction(encodeIntroduction({ ...introduction, signKey: new Uint8Array(31) }))).toBeUndefined();
    expect(decodeMessage(encodeMessage({ k: "candidate", candidate: "x".repeat(513) }))).toBeUndefined();
    expect(decodeMessage(encodeMessage({ k: "other" } as never))).toBeUndefined();
    expect(decodeMessage(new Uint8Array(0))).toBeUndefined();
  });

  it("never throw for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        decodeMessage(bytes);
        decodeIntroduction(bytes);
      }),
    );
  });
});

describe("candidates", () => {
  const here = "candidate:1 1 UDP 2114977791 192.168.1.7 35345 typ host";
  const elsewhere = "candidate:2 1 UDP 2114977791 203.0.113.9 35345 typ host";
  const named = "candidate:3 1 UDP 2114977791 4f2c.local 35345 typ host";

  it("count only at the address from which the peer speaks", () => {
    expect([here, elsewhere, named, "candidate:"].map((candidate) => isCandidateAt(candidate, "192.168.1.7"))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(placeOf(here)).toBe("192.168.1.7 35345");
  });

  it("are taken out of a description", () => {
    const sdp = ["v=0", `a=${here}`, "a=mid:0", `a=${elsewhere}`, "a=end-of-candidates", ""].join("\r\n");
    expect(splitDescription(sdp)).toEqual({ sdp: "v=0\r\na=mid:0\r\n", candidates: [here, elsewhere] });
  });
});

function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
