/**
 * The store: what a profile keeps between two starts, which so far is its keys, its name and where others were found.
 * It is not encrypted: a profile's keys are protected by the file's permissions alone until there is a vault.
 * profile-file.node.ts keeps it on disk.
 *
 * Invariants
 * 1. A profile is whole at every moment: what is read is what one save wrote, whenever the machine stops.
 * 2. What cannot be read is never overwritten.
 * 3. One process at a time has a profile open; one that died holds nothing.
 */
export type {
  ExportedProfile,
  Keychain,
  NewProfile,
  OpenKeptProfile,
  ProfileSummary,
  Protection,
  Salvage,
  UnlockWith,
} from "./kept-profile.ts";
export { createMemoryStore } from "./memory.ts";
export { createMemoryVault } from "./memory-vault.ts";
export {
  type IdentitySecrets,
  ProfileError,
  type ProfileFailure,
  type ProfileStore,
  type RememberedPlace,
  type StoredProfile,
  type TriesLeft,
} from "./port.ts";
export type { Change, EventKey, EventPlace, StoredEvent, Table, Vault } from "./vault-port.ts";
