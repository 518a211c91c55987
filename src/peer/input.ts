/** Facts, in the past tense, that make a peer act. */
import type { PeerMethodName } from "../api/contract.ts";
import type { Sighting } from "../discovery/sighting.ts";
import type { Address, RequestId } from "../ids.ts";
import type { TransportInput } from "../mesh/transport.ts";

export type Input =
  | TransportInput
  | { readonly type: "peerSighted"; readonly sighting: Sighting }
  /** This machine's own addresses at which the signalling port answers: at the start, and whenever interfaces change. */
  | { readonly type: "addressesChanged"; readonly addresses: readonly Address[] }
  /** `params` have passed the method's schema. */
  | { readonly type: "apiCalled"; readonly requestId: RequestId; readonly method: PeerMethodName; readonly params: unknown }
  /** The person quits: hand off, say goodbye, then `stopped`. */
  | { readonly type: "stopRequested" }
  | { readonly type: "woke" };
