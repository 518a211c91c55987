/** The network key that people type, made expensive to guess by scrypt (RFC 7914): once at start, by node:crypto. */
import { scrypt } from "node:crypto";
import { networkKeyBytesMax, networkNameBytesMax, scryptCost } from "./limits.ts";
import { networkNameBytes } from "./network.ts";
import { strict } from "./strict.ts";

/** 32 bytes for `deriveNetwork`. Takes a tenth of a second on a thread of its own. */
export function stretchNetworkKey(key: string, networkName: string): Promise<Uint8Array> {
  const keyBytes = networkNameBytes(key);
  const salt = networkNameBytes(networkName);
  strict(keyBytes.length <= networkKeyBytesMax, "a network key is bounded");
  strict(salt.length <= networkNameBytesMax, "a network name is bounded");
  // scrypt itself takes 128 N r bytes; the rest is what the library needs around it.
  const maxmem = 2 * 128 * scryptCost.N * scryptCost.r;
  return new Promise((resolve, reject) => {
    scrypt(keyBytes, salt, 32, { ...scryptCost, maxmem }, (error, stretched) => {
      if (error === null) resolve(Uint8Array.from(stretched));
      else reject(error);
    });
  });
}
