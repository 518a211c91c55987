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
import { personNameCharsMax } from "./limits.ts";
import type { Log } from "./log.ts";

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

/** A vault, and whose it is. */
export interface OpenVault {
  readonly vault: Vault;
  readonly store: ProfileStore;
  /** Undefined for a guest. */
  readonly kept: OpenKeptProfile | undefined;
}

/** @param name undefined: what the profile remembers. Closes the vault where it fails. The keys of a new profile are on disk before anybody hears of them. */
export async function openProfile(
  { vault, store, kept }: OpenVault,
  name: string | undefined,
  crypto: { readonly randomBytes: RandomBytes; readonly signatures: Signatures },
  log: Log,
): Promise<OpenProfile> {
  if (kept?.salvage !== undefined) log("warn", kept.salvage.message);
  const attempt = (saved: Promise<void>): void => void saved.catch((error: Error) => log("error", error.message));
  try {
    const { identity: secrets, name: stored, remembered } = await store.load();
    const identity =
      secrets === undefined
        ? createIdentity(crypto.randomBytes, crypto.signatures)
        : identityFromSecrets(crypto.signatures, secrets.signSeed, secrets.agreeSecret);
    if (secrets === undefined) await store.saveIdentity(identity);
    if (name !== undefined && name !== stored) attempt(store.saveName(name));
    const chosen = name ?? stored;
    return {
      identity,
      name: chosen ?? systemUserName(),
      named: chosen !== undefined,
      remembered,
      vault,
      kept,
      rememberPeers: (peers) => attempt(store.saveRemembered(peers)),
      rememberName: (changed) => attempt(store.saveName(changed)),
      close: () => (kept?.summary().wipeOnQuit === true ? kept.destroy() : store.close()),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** @param chosen a directory that the person chose, which may be another peer's; a guest's own is named by its process */
export async function guestVault(chosen: string | undefined): Promise<OpenVault> {
  const vault = createMemoryVault();
  const lock = chosen === undefined ? undefined : await lockDirectory(chosen);
  return { vault, store: createProfileStore(vault, async () => lock?.release()), kept: undefined };
}

export const keptVault = (kept: OpenKeptProfile): OpenVault => ({ vault: kept.vault, store: kept.store, kept });

export function systemUserName(): string {
  try {
    return userInfo().username.slice(0, personNameCharsMax) || "Guest";
  } catch {
    // An account without a name, as in some containers.
    return "Guest";
  }
}
