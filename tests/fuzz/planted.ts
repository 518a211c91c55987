/** Decoders with a fault each, to show that the fuzzer can find one. */

import { decode, encode } from "cborg";
import * as fc from "fast-check";
import { bytesOf, hold, holdDecoded, holdInProportion, type Target, textOf } from "./target.ts";

const base = { bytesMax: 4_096, cpuMsMax: 100 } as const;
const value = fc.record({ t: fc.constant("note"), text: fc.string() }).map((note) => Uint8Array.from(encode(note) as Uint8Array));

/** Only who is told which blocks were reached gets through four bytes, one after another. */
export const deepFault: Target = {
  ...base,
  name: "planted-deep",
  covers: [],
  form: "bytes",
  valid: fc.uint8Array({ minLength: 4, maxLength: 12 }),
  run(input) {
    if (input[0] !== 0x45) return;
    if (input[1] !== 0x41) return;
    if (input[2] !== 0x52) return;
    if (input[3] !== 0x53) return;
    throw new TypeError("four bytes too deep");
  },
};

export const planted: readonly { readonly target: Target; readonly kind: RegExp }[] = [
  {
    kind: /TypeError/u,
    target: {
      ...base,
      name: "planted-throw",
      covers: [],
      form: "cbor",
      valid: value,
      run(input) {
        // Believes what it is told: not everything that stands there can be trimmed.
        let note: { text: string } | undefined;
        try {
          note = decode(input) as typeof note;
        } catch {
          return;
        }
        if (typeof note === "object" && note !== null && "text" in note) note.text.trim();
      },
    },
  },
  {
    kind: /^slow$/u,
    target: {
      ...base,
      cpuMsMax: 20,
      name: "planted-slow",
      covers: [],
      form: "text",
      valid: fc.constantFrom("(a)(b)", "[x] (y)").map(bytesOf),
      run(input) {
        const text = textOf(input);
        let pairs = 0;
        for (const one of text) if (one === "(") for (const other of text) pairs += other === "(" ? 1 : 0;
        hold(pairs >= 0, "a negative number of pairs");
      },
    },
  },
  {
    kind: /out of proportion/u,
    target: {
      ...base,
      name: "planted-allocation",
      covers: [],
      form: "cbor",
      valid: fc.nat({ max: 20 }).map((count) => Uint8Array.from(encode({ count, items: [] }) as Uint8Array)),
      run(input) {
        let count: unknown;
        try {
          count = (decode(input) as { count?: unknown } | null)?.count;
        } catch {
          return;
        }
        // Trusts the number that it is told.
        if (typeof count === "number" && Number.isInteger(count) && count >= 0 && count < 2 ** 32)
          holdInProportion(new Array(count), input.length);
      },
    },
  },
  {
    kind: /says something else/u,
    target: {
      ...base,
      name: "planted-lossy",
      covers: [],
      form: "cbor",
      valid: value,
      run(input) {
        // Forgets what is behind the first null byte when it writes.
        const read = (bytes: Uint8Array): { text: string } | undefined => {
          try {
            const note = decode(bytes) as { text?: unknown } | null;
            return typeof note?.text === "string" ? { text: note.text } : undefined;
          } catch {
            return undefined;
          }
        };
        holdDecoded(input, read, ({ text }) => encode({ text: text.split("\0")[0] }) as Uint8Array);
      },
    },
  },
];
