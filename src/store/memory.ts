/** A guest's profile: gone when the process is. */
import { createMemoryVault } from "./memory-vault.ts";
import type { ProfileStore } from "./port.ts";
import { createProfileStore } from "./profile-records.ts";

export function createMemoryStore(): ProfileStore {
  return createProfileStore(createMemoryVault());
}
