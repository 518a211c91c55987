/**
 * The handshake against published vectors of two independent implementations: those of the suite that Earshot speaks always; and
 * as Debian's package golang-github-flynn-noise-dev installs them, every hash of the specification, with and without pre-shared
 * key, prologue and payloads.
 */
import { existsSync, readFileSync } from "node:fs";
import { blake2b, blake2s } from "@noble/hashes/blake2.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { type Handshake, noiseSuite, startHandshake } from "../../src/crypto/noise.ts";
import type { NoiseSuite } from "../../src/crypto/symmetric-state.ts";
import { agreePublicKey } from "../../src/crypto/x25519.ts";
import { cacophonyVector, flynnVector } from "./noise-vectors.ts";

const vectorsPath = "/usr/share/gocode/src/github.com/flynn/noise/vectors.txt";
const debianPackage = "golang-github-flynn-noise-dev";

const suites: readonly NoiseSuite[] = [
  { hashName: "SHA256", hash: sha256 },
  { hashName: "SHA512", hash: sha512 },
  { hashName: "BLAKE2s", hash: blake2s },
  { hashName: "BLAKE2b", hash: blake2b },
];

interface Vector {
  readonly protocol: string;
  readonly fields: ReadonlyMap<string, string>;
  readonly messages: readonly { readonly payload: string; readonly ciphertext: string }[];
}

/** Blocks of `name=value` lines, one vector each, parted by empty lines. */
function readVectors(text: string): Vector[] {
  return text
    .split(/\n\s*\n/)
    .filter((block) => block.trim() !== "")
    .map((block) => {
      const lines = block.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
      const fields = new Map(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
      const messages: { payload: string; ciphertext: string }[] = [];
      for (let index = 0; fields.has(`msg_${index}_ciphertext`); index += 1) {
        messages.push({ payload: fields.get(`msg_${index}_payload`) ?? "", ciphertext: fields.get(`msg_${index}_ciphertext`) ?? "" });
      }
      return { protocol: fields.get("handshake") ?? "", fields, messages };
    });
}

function start(vector: Vector, initiator: boolean, suite: NoiseSuite): Handshake {
  const bytes = (name: string): Uint8Array => hexToBytes(vector.fields.get(name) ?? "");
  const staticSecret = bytes(initiator ? "init_static" : "resp_static");
  return startHandshake({
    initiator,
    staticSecret,
    staticPublic: agreePublicKey(staticSecret),
    ...(vector.protocol.includes("psk0") ? { psk: bytes("preshared_key") } : {}),
    prologue: bytes("prologue"),
    randomBytes: () => bytes(initiator ? "gen_init_ephemeral" : "gen_resp_ephemeral"),
    suite,
  });
}

/** `turns`: who writes the first transport message. */
function replay(vector: Vector, suite: NoiseSuite, turns: "initiator begins again" | "throughout" = "initiator begins again"): void {
  const initiator = start(vector, true, suite);
  const responder = start(vector, false, suite);
  vector.messages.forEach(({ payload, ciphertext }, index) => {
    const [from, to] = index % 2 === 0 ? [initiator, responder] : [responder, initiator];
    const isHandshake = index < 3;
    const [sender, receiver] = isHandshake || turns === "throughout" ? [from, to] : [to, from];
    const written = isHandshake ? sender.writeMessage(hexToBytes(payload)) : sender.established?.transport.encrypt(hexToBytes(payload));
    expect(bytesToHex(written ?? new Uint8Array(0))).toBe(ciphertext);
    const read = isHandshake
      ? receiver.readMessage(hexToBytes(ciphertext))
      : receiver.established?.transport.decrypt(hexToBytes(ciphertext));
    expect(read).toEqual({ ok: true, payload: hexToBytes(payload) });
  });
  const { established } = initiator;
  expect(established?.handshakeHash).toEqual(responder.established?.handshakeHash);
  const handshakeHash = vector.fields.get("handshake_hash");
  if (handshakeHash !== undefined) expect(bytesToHex(established?.handshakeHash ?? new Uint8Array(0))).toBe(handshakeHash);
}

describe("the handshake as Earshot speaks it", () => {
  const only = (text: string): Vector => {
    const [vector] = readVectors(text);
    if (vector === undefined) throw new Error("one vector");
    return vector;
  };

  it("is XXpsk0 as github.com/flynn/noise publishes it", () => {
    const vector = only(flynnVector);
    expect(vector.protocol).toBe(`Noise_XXpsk0_25519_ChaChaPoly_${noiseSuite.hashName}`);
    expect(vector.messages).toHaveLength(5);
    replay(vector, noiseSuite);
  });

  it("is, without a pre-shared key, XX as github.com/centromere/cacophony publishes it", () => {
    const vector = only(cacophonyVector);
    expect(vector.protocol).toBe(`Noise_XX_25519_ChaChaPoly_${noiseSuite.hashName}`);
    expect(vector.messages).toHaveLength(6);
    expect(vector.fields.get("handshake_hash")).toHaveLength(128);
    replay(vector, noiseSuite, "throughout");
  });
});

const installed = existsSync(vectorsPath);
const leftOut = !installed && process.env["CI"] === undefined;

describe("the handshake and published Noise vectors", () => {
  if (leftOut) {
    const reason = `LEFT OUT: the vectors are not here; as root: apt-get install --no-install-recommends ${debianPackage}`;
    console.warn(reason);
    it.skip(reason);
    return;
  }

  it(`are installed (Debian package ${debianPackage})`, () => {
    expect(installed).toBe(true);
  });

  const vectors = installed ? readVectors(readFileSync(vectorsPath, "utf8")) : [];
  for (const pattern of ["XX", "XXpsk0"]) {
    it.each(suites)(`${pattern} with $hashName gives the same bytes and reads them`, (suite) => {
      const protocol = `Noise_${pattern}_25519_ChaChaPoly_${suite.hashName}`;
      const mine = vectors.filter((vector) => vector.protocol === protocol);
      // With and without prologue, with and without payloads.
      expect(mine).toHaveLength(4);
      for (const vector of mine) {
        expect(vector.messages.length).toBeGreaterThanOrEqual(5);
        replay(vector, suite);
      }
    });
  }
});
