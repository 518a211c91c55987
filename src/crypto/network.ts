/** What makes peers one network: a secret that every handshake mixes in, and a tag that is announced (docs/protocol.md, section 2). */
import { expand, extract } from "@noble/hashes/hkdf.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { networkNameBytesMax } from "./limits.ts";
import { strict } from "./strict.ts";

export interface NetworkSettings {
  readonly name: string;
  /** The network key as stretched by network-key.node.ts, 32 bytes; absent on a network without a key. */
  readonly stretchedKey?: Uint8Array;
}

export interface Network {
  /** 32 bytes: the pre-shared key of every handshake. */
  readonly secret: Uint8Array;
  /** 16 hex digits. A hint only: it tells nothing about the secret, and proves nothing. */
  readonly tag: string;
}

export function deriveNetwork(settings: NetworkSettings): Network {
  const name = networkNameBytes(settings.name);
  const stretchedKey = settings.stretchedKey ?? new Uint8Array(0);
  strict(name.length <= networkNameBytesMax, "a network name is bounded");
  strict(stretchedKey.length === 32 || settings.stretchedKey === undefined, "a stretched key is 32 bytes");
  // The length stands in front so that a name without a key cannot equal a name with one.
  const nameLength = Uint8Array.of(name.length >> 8, name.length & 0xff);
  const pseudorandomKey = extract(sha512, concatBytes(nameLength, name, stretchedKey), utf8ToBytes("earshot network v1"));
  return {
    secret: expand(sha512, pseudorandomKey, utf8ToBytes("secret"), 32),
    tag: bytesToHex(expand(sha512, pseudorandomKey, utf8ToBytes("tag"), 8)),
  };
}

/** In Unicode's NFC, so that a name typed on two keyboards is one name. */
export const networkNameBytes = (name: string): Uint8Array => utf8ToBytes(name.normalize("NFC"));
