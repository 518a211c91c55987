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
  | "unusable" // the directory cannot be made, read or written
  | "vaultUnavailable" // the encrypted database does not load in this runtime
  | "unknownProfile" // there is none
  | "profileExists"
  | "passphraseNeeded" // none was given, and nothing else opens it
  | "passphraseInvalid" // a new one that is empty or too long
  | "wrongPassphrase"
  | "tooManyTries"
  | "keychainMissing" // the system's keychain does not answer, or does not know this profile
  | "phraseInvalid" // a recovery phrase that was mistyped, or another file's
  | "fileInvalid"; // not an exported profile, or a damaged one

/** Of wrong passphrases: how many in a row, and how long until the next is looked at. */
export interface TriesLeft {
  readonly wrongTries: number;
  readonly waitMs: number;
}

/** `message` is for the person: what happened, where, and what to do. */
export class ProfileError extends Error {
  readonly code: ProfileFailure;
  /** Of "wrongPassphrase" and "tooManyTries". */
  readonly tries: TriesLeft | undefined;

  constructor(code: ProfileFailure, message: string, tries?: TriesLeft) {
    super(message);
    this.name = "ProfileError";
    this.code = code;
    this.tries = tries;
  }
}
