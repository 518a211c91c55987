/**
 * Who is logged in: the API's `profiles.*`, around a peer that comes and goes while the API stays.
 *
 *   choosing ──guest, create, unlock, import──► running ──logOut──► choosing
 *   locked (a profile named at the start) ──unlock──► running
 *   running as a guest ──create──► running as that profile, with the guest's key and messages
 *
 * 1. One change after the other; what fails leaves everything as it was, but for a peer that was asked to end.
 * 2. Outside of running every other call is refused: nothing is answered by a peer that is coming or going.
 */
import type { ErrorCode, MethodName, Params, ProfilesView, Result, ShellMethodName } from "../api/contract.ts";
import { isShellMethod } from "../api/contract.ts";
import type { CallOutcome, PeerPort } from "../api/peer-port.ts";
import { ProfileError, type ProfileFailure } from "../store/index.ts";
import { profileNameFrom } from "./profile-name.ts";

/** How somebody comes in. `profile` names the kept one. */
export type Opening =
  | { readonly kind: "guest"; readonly name: string | undefined }
  | { readonly kind: "unlock"; readonly profile: string; readonly passphrase: string | undefined }
  | {
      readonly kind: "create";
      readonly profile: string;
      readonly name: string;
      readonly passphrase: string | undefined;
      readonly keychain: boolean;
      /** The guest who is logged in becomes the profile. */
      readonly takesOver: boolean;
    }
  | {
      readonly kind: "import";
      readonly profile: string;
      /** Base64. */
      readonly file: string;
      readonly phrase: string;
      readonly passphrase: string | undefined;
      readonly keychain: boolean;
    };

/** A peer that runs, and its profile. */
export interface OpenSession extends PeerPort {
  /** Undefined for a guest. */
  readonly profile: string | undefined;
  readonly isStopped: boolean;
  /** What was lost of its vault, for the person. */
  readonly damage: string | undefined;
  /** `file` in base64. */
  exported(): { readonly file: string; readonly phrase: string };
  /** Goodbye, and everything closed. Once; never rejects. */
  stop(): Promise<void>;
}

export interface ShellPorts {
  readonly keychain: boolean;
  readonly suggestedName: string;
  /** Kept ones. */
  list(): Promise<ProfilesView["profiles"]>;
  /** Of an exported file: whose it is. Throws `ProfileError`. */
  nameIn(file: string, phrase: string): string | undefined;
  /** Rejects with `ProfileError` or an error in words for the person; nothing is open then. */
  open(opening: Opening): Promise<OpenSession>;
}

export class ProfileShell implements PeerPort {
  readonly #ports: ShellPorts;
  readonly #listeners = new Set<Parameters<PeerPort["subscribe"]>[0]>();
  #session: OpenSession | undefined;
  #unsubscribe: (() => void) | undefined;
  #locked: string | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #isEnded = false;

  /** @param locked a kept profile that waits for its passphrase */
  constructor(ports: ShellPorts, locked?: string) {
    this.#ports = ports;
    this.#locked = locked;
  }

  /** At the start, before anybody can call. */
  begin(session: OpenSession): void {
    this.#take(session);
  }

