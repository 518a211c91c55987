/** How somebody logs in, with files: a guest in memory, a kept profile from its directory, one made anew, or from an exported file. */
import { randomBytes as nodeRandomBytes } from "node:crypto";
import { resolve } from "node:path";
import type { ProfilesView } from "../api/contract.ts";
import { createNodeSignatures } from "../crypto/signatures.node.ts";
import {
  type ExportedProfile,
  type Keychain,
  type NewProfile,
  ProfileError,
  readExport,
  type StoredEvent,
  type Table,
  type Vault,
} from "../store/index.ts";
import { createProfile, destroyProfile, inspectProfile, unlockProfile } from "../store/kept-profile.node.ts";
import { readApiFile } from "./api-file.node.ts";
import { keptProfiles, openDataDir, profileDirectory } from "./data-dir.node.ts";
import { eventsReadAtOnce } from "./limits.ts";
import type { Log } from "./log.ts";
import type { Place, RunOptions } from "./options.ts";
import { askPassphrase, givenPassphrase } from "./passphrase.node.ts";
import { isRunning } from "./process-alive.node.ts";
import { guestVault, keptVault, type OpenVault, openProfile } from "./profile.node.ts";
import type { Opening } from "./profile-shell.ts";
import { type Session, startSession } from "./session.node.ts";

export interface OpeningsParts {
  readonly options: RunOptions;
  readonly log: Log;
  /** Undefined where there is none that can be trusted. */
  readonly keychain: Keychain | undefined;
  /** Who is logged in. */
  current(): Session | undefined;
  wiped(): void;
}

