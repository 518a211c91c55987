/**
 * Crypto: who a peer is, the handshake of a connection, the secret of a network, and the sealing of what is said.
 * It is not trust (whether a key belongs to a person is for people to say), not a key store, and it opens no connection.
 * The native twins, all that is called .node.ts, are imported by their own names: nothing here needs Node.
 *
 * Invariants
 * 1. Randomness is handed in; nothing here is kept at module level, and equal inputs give equal bytes.
 * 2. A `PublicIdentity` made here has keys that hash to its id, a true binding, and no key of low order.
 * 3. Bytes from the network are refused with a value of a closed union, never with an exception.
 * 4. A handshake's `remoteStatic` is there only once the other side has proven that it holds the secret and knows the psk.
 * 5. No nonce is used twice under one transport key, and nothing is decrypted after a refusal.
 * 6. What `open` gives back was sealed by `from` for this identity, unaltered. The room and the replay are for the plaintext to tell.
 * 7. Both twins of a port give the same bytes and the same verdicts.
 */
export { createSealing, type SealingSettings } from "./end-to-end.ts";
export { createHandshakes } from "./handshakes.ts";
export { createIdentity, derivePeerId, identityFromSecrets, publicIdentityFromKeys } from "./identity.ts";
export { createNobleKeyDerivation } from "./key-derivation.ts";
export {
  networkKeyBytesMax,
  networkNameBytesMax,
  noiseMessageBytesMax,
  noisePayloadBytesMax,
  plaintextBytesMax,
  sealedBytesMax,
} from "./limits.ts";
export { deriveNetwork, type Network, type NetworkSettings, networkNameBytes } from "./network.ts";
export { createNetworkSealing } from "./network-sealing.ts";
export {
  type Established,
  type Handshake,
  type HandshakeSettings,
  type NoiseFailure,
  type NoiseRead,
  type NoiseTransport,
  noiseSuite,
  startHandshake,
} from "./noise.ts";
export type {
  Agreement,
  Audience,
  Correspondent,
  Identity,
  KeyDerivation,
  NetworkSealing,
  Opened,
  OpenFailure,
  PublicIdentity,
  RandomBytes,
  SealedCopy,
  Sealing,
  SealingRecord,
  Signatures,
} from "./ports.ts";
export { createPrimitives, type Primitives } from "./primitives.ts";
export { isSameCode, type SafetyNumber, SafetyNumbers } from "./safety-number.ts";
export { createTweetnaclSignatures } from "./signatures.ts";
export type { NoiseSuite } from "./symmetric-state.ts";
export { createTweetnaclAgreement } from "./x25519.ts";
