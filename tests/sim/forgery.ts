/** Makes of a message that somebody wrote another one, which seems to be by the same author. */
import type { Identity, PublicIdentity, Signatures } from "../../src/crypto/ports.ts";
import type { PeerId } from "../../src/ids.ts";
import { addressed, addressee } from "../../src/peer/control.ts";
import { decodeEvent, signEvent } from "../../src/rooms/event.ts";
import { type AuthorKeys, decodePayload, encodePayload, type RoomsPayload } from "../../src/rooms/payload.ts";

export interface ForgedEvent {
  readonly author: PeerId;
  readonly payload: Extract<RoomsPayload, { k: "events" }>;
}

/** What no honest peer ever types. */
export const forgedText = "I owe the liar a beer";

/** From the plaintext of a payload that carries messages; undefined where it does not. */
export function forgeEvent(plaintext: Uint8Array, signatures: Signatures, liar: Identity & PublicIdentity): ForgedEvent | undefined {
  if (plaintext[0] !== addressee.rooms) return undefined;
  const payload = decodePayload(plaintext.subarray(1));
  if (payload?.k !== "events") return undefined;
  const last = payload.events
    .map(decodeEvent)
    .filter((event) => event !== undefined)
    .findLast(({ body }) => body.kind === "message");
  if (last === undefined || last.author === liar.peerId) return undefined;
  const next = { ...last, seq: last.seq + 1, prev: last.digest, body: { kind: "message", text: forgedText } as const };
  const { bytes: _bytes, digest: _digest, ...content } = next;
  const forged = signEvent(signatures, liar.signSeed, content);
  // The same place with another text, under the signature of the real one.
  const altered = signEvent(signatures, liar.signSeed, { ...content, seq: last.seq, prev: last.prev }).bytes.slice();
  altered.set(last.bytes.subarray(-64), altered.length - 64);
  const own: AuthorKeys = { signKey: liar.signKey, agreeKey: liar.agreeKey, binding: liar.binding };
  return { author: last.author, payload: { ...payload, authors: [...payload.authors, own], events: [forged.bytes, altered] } };
}

export const encodeRoomsEvents = ({ payload }: ForgedEvent): Uint8Array => addressed(addressee.rooms, encodePayload(payload));
