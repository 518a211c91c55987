/**
 * The pages of a SQLCipher 4 file, one by one, as far as each is authentic (zetetic.net/sqlcipher/design): AES-256-CBC, then
 * HMAC-SHA-512 over page, vector and number. The log that SQLite writes ahead (fileformat2.html, section 4) holds newer ones.
 */
import { createDecipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from "node:crypto";
import { vaultPageBytes, vaultPagesMax, vaultSaltBytes } from "./limits.ts";

export interface Pages {
  readonly count: number;
  /** Those that are not there though they should be, or not authentic. */
  readonly unreadable: number;
  /** The bytes that SQLite uses of it; undefined where it is not there or not authentic. The salt of the first is missing. */
  page(number: number): Uint8Array | undefined;
}

const vectorBytes = 16;
const tagBytes = 64;
const usableBytes = vaultPageBytes - vectorBytes - tagBytes;
const logHeaderBytes = 32;
const frameHeaderBytes = 24;

/** The bytes of the file from an offset on, as many as are there; whatever the disk refuses is not there. */
export interface PageSource {
  readonly bytes: number;
  read(offset: number, length: number): Uint8Array;
}

export function readPages(file: PageSource, log: Uint8Array, key: Uint8Array, salt: Uint8Array): Pages {
  const macKey = pbkdf2Sync(
    key,
    salt.map((byte) => byte ^ 0x3a),
    2,
    32,
    "sha512",
  );
  const inFile = Math.ceil(file.bytes / vaultPageBytes);
  const latest = latestInLog(log, inFile);
  const read = (number: number): Uint8Array | undefined => {
    const offset = (number - 1) * vaultPageBytes;
    for (const sealed of [...(latest.get(number) ?? []), file.read(offset, vaultPageBytes)]) {
      const bytes = decryptPage(sealed, number, key, macKey);
      if (bytes !== undefined) return bytes;
    }
    return undefined;
  };
  const count = Math.max(inFile, ...latest.keys(), pagesSaid(read(1)));
  let unreadable = 0;
  for (let number = 1; number <= count; number += 1) if (read(number) === undefined) unreadable += 1;
  return { count, unreadable, page: read };
}

/** fileformat2.html, section 1.3.8: of how many pages the database is, as its first one says; the salt before it is cut off. */
function pagesSaid(first: Uint8Array | undefined): number {
  if (first === undefined) return 0;
  const said = new DataView(first.buffer, first.byteOffset).getUint32(28 - vaultSaltBytes);
  return Math.min(said, vaultPagesMax);
}

function decryptPage(sealed: Uint8Array, number: number, key: Uint8Array, macKey: Uint8Array): Uint8Array | undefined {
  if (sealed.length !== vaultPageBytes) return undefined;
  const from = number === 1 ? vaultSaltBytes : 0;
  const authenticated = sealed.subarray(from, vaultPageBytes - tagBytes);
  const littleEndian = new Uint8Array(4);
  new DataView(littleEndian.buffer).setUint32(0, number, true);
  const tag = createHmac("sha512", macKey).update(authenticated).update(littleEndian).digest();
  if (!timingSafeEqual(tag, sealed.subarray(vaultPageBytes - tagBytes))) return undefined;
  const decipher = createDecipheriv("aes-256-cbc", key, sealed.subarray(usableBytes, usableBytes + vectorBytes)).setAutoPadding(false);
  return new Uint8Array(Buffer.concat([decipher.update(sealed.subarray(from, usableBytes)), decipher.final()]));
}

/** By page, newest first. Frames of an earlier round of the log carry another salt; those after the last commit do not count. */
function latestInLog(log: Uint8Array, inFile: number): Map<number, Uint8Array[]> {
  const pages = new Map<number, Uint8Array[]>();
  if (log.length < logHeaderBytes) return pages;
  const view = new DataView(log.buffer, log.byteOffset, log.length);
  const round = view.getBigUint64(16);
  // A frame's number is not authenticated; but each adds one page to the database at most.
  const numberMax = inFile + Math.floor(log.length / (frameHeaderBytes + vaultPageBytes));
  let uncommitted: [number, Uint8Array][] = [];
  for (let at = logHeaderBytes; at + frameHeaderBytes + vaultPageBytes <= log.length; at += frameHeaderBytes + vaultPageBytes) {
    if (view.getBigUint64(at + 8) !== round) break;
    const number = view.getUint32(at);
    if (number <= numberMax) uncommitted.push([number, log.subarray(at + frameHeaderBytes, at + frameHeaderBytes + vaultPageBytes)]);
    if (view.getUint32(at + 4) === 0) continue;
    for (const [changed, bytes] of uncommitted) pages.set(changed, [bytes, ...(pages.get(changed) ?? [])]);
    uncommitted = [];
  }
  return pages;
}
