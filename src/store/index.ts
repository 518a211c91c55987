/**
 * The store: what a profile keeps between two starts. Its vault holds everything, encrypted under one key; keys.json holds
 * that key, once for each way to open the profile. kept-profile.node.ts makes, opens and destroys profiles on disk; a guest's
 * vault is in memory. It is not trust in the machine: whoever controls it while a profile is open reads along.
 *
 * Invariants
 * 1. A profile is whole at every moment: what is read is what one write wrote, whenever the machine stops.
 * 2. What cannot be read is never overwritten: it stays, under another name where something new takes its place.
 * 3. One process at a time has a profile open; one that died holds nothing.
 * 4. No byte of a vault is on disk unencrypted. Without its keys it is noise, and a wipe destroys these first.
 * 5. A guest's vault touches no disk and loads no database.
 */
export { exportProfile, readExport } from "./export-file.ts";
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
export { createProfileStore, readExported } from "./profile-records.ts";
export { type TextKind, textKinds } from "./search-words.ts";
export type { Change, EventKey, EventPlace, StoredEvent, Table, TextHit, TextQuery, Vault } from "./vault-port.ts";