  /** Nobody logs in any more. Idempotent. */
  async end(): Promise<void> {
    await this.#inTurn(async () => {
      this.#isEnded = true;
      await this.#session?.stop();
    });
  }

  async call(method: MethodName, params: unknown): Promise<CallOutcome> {
    if (!isShellMethod(method))
      return this.#session?.call(method, params) ?? refused("locked", "Nobody is logged in. Choose a profile first.");
    try {
      return { ok: true, result: await this.#inTurn(() => this.#act(method, params)) };
    } catch (error) {
      return refusalOf(error as Error);
    }
  }

  subscribe(listener: Parameters<PeerPort["subscribe"]>[0]): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async #act(method: ShellMethodName, params: unknown): Promise<Result<ShellMethodName>> {
    if (this.#isEnded) throw new ShellRefusal("stopping", "Earshot is closing.");
    switch (method) {
      case "profiles.list":
        return this.#view();
      case "profiles.guest":
        await this.#leave();
        return this.#enter({ kind: "guest", name: (params as Params<"profiles.guest">).name });
      case "profiles.create": {
        const { name, passphrase, keychain = false, ...given } = params as Params<"profiles.create">;
        const profile = await this.#newName(given.profile, name);
        const takesOver = this.#session !== undefined && this.#session.profile === undefined;
        if (!takesOver) await this.#leave();
        return this.#enter({ kind: "create", profile, name, passphrase, keychain, takesOver });
      }
      case "profiles.unlock": {
        const { profile, passphrase } = params as Params<"profiles.unlock">;
        if (profile === this.#session?.profile) return this.#view();
        await this.#leave();
        return this.#enter({ kind: "unlock", profile, passphrase });
      }
      case "profiles.logOut":
        this.#locked = undefined;
        if (this.#session === undefined) return this.#tell();
        await this.#leave();
        return this.#view();
      case "profiles.export": {
        if (this.#session === undefined) throw new ShellRefusal("locked", "Nobody is logged in. Choose a profile first.");
        return this.#session.exported();
      }
      case "profiles.import": {
        const { file, phrase, passphrase, keychain = false, ...given } = params as Params<"profiles.import">;
        // Whoever is logged in stays so where the file or its words are wrong.
        const profile = await this.#newName(given.profile, this.#ports.nameIn(file, phrase) ?? "imported");
        await this.#leave();
        return this.#enter({ kind: "import", profile, file, phrase, passphrase, keychain });
      }
    }
  }

  async #enter(opening: Opening): Promise<ProfilesView> {
    const session = await this.#ports.open(opening).catch(async (error: Error) => {
      if (this.#session?.isStopped === true) await this.#leave();
      throw error;
    });
    this.#take(session);
    return this.#tell();
  }

  #take(session: OpenSession): void {
    this.#unsubscribe?.();
    this.#session = session;
    this.#locked = undefined;
    this.#unsubscribe = session.subscribe((event) => {
      for (const listener of this.#listeners) listener(event);
    });
  }

  async #leave(): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    this.#session = undefined;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    await session.stop();
    await this.#tell();
  }

  async #newName(given: string | undefined, name: string): Promise<string> {
    const taken = (await this.#ports.list()).map(({ profile }) => profile);
    const profile = profileNameFrom(given, name, taken);
    if (profile === undefined)
      throw new ShellRefusal("profileInvalid", "A profile's name is up to 40 letters, digits, dots, dashes and underscores.");
    if (taken.includes(profile))
      throw new ShellRefusal("profileExists", `There is a profile "${profile}" already. Choose another name, or log in with that one.`);
    return profile;
  }

  async #view(): Promise<ProfilesView> {
    const { keychain, suggestedName } = this.#ports;
    const state = this.#session !== undefined ? "running" : this.#locked !== undefined ? "locked" : "choosing";
    const current = this.#session?.profile ?? (this.#session === undefined ? this.#locked : undefined) ?? null;
    return { state, current, profiles: await this.#ports.list(), keychain, suggestedName, damage: this.#session?.damage ?? null };
  }

  async #tell(): Promise<ProfilesView> {
    const profiles = await this.#view();
    for (const listener of this.#listeners) listener({ event: "profilesChanged", profiles });
    return profiles;
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

class ShellRefusal extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

const refused = (code: ErrorCode, message: string): CallOutcome => ({ ok: false, error: { code, message } });

const codes: Readonly<Record<ProfileFailure, ErrorCode>> = {
  inUse: "profileInUse",
  damaged: "profileUnusable",
  unusable: "profileUnusable",
  vaultUnavailable: "profileUnusable",
  unknownProfile: "unknownProfile",
  profileExists: "profileExists",
  passphraseNeeded: "wrongPassphrase",
  passphraseInvalid: "passphraseInvalid",
  wrongPassphrase: "wrongPassphrase",
  tooManyTries: "tooManyTries",
  keychainMissing: "keychainMissing",
  phraseInvalid: "phraseInvalid",
  fileInvalid: "fileInvalid",
};

function refusalOf(error: Error): CallOutcome {
  if (error instanceof ShellRefusal) return refused(error.code, error.message);
  return refused(error instanceof ProfileError ? codes[error.code] : "profileUnusable", error.message);
}
