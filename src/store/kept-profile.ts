/**
 * A profile that is kept, as the shell sees it: a directory with a vault and the file of its keys. kept-profile.node.ts
 * makes, opens and destroys them: `inspectProfile`, `createProfile`, `unlockProfile`, `destroyProfile`.
 */
import type { IdentitySecrets, ProfileStore } from "./port.ts";
import type { Vault } from "./vault-port.ts";

/** How a profile opens: "keychain" where the system's keychain holds a key of it, "open" where file permissions alone protect it. */
export type Protection = "passphrase" | "keychain" | "open";

/** The system's keychain, by whoever can reach it. Rejects where it does not answer or does not know the bytes. */
export interface Keychain {
  wrap(secret: Uint8Array): Promise<Uint8Array>;
  unwrap(wrapped: Uint8Array): Promise<Uint8Array>;
}

/** What can be known of a profile without opening it. */
export interface ProfileSummary {
  readonly protection: Protection;
  /** Also where there is a keychain: whether a passphrase opens it too. */
  readonly hasPassphrase: boolean;
  readonly wipeOnQuit: boolean;
  /** Its keys cannot be read. A damaged vault shows only once it is opened. */
  readonly damaged: boolean;
}

export interface UnlockWith {
  readonly passphrase?: string | undefined;
  readonly keychain?: Keychain | undefined;
}

export interface NewProfile extends UnlockWith {
  /** A guest's, which is taken over; made anew by the caller where absent. */
  readonly identity?: IdentitySecrets | undefined;
  readonly name?: string | undefined;
  /** From an exported file. */
  readonly exported?: ExportedProfile | undefined;
}

/** What moves from one machine to another: everything but the messages. */
export interface ExportedProfile {
  readonly identity: IdentitySecrets;
  readonly name: string | undefined;
  readonly contacts: readonly (readonly [string, Uint8Array])[];
  readonly settings: readonly (readonly [string, Uint8Array])[];
}

/** Of a vault that was damaged. What could be read is in a new vault; the old one lies beside it under another name. */
export interface Salvage {
  /** For the person: what is lost, what is there, where the old vault lies. */
  readonly message: string;
  readonly identityLost: boolean;
  readonly eventsKept: number;
  /** Undefined where not even their number can be read. */
  readonly eventsLost: number | undefined;
  readonly recordsLost: number | undefined;
  /** The file name of the damaged vault. */
  readonly keptAs: string;
}

export interface OpenKeptProfile {
  readonly vault: Vault;
  /** On top of the vault; its `close` is this profile's. */
  readonly store: ProfileStore;
  readonly salvage: Salvage | undefined;
  summary(): ProfileSummary;
  /**
   * `next` undefined: no passphrase any more; the keychain opens it, or nothing has to. Rejects with "wrongPassphrase" or
   * "tooManyTries", as unlocking does.
   */
  changePassphrase(old: string | undefined, next: string | undefined): Promise<void>;
  setWipeOnQuit(on: boolean): Promise<void>;
  /** Destroys the keys first, then closes, then removes what is left. */
  destroy(): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}
