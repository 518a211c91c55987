/** A guest's profile: gone when the process is. */
import type { IdentitySecrets, ProfileStore, RememberedPlace, StoredProfile } from "./port.ts";

export function createMemoryStore(): ProfileStore {
  let profile: StoredProfile = { identity: undefined, name: undefined, remembered: [] };
  let isClosed = false;

  async function save(change: Partial<StoredProfile>): Promise<void> {
    if (!isClosed) profile = { ...profile, ...change };
  }

  return {
    load: async () => profile,
    saveIdentity: ({ signSeed, agreeSecret }: IdentitySecrets) =>
      save({ identity: { signSeed: signSeed.slice(), agreeSecret: agreeSecret.slice() } }),
    saveName: (name) => save({ name }),
    saveRemembered: (places: readonly RememberedPlace[]) => save({ remembered: copyPlaces(places) }),
    async close() {
      isClosed = true;
    },
  };
}

const copyPlaces = (places: readonly RememberedPlace[]): RememberedPlace[] =>
  places.map(({ peerId, addresses }) => ({ peerId, addresses: addresses.map((address) => ({ ...address })) }));
