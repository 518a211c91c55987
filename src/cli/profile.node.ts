/** Who this peer is, and the vault where it keeps things: a profile's on disk, a guest's in memory and new at every start. */
import { userInfo } from "node:os";
import { createIdentity, type Identity, identityFromSecrets, type RandomBytes, type Signatures } from "../crypto/index.ts";
import type { RememberedPeer } from "../peer/index.ts";
import { lockDirectory } from "../store/directory-lock.node.ts";
import {
  createMemoryVault,
  createProfileStore,
  type OpenKeptProfile,
  type ProfileStore,
  type StoredProfile,
  type Vault,
} from "../store/index.ts";
import { createProfile, inspectProfile, unlockProfile } from "../store/kept-profile.node.ts";
import { personNameCharsMax } from "./limits.ts";
import type { Log } from "./log.ts";
import type { Place, RunOptions } from "./options.ts";

export interface OpenProfile {
  readonly identity: Identity;
  readonly name: string;
  /** Whether the person chose that name. */
  readonly named: boolean;
  readonly remembered: StoredProfile["remembered"];
  rememberPeers(peers: readonly RememberedPeer[]): void;
  rememberName(name: string): void;
  /** A guest's is in memory. */
  readonly vault: Vault;
  /** Undefined for a guest. */
  readonly kept: OpenKeptProfile | undefined;
  /** What was remembered before is on disk after it; or nothing is, where the profile is to be wiped when it is quit. */
  close(): Promise<void>;
}

/** How the person proves that a profile is theirs. */
export interface Passphrase {
  given(): string | undefined;
  /** At a terminal. */
  ask(): Promise<string | undefined>;
}

/** Rejects with `ProfileError`. The keys of a new profile are on disk before anybody hears of them. */
export async function openProfile(
  options: Pick<RunOptions, "place" | "name">,
  directory: string,
  crypto: { readonly randomBytes: RandomBytes; readonly signatures: Signatures },
  passphrase: Passphrase,
  log: Log,
): Promise<OpenProfile> {
  const { vault, store, kept } = await openVaultOf(options.place, passphrase, directory, log);
  const attempt = (saved: Promise<void>): void => void saved.catch((error: Error) => log("error", error.message));
  try {
    const { identity: secrets, name: stored, remembered } = await store.load();
    const identity =
      secrets === undefined
        ? createIdentity(crypto.randomBytes, crypto.signatures)
        : identityFromSecrets(crypto.signatures, secrets.signSeed, secrets.agreeSecret);
    if (secrets === undefined) await store.saveIdentity(identity);
    if (options.name !== undefined && options.name !== stored) attempt(store.saveName(options.name));
    const chosen = options.name ?? stored;
    return {
      identity,
      name: chosen ?? systemUserName(),
      named: chosen !== undefined,
      remembered,
      vault,
      kept,
      rememberPeers: (peers) => attempt(store.saveRemembered(peers)),
      rememberName: (name) => attempt(store.saveName(name)),
      close: () => (kept?.summary().wipeOnQuit === true ? kept.destroy() : store.close()),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

interface Opened {
  readonly vault: Vault;
  readonly store: ProfileStore;
  readonly kept: OpenKeptProfile | undefined;
}

async function openVaultOf(place: Place, passphrase: Passphrase, directory: string, log: Log): Promise<Opened> {
  if (place.kind === "profile") {
    const kept = await openKept(passphrase, directory);
    if (kept.salvage !== undefined) log("warn", kept.salvage.message);
    return { vault: kept.vault, store: kept.store, kept };
  }
  const vault = createMemoryVault();
  // A directory that the person chose may be another peer's; a guest's own is named by its process.
  const lock = place.dataDir === undefined ? undefined : await lockDirectory(directory);
  return { vault, store: createProfileStore(vault, async () => lock?.release()), kept: undefined };
}

/** Makes the profile at its first start: without a passphrase, file permissions alone protect it. */
async function openKept(passphrase: Passphrase, directory: string): Promise<OpenKeptProfile> {
  const given = passphrase.given();
  const there = await inspectProfile(directory);
  if (there === undefined) return createProfile(directory, { passphrase: given });
  if (there.damaged || there.protection === "open" || given !== undefined) return unlockProfile(directory, { passphrase: given });
  return unlockProfile(directory, { passphrase: await passphrase.ask() });
}

function systemUserName(): string {
  try {
    return userInfo().username.slice(0, personNameCharsMax) || "Guest";
  } catch {
    // An account without a name, as in some containers.
    return "Guest";
  }
}
