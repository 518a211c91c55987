/** What the mesh needs to be given: who it is, and the pure parts of cryptography. Its transport is a port of its own (transport.ts). */
import type { Identity, Signatures } from "../crypto/ports.ts";
import type { IdentityFromKeys } from "./card.ts";

export interface MeshPorts {
  readonly identity: Identity;
  readonly signatures: Signatures;
  readonly identityFromKeys: IdentityFromKeys;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** What was broadcast for rooms under this seal. Undefined where it is not that: then it does not hold, and goes no further. */
  openPost(sealed: Uint8Array): Uint8Array | undefined;
}
