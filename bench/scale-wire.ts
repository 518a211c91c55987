/** What the taps of a simulated LAN see: frames by kind, and the way of each broadcast, hop by hop. Fields of frames are not believed. */

export interface Sent {
  frames: number;
  bytes: number;
}

/** What all peers sent, by kind of frame. */
export class Traffic {
  readonly #byKind = new Map<string, Sent>();

  count(kind: string, bytes: number): void {
    const sent = this.#byKind.get(kind);
    if (sent === undefined) this.#byKind.set(kind, { frames: 1, bytes });
    else {
      sent.frames += 1;
      sent.bytes += bytes;
    }
  }

  total(): Sent {
    const total = { frames: 0, bytes: 0 };
    for (const { frames, bytes } of this.#byKind.values()) {
      total.frames += frames;
      total.bytes += bytes;
    }
    return total;
  }

  /** By kind, the busiest first. */
  kinds(): [kind: string, sent: Sent][] {
    return [...this.#byKind].map(([kind, sent]): [string, Sent] => [kind, { ...sent }]).sort((a, b) => b[1].bytes - a[1].bytes);
  }

  clear(): void {
    this.#byKind.clear();
  }
}

/** The kind of a frame is its shortest key, and CBOR as we write it sorts short keys first: no need to decode the rest. */
export function kindOf(frame: Uint8Array): string {
  const length = (frame[3] ?? 0) - 0x60;
  if (frame[1] !== 0x61 || frame[2] !== 0x74 || length < 0 || length > 23) return "?";
  let kind = "";
  for (let i = 4; i < 4 + length; i += 1) kind += String.fromCharCode(frame[i] ?? 0);
  return kind;
}

/** A text of 200 bytes that can be told from every other one, also inside a frame. */
export function markedText(number: number): string {
  return `${mark}${String(number).padStart(numberChars, "0")} `.padEnd(textChars, "x");
}

const mark = "~scale~";
const numberChars = 6;
const textChars = 200;
const markBytes = Buffer.from(mark);

/** Of which broadcasts this frame carries the text. */
export function marksIn(frame: Uint8Array): number[] {
  if (frame.length < textChars) return [];
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.length);
  const numbers: number[] = [];
  for (let at = bytes.indexOf(markBytes); at >= 0; at = bytes.indexOf(markBytes, at + mark.length)) {
    const number = Number(bytes.toString("latin1", at + mark.length, at + mark.length + numberChars));
    if (Number.isInteger(number)) numbers.push(number);
  }
  return numbers;
}

export function markOf(text: string): number | undefined {
  return text.startsWith(mark) ? Number(text.slice(mark.length, mark.length + numberChars)) : undefined;
}

/** The way of one broadcast. Peers are numbered by the LAN. */
export class Trace {
  readonly author: number;
  readonly sentAt: number;
  /** Frames with its text that arrived anywhere. */
  copies = 0;
  /** Their length in all. */
  bytes = 0;
  readonly #hops: Int16Array;
  readonly #shownAt: Float64Array;

  constructor(author: number, sentAt: number, capacity: number) {
    this.author = author;
    this.sentAt = sentAt;
    this.#hops = new Int16Array(capacity).fill(-1);
    this.#hops[author] = 0;
    this.#shownAt = new Float64Array(capacity).fill(Number.NaN);
  }

  arrived(from: number, to: number, bytes: number): void {
    this.copies += 1;
    this.bytes += bytes;
    const before = this.#hops[from] ?? -1;
    if (before >= 0 && this.#hops[to] === -1) this.#hops[to] = before + 1;
  }

  shown(peer: number, now: number): void {
    if (Number.isNaN(this.#shownAt[peer])) this.#shownAt[peer] = now;
  }

  /** Undefined where the text has not come. */
  hops(peer: number): number | undefined {
    const hops = this.#hops[peer] ?? -1;
    return hops < 0 ? undefined : hops;
  }

  delayMs(peer: number): number | undefined {
    const at = this.#shownAt[peer] ?? Number.NaN;
    return Number.isNaN(at) ? undefined : at - this.sentAt;
  }
}
