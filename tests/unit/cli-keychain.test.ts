/** The keychain between the peer's process and the desktop shell, with a keychain that turns bytes around. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { answerKeychain, createKeychain, type KeychainQuestion } from "../../src/cli/keychain-channel.node.ts";
import { createProfile, inspectProfile, unlockProfile } from "../../src/store/kept-profile.node.ts";

const turned = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0x5a);
const safe = {
  encryptString: (text: string) => turned(new TextEncoder().encode(text)),
  decryptString: (bytes: Uint8Array) => new TextDecoder().decode(turned(bytes)),
};
const broken = {
  encryptString: (): Uint8Array => {
    throw new Error("locked");
  },
  decryptString: (): string => {
    throw new Error("locked");
  },
};

function channel(shell: typeof safe | typeof broken | "silent") {
  const asked: KeychainQuestion[] = [];
  let hear = (_message: unknown): void => undefined;
  const keychain = createKeychain({
    send(question) {
      asked.push(question);
      if (shell !== "silent") queueMicrotask(() => hear(answerKeychain(shell, JSON.parse(JSON.stringify(question)))));
    },
    onMessage: (listener) => {
      hear = listener;
    },
    after: (_ms, run) => void (shell === "silent" && queueMicrotask(run)),
  });
  return { keychain, asked, hear: (message: unknown) => hear(message) };
}

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

describe("a keychain behind a channel", () => {
  it("gives back what it took, and never sends a secret as it is", async () => {
    const { keychain, asked, hear } = channel(safe);
    hear({ type: "keychain", id: 99, bytes: "AAAA" });
    hear("nonsense");
    const secret = Uint8Array.from({ length: 32 }, (_, at) => 255 - at);
    const [wrapped, other] = await Promise.all([keychain.wrap(secret), keychain.wrap(Uint8Array.of(7))]);
    expect(wrapped).not.toEqual(secret);
    expect(await keychain.unwrap(wrapped)).toEqual(secret);
    expect(await keychain.unwrap(other)).toEqual(Uint8Array.of(7));
    expect(asked.map(({ act }) => act)).toEqual(["wrap", "wrap", "unwrap", "unwrap"]);
  });

  it.each([
    ["refuses", broken],
    ["does not answer", "silent"],
  ] as const)("rejects where the system %s", async (_what, shell) => {
    await expect(channel(shell).keychain.wrap(Uint8Array.of(1))).rejects.toThrow("refused");
  });

  it("answers nothing else", () => {
    for (const message of [
      null,
      1,
      {},
      { type: "stop" },
      { type: "keychain", id: "1", act: "wrap", bytes: "" },
      { type: "keychain", id: 1, act: "keep", bytes: "" },
    ])
      expect(answerKeychain(safe, message)).toBeUndefined();
  });

  it("opens a profile without a passphrase, and only where it knows it", async () => {
    const directory = join(mkdtempSync(join(tmpdir(), "earshot-keychain-")), "profile");
    directories.push(join(directory, ".."));
    const { keychain } = channel(safe);
    await (await createProfile(directory, { name: "Ada", keychain })).close();
    expect(await inspectProfile(directory)).toMatchObject({ protection: "keychain", hasPassphrase: false });
    expect(readFileSync(join(directory, "keys.json"), "utf8")).not.toContain('"open"');
    await (await unlockProfile(directory, { keychain })).close();
    await expect(unlockProfile(directory, { keychain: channel(broken).keychain })).rejects.toMatchObject({ code: "keychainMissing" });
    await expect(unlockProfile(directory, {})).rejects.toMatchObject({ code: "keychainMissing" });
  });
});
