/** What a liar does with mail: says that it holds what it was given, and gives none of it on; and invents the rest. */
import type { Identity, Signatures } from "../../src/crypto/ports.ts";
import type { Millis, PeerId } from "../../src/ids.ts";
import { decodeMailFrame, encodeMailFrame, type Mail, signMail, signTaken, silence } from "../../src/rooms/mail-frames.ts";

/** Pieces it has seen. */
const seenMax = 100;
const pieceBytes = 20_000;

export class MailLies {
  readonly #self: Identity;
  readonly #signatures: Signatures;
  #seen: Mail[] = [];

  constructor(self: Identity, signatures: Signatures) {
    this.#self = self;
    this.#signatures = signatures;
  }

  /** What it answers to a payload about mail. */
  answer(payload: Uint8Array): Uint8Array[] {
    const frame = decodeMailFrame(payload);
    if (frame?.k === "offer") {
      const ids = frame.mail.map(([id]) => id);
      return [encodeMailFrame({ ...silence, held: ids, wanted: ids })];
    }
    if (frame?.k !== "put") return [];
    this.#seen = [...this.#seen, ...frame.mail].slice(-seenMax);
    return [encodeMailFrame({ ...silence, held: frame.mail.map(({ id }) => id) })];
  }

  /** To one whom it knows: that all it has seen was read, is gone, and is wanted; pieces of its own, and others' altered. */
  inventions(about: PeerId, draw: () => number): Uint8Array[] {
    const ids = this.#seen.map(({ id }) => id);
    const taken = ids.map((id) => signTaken(this.#signatures, this.#self.signSeed, this.#self, id, draw() < 0.5));
    const own = signMail(
      this.#signatures,
      this.#self.signSeed,
      this.#self,
      about,
      Math.floor(draw() * 2 ** 50) as Millis,
      new Uint8Array(Math.floor(draw() * pieceBytes)),
    );
    const altered = this.#seen.slice(-1).map((mail) => ({ ...mail, bytes: mail.bytes.map((byte, at) => (at === 150 ? byte ^ 1 : byte)) }));
    return [
      encodeMailFrame({ ...silence, held: ids, gone: ids, wanted: ids, taken: taken.slice(0, 50) }),
      encodeMailFrame({ k: "put", mail: [own] }),
      encodeMailFrame({ k: "put", mail: altered }),
    ];
  }
}
