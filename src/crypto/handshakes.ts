/** The handshakes of one peer on one network: XXpsk0 with its identity's agreement key, as docs/protocol.md section 4 has it. */
import type { Network } from "./network.ts";
import { type Handshake, noiseSuite, startHandshake } from "./noise.ts";
import type { Identity, RandomBytes } from "./ports.ts";

export type CreateHandshake = (side: { readonly initiator: boolean; readonly prologue: Uint8Array }) => Handshake;

export function createHandshakes(self: Identity, network: Network, randomBytes: RandomBytes): CreateHandshake {
  return ({ initiator, prologue }) =>
    startHandshake({
      initiator,
      prologue,
      psk: network.secret,
      staticSecret: self.agreeSecret,
      staticPublic: self.agreeKey,
      randomBytes,
      suite: noiseSuite,
    });
}
