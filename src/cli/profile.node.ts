/** Who this peer is: from the profile's file, or for a guest new at every start. */
import { userInfo } from "node:os";
import { createIdentity, type Identity, identityFromSecrets, type RandomBytes, type Signatures } from "../crypto/index.ts";
import type { RememberedPeer } from "../peer/index.ts";
import { lockDirectory } from "../store/directory-lock.node.ts";
import { createMemoryStore, type ProfileStore, type StoredProfile } from "../store/index.ts";
import { openProfileFile } from "../store/profile-file.node.ts";
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
  /** What was remembered before is on disk after it. */
  close(): Promise<void>;
}

/** Rejects with `ProfileError`. The keys of a new profile are on disk before anybody hears of them. */
export async function openProfile(
  options: Pick<RunOptions, "place" | "name">,
  directory: string,
  crypto: { readonly randomBytes: RandomBytes; readonly signatures: Signatures },
  log: Log,
): Promise<OpenProfile> {
  const store = await openStore(options.place, directory);
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
      rememberPeers: (peers) => attempt(store.saveRemembered(peers)),
      rememberName: (name) => attempt(store.saveName(name)),
      close: () => store.close(),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function openStore(place: Place, directory: string): Promise<ProfileStore> {
  if (place.kind === "profile") return openProfileFile(directory);
  const store = createMemoryStore();
  if (place.dataDir === undefined) return store;
  // A directory that the person chose may be another peer's; a guest's own is named by its process.
  const lock = await lockDirectory(directory);
  return { ...store, close: () => lock.release() };
}

function systemUserName(): string {
  try {
    return userInfo().username.slice(0, personNameCharsMax) || "Guest";
  } catch {
    // An account without a name, as in some containers.
    return "Guest";
  }
}
