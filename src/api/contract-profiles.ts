/** The part of the contract that is not the peer's: who is logged in, and how what is said is kept. */
import { z } from "zod";
import { empty, personName } from "./schemas.ts";

/** An exported profile of five thousand contacts, as base64. */
export const exportedFileCharsMax = 3 * 1024 * 1024;

const passphrase = z.string().min(1).max(1024);
export const profileSchema = z.object({
  isKept: z.boolean().describe("false for a guest"),
  protection: z.enum(["passphrase", "keychain", "open"]).nullable().describe('"open": file permissions alone'),
  hasPassphrase: z.boolean(),
  wipeOnQuit: z.boolean(),
});

/** What concerns the files of a peer: answered by its process, not by its core. */
export const profileMethods = {
  "profile.get": { summary: "How this profile is kept.", params: empty, result: profileSchema },
  "profile.changePassphrase": {
    summary: "Take another passphrase; without `next` none opens it any more, and file permissions alone protect it.",
    errors: ["notKept", "wrongPassphrase", "tooManyTries", "passphraseInvalid", "profileUnusable"],
    params: z.object({ old: passphrase.optional(), next: passphrase.optional() }).strict(),
    result: profileSchema,
  },
  "profile.setWipeOnQuit": {
    summary: "Destroy this profile, keys first, whenever it is quit; or keep it.",
    errors: ["notKept", "profileUnusable"],
    params: z.object({ on: z.boolean() }).strict(),
    result: profileSchema,
  },
  "profile.wipe": {
    summary: "Destroy everything that is kept, keys first, at once; then this Earshot ends. Of a guest nothing is kept: it only ends.",
    errors: ["profileUnusable"],
    params: empty,
    result: empty,
  },
} as const;

const profileName = z.string().min(1).max(40).describe("letters, digits, dots, dashes and underscores");
const exportedFile = z.string().min(1).max(exportedFileCharsMax).describe("base64");

export const profilesSchema = z.object({
  state: z
    .enum(["choosing", "locked", "running"])
    .describe('"choosing": nobody is logged in; "locked": `current` takes its passphrase first'),
  current: z.string().nullable().describe("the kept profile that runs or is locked; null for a guest, and for nobody"),
  profiles: z
    .array(
      z.object({
        profile: z.string(),
        protection: z.enum(["passphrase", "keychain", "open"]),
        hasPassphrase: z.boolean(),
        wipeOnQuit: z.boolean(),
        damaged: z.boolean().describe("its keys cannot be read"),
        inUse: z.boolean().describe("another Earshot on this computer has it open"),
      }),
    )
    .describe("kept on this computer"),
  keychain: z.boolean().describe("this computer has one that a profile can open with"),
  suggestedName: z.string().describe("of the system's user"),
  damage: z.string().nullable().describe("what was lost of the profile that runs, where its vault was found damaged, in plain words"),
});

/** Who is logged in: answered in every state, where all others are refused as `locked` while nobody is. */
export const shellMethods = {
  "profiles.list": {
    summary: "The profiles kept on this computer, and whether somebody is logged in.",
    params: empty,
    result: profilesSchema,
  },
  "profiles.guest": {
    summary: "Log in as a guest: nothing is kept. Whoever is logged in is logged out first.",
    errors: ["profileUnusable"],
    params: z.object({ name: personName }).strict(),
    result: profilesSchema,
  },
  "profiles.create": {
    summary: "Keep a new profile and log in with it. A guest who is logged in becomes it, with key and messages.",
    errors: ["profileExists", "profileInvalid", "passphraseInvalid", "keychainMissing", "profileUnusable"],
    params: z
      .object({
        profile: profileName.optional().describe("made from the name where absent"),
        name: personName,
        passphrase: passphrase.optional(),
        keychain: z.boolean().optional(),
      })
      .strict(),
    result: profilesSchema,
  },
  "profiles.unlock": {
    summary: "Log in with a kept profile.",
    errors: ["unknownProfile", "profileInUse", "wrongPassphrase", "tooManyTries", "keychainMissing", "profileUnusable"],
    params: z.object({ profile: profileName, passphrase: passphrase.optional() }).strict(),
    result: profilesSchema,
  },
  "profiles.logOut": {
    summary: "Say goodbye and close everything. Of a guest everything is forgotten; a profile that is wiped when it is quit is destroyed.",
    params: empty,
    result: profilesSchema,
  },
  "profiles.export": {
    summary: "The profile that is logged in, without its messages, encrypted under 24 words that open nothing else.",
    errors: ["locked"],
    params: empty,
    result: z.object({ file: exportedFile, phrase: z.string() }),
  },
  "profiles.import": {
    summary: "Keep a profile that was exported elsewhere, and log in with it.",
    errors: ["phraseInvalid", "fileInvalid", "profileExists", "profileInvalid", "passphraseInvalid", "keychainMissing", "profileUnusable"],
    params: z
      .object({
        file: exportedFile,
        phrase: z.string().min(1).max(1000),
        profile: profileName.optional(),
        passphrase: passphrase.optional(),
        keychain: z.boolean().optional(),
      })
      .strict(),
    result: profilesSchema,
  },
} as const;
