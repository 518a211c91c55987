/** What is to be said of mail, to each other peer, gathered: what one step says to one goes together, as far as it fits. */
import type { PeerId } from "../ids.ts";
import { mailIdsPerFrameMax } from "./limits.ts";
import type { MailId, MailRefusal, MailWord, Taken } from "./mail-frames.ts";

interface Word {
  readonly held: MailId[];
  readonly wanted: MailId[];
  readonly refused: (readonly [MailId, MailRefusal])[];
  readonly gone: MailId[];
  readonly taken: Taken[];
}

export class MailWords {
  readonly #words = new Map<PeerId, Word>();

  to(peerId: PeerId): Word {
    let word = this.#words.get(peerId);
    if (word === undefined) {
      word = { held: [], wanted: [], refused: [], gone: [], taken: [] };
      this.#words.set(peerId, word);
    }
    return word;
  }

  unreachable(peerId: PeerId): void {
    this.#words.delete(peerId);
  }

  take(): [PeerId, MailWord][] {
    const words: [PeerId, MailWord][] = [];
    for (const [to, { held, wanted, refused, gone, taken }] of this.#words) {
      const most = Math.max(held.length, wanted.length, refused.length, gone.length, taken.length);
      for (let at = 0; at < most; at += mailIdsPerFrameMax) {
        const end = at + mailIdsPerFrameMax;
        const part = { held: held.slice(at, end), wanted: wanted.slice(at, end), refused: refused.slice(at, end) };
        words.push([to, { k: "word", ...part, gone: gone.slice(at, end), taken: taken.slice(at, end) }]);
      }
    }
    this.#words.clear();
    return words;
  }
}
