/** What a profile keeps of itself, as a port: the in-memory twin and the file pass one contract suite. */
import type { Address, PeerId } from "../ids.ts";

/** The secret halves of an identity, 32 bytes each; the rest is derived. */
export interface IdentitySecrets {
  readonly signSeed: Uint8Array;
  readonly agreeSecret: Uint8Array;
}

/** Where a known peer was last linked. */
export interface RememberedPlace {
  readonly peerId: PeerId;
  readonly addresses: readonly Address[];
}

export interface StoredProfile {
  /** Undefined before the first start. */
  readonly identity: IdentitySecrets | undefined;
  /** Undefined until the person chose one. */
  readonly name: string | undefined;
  readonly remembered: readonly RememberedPlace[];
}

/** Saves resolve once the data would survive a power cut; they take effect in the order of the calls. */
export interface ProfileStore {
  /** What is stored now. Rejects with `ProfileError`. */
  load(): Promise<StoredProfile>;
  saveIdentity(secrets: IdentitySecrets): Promise<void>;
  saveName(name: string): Promise<void>;
  /** Replaces what was remembered. */
  saveRemembered(places: readonly RememberedPlace[]): Promise<void>;
  /** After it nothing is saved any more, and another process may open the profile. Idempotent. */
  close(): Promise<void>;
}

export type ProfileFailure =
  | "inUse" // another process runs this profile
  | "damaged" // there is a file, and it is not one of ours
  | "unusable"; // the directory cannot be made, read or written

/** `message` is for the person: what happened, where, and what to do. */
export class ProfileError extends Error {
  readonly code: ProfileFailure;

  constructor(code: ProfileFailure, message: string) {
    super(message);
    this.name = "ProfileError";
    this.code = code;
  }
}
