/** Published answers of what stands between a passphrase, or a recovery phrase, and a key: Argon2id, BIP-39. */
import { argon2Sync } from "node:crypto";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { entropyToMnemonic, mnemonicToEntropy, validateMnemonic } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import fc from "fast-check";
import { argon2id } from "hash-wasm";
import { describe, expect, it } from "vitest";

const repeated = (byte: number, times: number): Uint8Array => new Uint8Array(times).fill(byte);

describe("Argon2id", () => {
  // hash-wasm takes no associated data, which the one vector of RFC 9106 has. So OpenSSL's implementation is checked against that
  // vector, and hash-wasm against OpenSSL's, besides the vectors of the reference implementation.
  it("by OpenSSL is that of RFC 9106, section 5.3", () => {
    const tag = argon2Sync("argon2id", {
      message: repeated(1, 32),
      nonce: repeated(2, 16),
      secret: repeated(3, 8),
      associatedData: repeated(4, 12),
      passes: 3,
      memory: 32,
      parallelism: 4,
      tagLength: 32,
    });
    expect(tag.toString("hex")).toBe("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
  });

  it("by hash-wasm gives the same as OpenSSL's", async () => {
    const inputs = fc.record({
      password: fc.uint8Array({ minLength: 1, maxLength: 80 }),
      salt: fc.uint8Array({ minLength: 8, maxLength: 40 }),
      secret: fc.uint8Array({ minLength: 1, maxLength: 40 }),
      iterations: fc.integer({ min: 1, max: 4 }),
      parallelism: fc.integer({ min: 1, max: 4 }),
      memorySize: fc.integer({ min: 32, max: 300 }),
      hashLength: fc.integer({ min: 16, max: 80 }),
    });
    await fc.assert(
      fc.asyncProperty(inputs, async ({ password, salt, secret, iterations, parallelism, memorySize, hashLength }) => {
        const expected = argon2Sync("argon2id", {
          message: password,
          nonce: salt,
          secret,
          passes: iterations,
          memory: memorySize,
          parallelism,
          tagLength: hashLength,
        });
        const options = { password, salt, secret, iterations, parallelism, memorySize, hashLength, outputType: "hex" } as const;
        expect(await argon2id(options)).toBe(expected.toString("hex"));
      }),
      { numRuns: 60 },
    );
  });

  // src/test.c of github.com/P-H-C/phc-winner-argon2, "Test Argon2id", version 0x13.
  it.each([
    { passes: 2, memoryLog: 16, lanes: 1, tag: "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7" },
    { passes: 2, memoryLog: 8, lanes: 1, tag: "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe" },
    { passes: 2, memoryLog: 8, lanes: 2, tag: "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037" },
    { passes: 1, memoryLog: 16, lanes: 1, tag: "f6a5adc1ba723dddef9b5ac1d464e180fcd9dffc9d1cbf76cca2fed795d9ca98" },
    { passes: 4, memoryLog: 16, lanes: 1, tag: "9025d48e68ef7395cca9079da4c4ec3affb3c8911fe4f86d1a2520856f63172c" },
    {
      passes: 2,
      memoryLog: 16,
      lanes: 1,
      password: "differentpassword",
      tag: "0b84d652cf6b0c4beaef0dfe278ba6a80df6696281d7e0d2891b817d8c458fde",
    },
    { passes: 2, memoryLog: 16, lanes: 1, salt: "diffsalt", tag: "bdf32b05ccc42eb15d58fd19b1f856b113da1e9a5874fdcc544308565aa8141c" },
  ])("by hash-wasm gives $tag", async ({ passes, memoryLog, lanes, tag, password = "password", salt = "somesalt" }) => {
    const hash = await argon2id({
      password,
      salt,
      iterations: passes,
      memorySize: 2 ** memoryLog,
      parallelism: lanes,
      hashLength: 32,
      outputType: "binary",
    });
    expect(bytesToHex(hash)).toBe(tag);
  });
});

describe("recovery phrases of 24 words", () => {
  // vectors.json of github.com/trezor/python-mnemonic, which BIP-39 names, all those of 256 bits.
  it.each([
    ["0".repeat(64), `${"abandon ".repeat(23)}art`],
    ["7f".repeat(32), `${"legal winner thank year wave sausage worth useful ".repeat(2)}legal winner thank year wave sausage worth title`],
    [
      "80".repeat(32),
      `${"letter advice cage absurd amount doctor acoustic avoid ".repeat(2)}letter advice cage absurd amount doctor acoustic bless`,
    ],
    ["ff".repeat(32), `${"zoo ".repeat(23)}vote`],
    [
      "68a79eaca2324873eacc50cb9c6eca8cc68ea5d936f98787c60c7ebc74e6ce7c",
      "hamster diagram private dutch cause delay private meat slide toddler razor book happy fancy gospel tennis maple dilemma loan word shrug inflict delay length",
    ],
    [
      "9f6a2878b2520799a44ef18bc7df394e7061a224d2c33cd015b157d746869863",
      "panda eyebrow bullet gorilla call smoke muffin taste mesh discover soft ostrich alcohol speed nation flash devote level hobby quick inner drive ghost inside",
    ],
    [
      "066dca1a2bb7e8a1db2832148ce9933eea0f3ac9548d793112d9a95c9407efad",
      "all hour make first leader extend hole alien behind guard gospel lava path output census museum junior mass reopen famous sing advance salt reform",
    ],
    [
      "f585c11aec520db57dd353c69554b21a89b20fb0650966fa0a9d6f74fd989d8f",
      "void come effort suffer camp survey warrior heavy shoot primary clutch crush open amazing screen patrol group space point ten exist slush involve unfold",
    ],
  ])("say %s as BIP-39's vectors do", (entropy, phrase) => {
    expect(entropyToMnemonic(hexToBytes(entropy), wordlist)).toBe(phrase);
    expect(bytesToHex(mnemonicToEntropy(phrase, wordlist))).toBe(entropy);
  });

  it("are refused with a word swapped for another, in 255 of 256 cases", () => {
    const words = `${"abandon ".repeat(23)}art`.split(" ");
    const wrong = wordlist
      .filter((word) => word !== "art")
      .filter((word) => validateMnemonic([...words.slice(0, -1), word].join(" "), wordlist));
    // 3 bits of the last word are entropy, 8 are the check.
    expect(wrong).toHaveLength(7);
  });
});
