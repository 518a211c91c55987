/** The host's signature over its claim: nobody can make somebody else host, or name other successors. */
import { encode } from "cborg";
import type { Identity, Signatures } from "../crypto/ports.ts";
import type { PeerId } from "../ids.ts";
import type { Card } from "./card.ts";
import type { Claim } from "./election.ts";
import { unsignedBeatsMax } from "./limits.ts";

function signedBytes(term: number, hostId: PeerId, signedSeq: number, successors: readonly PeerId[]): Uint8Array {
  return encode(["earshot claim v1", term, hostId, signedSeq, [...successors]]) as Uint8Array;
}

export function signClaim(
  identity: Identity,
  signatures: Signatures,
  term: number,
  signedSeq: number,
  successors: readonly PeerId[],
): Uint8Array {
  return signatures.sign(identity.signSeed, signedBytes(term, identity.peerId, signedSeq, successors));
}

/** Whether the sequence that it names follows its signature soon. */
export function isRecent({ hostSeq, signedSeq }: Claim): boolean {
  return hostSeq >= signedSeq && hostSeq <= signedSeq + unsignedBeatsMax;
}

/** Whether the bearer of `card` has signed it. */
export function checkClaim({ term, hostId, successors, signedSeq, signature }: Claim, card: Card, signatures: Signatures): boolean {
  return signatures.verify(card.signKey, signedBytes(term, hostId, signedSeq, successors), signature);
}
