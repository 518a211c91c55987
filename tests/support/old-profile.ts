/** Writes what an Earshot without vaults kept of a profile. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { IdentitySecrets, RememberedPlace } from "../../src/store/index.ts";

export function writeOldProfile(directory: string, identity: IdentitySecrets, name: string, remembered: readonly RememberedPlace[]): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
  const content = { version: 1, identity: { signSeed: hex(identity.signSeed), agreeSecret: hex(identity.agreeSecret) }, name, remembered };
  writeFileSync(join(directory, "profile.json"), JSON.stringify(content), { mode: 0o600 });
}
