/** The number that two people compare: vectors of our own, since the keys are; and what it must tell apart. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createIdentity, isSameCode, SafetyNumbers } from "../../src/crypto/index.ts";
import { fingerprintRounds, fingerprintsMax } from "../../src/crypto/limits.ts";
import type { PublicIdentity } from "../../src/crypto/ports.ts";
import { fingerprint } from "../../src/crypto/safety-number.ts";
import { createNodeSignatures } from "../../src/crypto/signatures.node.ts";
import { bytesFrom, createRandom } from "../support/random.ts";

const signatures = createNodeSignatures();
const person = (seed: number): PublicIdentity => createIdentity(bytesFrom(createRandom(seed)), signatures);
const [mara, tomas] = [person(1), person(2)];

/** The vector of docs/protocol.md: keys that need no generator to be written down. */
const written = (first: number, peerId: string): PublicIdentity => ({
  ...mara,
  signKey: new Uint8Array(32).fill(first),
  agreeKey: new Uint8Array(32).fill(first + 1),
  peerId: peerId.repeat(32) as PublicIdentity["peerId"],
});

describe("a safety number", () => {
  it("is that of the vector in the protocol", () => {
    const { digits, code } = new SafetyNumbers(written(1, "a")).with(written(3, "b"));
    const protocol = readFileSync(join(import.meta.dirname, "../../docs/protocol.md"), "utf8");
    expect(protocol).toContain(`\`${digits}\``);
    expect(protocol).toContain(`\`${code}\``);
  });

  it("has a code that is compared whole", () => {
    const { code } = new SafetyNumbers(mara).with(tomas);
    expect(isSameCode(` ${code.toLowerCase()}\n`, code)).toBe(true);
    for (const shown of ["", code.slice(0, -1), `${code}0`, `${code.slice(0, -1)}?`, code.replace("-1:", "-2:")]) {
      expect(isSameCode(shown, code)).toBe(false);
    }
  });

  it("is what SHA-512 by another hand makes of keys and id", () => {
    const keys = Buffer.concat([mara.signKey, mara.agreeKey]);
    let digest = createHash("sha512")
      .update(Buffer.concat([Buffer.of(0, 0), keys, Buffer.from(mara.peerId), keys]))
      .digest();
    for (let round = 1; round < fingerprintRounds; round += 1) digest = createHash("sha512").update(digest).update(keys).digest();
    expect(Buffer.from(fingerprint(mara))).toEqual(digest);
    const digits = [0, 1, 2, 3, 4, 5].map((group) => String(digest.readUIntBE(5 * group, 5) % 100_000).padStart(5, "0")).join(" ");
    expect(new SafetyNumbers(mara).with(tomas).digits).toContain(digits);
  });

  it("is the same for both, whoever looks", () => {
    expect(new SafetyNumbers(mara).with(tomas)).toEqual(new SafetyNumbers(tomas).with(mara));
    expect(fingerprintsMax).toBeGreaterThan(1);
  });

  it("stays as it has been read aloud", () => {
    expect(new SafetyNumbers(mara).with(tomas).digits).toMatchInlineSnapshot(
      `"32593 16989 82085 43087 93481 97615 73270 36669 94288 72962 54230 87525"`,
    );
  });

  it.each(["signKey", "agreeKey"] as const)("differs with any byte of %s", (key) => {
    const { digits, code } = new SafetyNumbers(mara).with(tomas);
    const numbers = new SafetyNumbers(mara);
    for (const [place] of tomas[key].entries()) {
      const other = { ...tomas, [key]: tomas[key].map((byte, index) => (index === place ? byte ^ 1 : byte)) };
      const changed = numbers.with(other);
      expect(changed.digits).not.toBe(digits);
      expect(isSameCode(changed.code, code)).toBe(false);
    }
  });
});