export function createOpenings(parts: OpeningsParts) {
  const { options, log, keychain } = parts;
  const crypto = {
    randomBytes: (length: number): Uint8Array => new Uint8Array(nodeRandomBytes(length)),
    signatures: createNodeSignatures(),
  };

  /** The one that was named at the start may lie anywhere. */
  function directoryOf(profile: string): string {
    const { place } = options;
    return place.kind === "profile" && place.profile === profile && place.dataDir !== undefined
      ? resolve(place.dataDir)
      : profileDirectory(profile);
  }

  /** A vault whose damage shows only as it is read is opened once more: then every page is looked at, and what is left is taken over. */
  async function startAgainIfDamaged(...[place, name, open]: Parameters<typeof start>): Promise<Session> {
    try {
      return await start(place, name, open);
    } catch (error) {
      if (place.kind === "guest" || !(error instanceof ProfileError) || error.code !== "damaged") throw error;
      return start(place, name, open);
    }
  }

  async function start(place: Place, name: string | undefined, open: (directory: string) => Promise<OpenVault>): Promise<Session> {
    const dataDir = openDataDir(place);
    try {
      const profile = await openProfile(await open(dataDir.path), name, crypto, log);
      const profileName = place.kind === "profile" ? place.profile : undefined;
      return await startSession({ options, dataDir, profileName, profile, log, wiped: () => parts.wiped() });
    } catch (error) {
      dataDir.remove();
      throw error;
    }
  }

  const placeOf = (profile: string): Place => {
    const { place } = options;
    return place.kind === "profile" && place.profile === profile ? place : { kind: "profile", profile, dataDir: undefined };
  };

  function keychainIf(isWanted: boolean): Keychain | undefined {
    if (isWanted && keychain === undefined)
      throw new ProfileError("keychainMissing", "This computer's keychain does not answer. Choose a passphrase instead.");
    return isWanted ? keychain : undefined;
  }

  const startNew = (profile: string, made: NewProfile, fill?: (vault: Vault) => void): Promise<Session> =>
    start(placeOf(profile), made.name, async (directory) => {
      const kept = await createProfile(directory, made);
      try {
        fill?.(kept.vault);
      } catch (error) {
        await kept.close();
        throw error;
      }
      return keptVault(kept);
    });

  /** The guest says goodbye, and comes back at once as the same person, who is kept now. */
  async function takeOver(guest: Session, profile: string, made: NewProfile): Promise<Session> {
    const { identity } = guest.openProfile;
    const directory = directoryOf(profile);
    // Whatever can fail, fails while the guest still runs.
    const kept = await createProfile(directory, { ...made, identity });
    try {
      await guest.stopAnd(() => copyGuest(guest.openProfile.vault, kept.vault));
    } catch (error) {
      await kept.close();
      await destroyProfile(directory);
      throw error;
    }
    return start(placeOf(profile), undefined, async () => keptVault(kept));
  }

  return {
    async list(): Promise<ProfilesView["profiles"]> {
      const { place } = options;
      const named: [string, string][] =
        place.kind === "profile" && place.dataDir !== undefined ? [[place.profile, resolve(place.dataDir)]] : [];
      const listed: ProfilesView["profiles"] = [];
      for (const [profile, directory] of new Map([...keptProfiles(), ...named])) {
        const summary = await inspectProfile(directory).catch(() => undefined);
        if (summary === undefined) continue;
        const running = readApiFile(directory);
        const inUse = running !== undefined && running.pid !== process.pid && isRunning(running.pid);
        listed.push({ profile, ...summary, inUse });
      }
      return listed;
    },

    nameIn: (file: string, phrase: string): string | undefined => exportedFrom(file, phrase).name,

    open(opening: Opening): Promise<Session> {
      switch (opening.kind) {
        case "guest":
          return start({ kind: "guest", dataDir: undefined }, opening.name, () => guestVault(undefined));
        case "unlock":
          return startAgainIfDamaged(placeOf(opening.profile), undefined, async (directory) =>
            keptVault(await unlockProfile(directory, { passphrase: opening.passphrase, keychain })),
          );
        case "create": {
          const { profile, name, passphrase, takesOver } = opening;
          const made: NewProfile = { name, passphrase, keychain: keychainIf(opening.keychain) };
          const guest = takesOver ? parts.current() : undefined;
          return guest === undefined ? startNew(profile, made) : takeOver(guest, profile, made);
        }
        case "import": {
          const exported = exportedFrom(opening.file, opening.phrase);
          return startNew(opening.profile, { exported, passphrase: opening.passphrase, keychain: keychainIf(opening.keychain) });
        }
      }
    },

    /** As the command line says; undefined where the window has to ask for the passphrase. */
    async openFirst(): Promise<Session | undefined> {
      const { place, name, headless } = options;
      const given = givenPassphrase(options.passphraseFile);
      const open = async (directory: string): Promise<OpenVault> => {
        if (place.kind === "guest") return guestVault(place.dataDir === undefined ? undefined : directory);
        const there = await inspectProfile(directory);
        if (there === undefined) return keptVault(await createProfile(directory, { passphrase: given }));
        const isAsked = there.hasPassphrase && given === undefined && headless;
        const passphrase = isAsked ? await askPassphrase(`Passphrase of the profile in ${directory}: `) : given;
        return keptVault(await unlockProfile(directory, { passphrase, keychain }));
      };
      try {
        return await startAgainIfDamaged(place, name, open);
      } catch (error) {
        if (!headless && error instanceof ProfileError && error.code === "passphraseNeeded") return undefined;
        throw error;
      }
    },
  };
}

const exportedFrom = (file: string, phrase: string): ExportedProfile => readExport(new Uint8Array(Buffer.from(file, "base64")), phrase);

const copiedTables: readonly Table[] = ["sessions", "senderKeys", "contacts", "settings", "rooms", "mail", "own"];

function copyGuest(from: Vault, to: Vault): void {
  for (const table of copiedTables) {
    const records = [...from.entries(table)].map(([key, value]) => ({ table, key, value }));
    for (let at = 0; at < records.length; at += eventsReadAtOnce) to.write(records.slice(at, at + eventsReadAtOnce));
  }
  for (const roomId of from.rooms()) {
    for (let before: StoredEvent | undefined; ; ) {
      const page = from.readEvents(roomId, eventsReadAtOnce, before);
      to.appendEvents(page);
      before = page.at(-1);
      if (before === undefined) break;
    }
  }
}
