/** What is exported at one end must get in at the other: the bounds of people, store and API agree. */
import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { exportedFileCharsMax } from "../../src/api/contract-profiles.ts";
import { requestBytesMax } from "../../src/api/limits.ts";
import { exportFileBytesMax } from "../../src/cli/limits.ts";
import type { Millis, PeerId } from "../../src/ids.ts";
import { nameCharsMax } from "../../src/mesh/limits.ts";
import { Contacts } from "../../src/peer/contacts.ts";
import { contactsMax } from "../../src/peer/limits.ts";
import { exportProfile, readExport } from "../../src/store/export-file.ts";
import { exportBytesMax } from "../../src/store/limits.ts";

const secret = (): Uint8Array => new Uint8Array(randomBytes(32));
const longestName = "字".repeat(nameCharsMax);

it("all the people that one may know, all blocked and with the longest names, are exported and read", () => {
  const contacts = new Contacts(() => 0 as Millis, []);
  for (let i = 0; i < contactsMax; i += 1) contacts.block(String(i).padStart(32, "a") as PeerId, true, longestName);
  const kept = contacts.takeRecords().map(({ key, value }): [string, Uint8Array] => [key, value ?? new Uint8Array(0)]);
  expect(kept).toHaveLength(contactsMax);
  const identity = { signSeed: secret(), agreeSecret: secret() };
  const { file, phrase } = exportProfile(
    { identity, name: longestName, contacts: kept, settings: [] } as never,
    (count) => new Uint8Array(randomBytes(count)),
  );
  expect(readExport(file, phrase).contacts).toHaveLength(contactsMax);
});

it("the largest file fits its field, and a request with it fits the API", () => {
  const file = Buffer.alloc(exportBytesMax).toString("base64");
  expect(file.length).toBeLessThanOrEqual(exportedFileCharsMax);
  const params = {
    file: "x".repeat(exportedFileCharsMax),
    phrase: "\u0001".repeat(1_000),
    profile: "p".repeat(40),
    passphrase: "\u0001".repeat(1_024),
  };
  const request = JSON.stringify({ jsonrpc: "2.0", id: Number.MAX_SAFE_INTEGER, method: "profiles.import", params });
  expect(Buffer.byteLength(request)).toBeLessThanOrEqual(requestBytesMax);
  expect(exportFileBytesMax).toBe(exportBytesMax);
});
