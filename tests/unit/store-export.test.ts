/** An exported profile and its recovery phrase: what comes back, and what each mistake is called. */
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createMemoryVault, type ExportedProfile, exportProfile, ProfileError, readExport, readExported } from "../../src/store/index.ts";
import { exportedChanges, readProfile } from "../../src/store/profile-records.ts";
import { entropyOf, phraseOf } from "../../src/store/recovery-phrase.ts";

const random = (count: number): Uint8Array => new Uint8Array(randomBytes(count));
const profile: ExportedProfile = {
  identity: { signSeed: random(32), agreeSecret: random(32) },
  name: "Zoë",
  contacts: [["b".repeat(32), random(80)]],
  settings: [["wipeOnQuit", Uint8Array.of(1)]],
};

describe("a recovery phrase", () => {
  it("is 24 words that give back the entropy, however they are typed", () => {
    const entropy = random(32);
    const phrase = phraseOf(entropy);
    const words = phrase.split(" ");
    expect(words).toHaveLength(24);
    expect(entropyOf(phrase)).toEqual(entropy);
    expect(entropyOf(words.map((word, index) => `${index + 1}. ${word.toUpperCase()}`).join("\n"))).toEqual(entropy);
  });

  it("of a published vector (BIP-39) is that of its page", () => {
    expect(phraseOf(new Uint8Array(32).fill(0x80))).toBe(
      "letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic bless",
    );
  });

  it.each<[mistake: string, change: (words: string[]) => string[], says: string]>([
    ["a word that is none", (words) => words.with(2, "earshott"), "“earshott” (word 3) is not in the list"],
    ["two such", (words) => words.with(2, "xyzzy").with(4, "plugh"), "“xyzzy” (word 3), “plugh” (word 5) are not"],
    ["a word missing", (words) => words.slice(1), "It has 23 of 24 words"],
    ["a word too many", (words) => [...words, "zoo"], "It has 25 of 24 words"],
    ["nothing", () => [], "It has 0 of 24 words"],
    ["another word of the list", (words) => words.with(0, "letter"), "a word is wrong, or two are swapped"],
    ["a pasted book", (words) => Array.from({ length: 100 }, () => words).flat(), "far too long"],
  ])("with %s says so", (_mistake, change, says) => {
    // Of fixed entropy, whose checksum differs from that of every change above.
    const words = phraseOf(Uint8Array.from({ length: 32 }, (_, index) => index)).split(" ");
    const reading = (): Uint8Array => entropyOf(change(words).join(" "));
    expect(reading).toThrow(ProfileError);
    expect(reading).toThrow(says);
    expect(codeOf(reading)).toBe("phraseInvalid");
  });
});

describe("an exported file", () => {
  const { file, phrase } = exportProfile(profile, random);

  it("gives everything back to its phrase", () => {
    expect(readExport(file, phrase)).toEqual(profile);
  });

  it("fills a vault, from which it can be exported again", () => {
    const vault = createMemoryVault();
    expect(readExported(vault)).toBeUndefined();
    vault.write(exportedChanges(readExport(file, phrase)));
    expect(readExported(vault)).toEqual(profile);
    expect(readProfile(vault)).toEqual({ identity: profile.identity, name: "Zoë", remembered: [] });
  });

  it("says nothing of its content: no name, no key, and its length in steps of 4 KB", () => {
    const whole = Buffer.from(file);
    const parts = [new TextEncoder().encode("Zoë"), profile.identity.signSeed, profile.contacts[0]?.[1] ?? file];
    for (const part of parts) expect(whole.includes(Buffer.from(part))).toBe(false);
    const longer = exportProfile({ ...profile, name: "Zoë, who has a longer name" }, random);
    expect(longer.file).toHaveLength(file.length);
  });

  it("has a phrase of its own each time", () => {
    const other = exportProfile(profile, random);
    expect(other.phrase).not.toBe(phrase);
    expect(() => readExport(file, other.phrase)).toThrow("belongs to another file");
    expect(codeOf(() => readExport(file, other.phrase))).toBe("phraseInvalid");
  });

  it("is refused where a byte is another, but for the check's: then the box itself has proven the phrase", () => {
    const [saltAt, checkAt, nonceAt] = [17, 33, 49];
    for (let at = 0; at < file.length; at += at < 100 ? 1 : 97) {
      const changed = file.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      const isSalt = at >= saltAt && at < checkAt;
      const isCheck = at >= checkAt && at < nonceAt;
      expect(
        codeOf(() => readExport(changed, phrase)),
        `byte ${at}`,
      ).toBe(isSalt ? "phraseInvalid" : isCheck ? undefined : "fileInvalid");
      if (isCheck) expect(readExport(changed, phrase)).toEqual(profile);
    }
  });

  it.each<[what: string, bytes: Uint8Array]>([
    ["nothing", new Uint8Array()],
    ["a picture", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, ...random(5_000))],
    ["a file that is cut off", file.slice(0, 60)],
    ["a file without its end", file.slice(0, -1)],
    ["a file of gigabytes", new Uint8Array(5 * 1024 * 1024)],
  ])("%s is no exported profile", (_what, bytes) => {
    expect(codeOf(() => readExport(bytes, phrase))).toBe("fileInvalid");
  });
});

function codeOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return (error as ProfileError).code;
  }
}
