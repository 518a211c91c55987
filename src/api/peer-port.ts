/** What the API's server needs of a peer. The driver is one. */
import type { ApiError, EarshotEvent, MethodName } from "./contract.ts";

export type CallOutcome = { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: ApiError };

export interface PeerPort {
  /** `params` have passed the method's schema. Settles once; rejects never. */
  call(method: MethodName, params: unknown): Promise<CallOutcome>;
  /** Returns how to stop listening. */
  subscribe(listener: (event: EarshotEvent) => void): () => void;
}
