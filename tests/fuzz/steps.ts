/** Reads an input as a series of choices, so that bending bytes bends what happens. After its end every choice is the first. */
export class Steps {
  readonly #input: Uint8Array;
  #at = 0;

  constructor(input: Uint8Array) {
    this.#input = input;
  }

  get isOver(): boolean {
    return this.#at >= this.#input.length;
  }

  /** From 0 up to but not including `count`. */
  next(count: number): number {
    return (this.#input[this.#at++] ?? 0) % count;
  }

  bytes(length: number): Uint8Array {
    const bytes = this.#input.slice(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }

  /** A length of two bytes, and so many bytes. */
  block(): Uint8Array {
    return this.bytes(this.next(256) * 256 + this.next(256));
  }
}

export const block = (bytes: Uint8Array): number[] => [bytes.length >> 8, bytes.length & 0xff, ...bytes];
