/** What sealings tell each other through their sessions, beside the texts they carry: CBOR arrays after one byte. */
import { decode, encode } from "cborg";
import { bytesIn, count, list, text } from "./ratchet-record.ts";
import { keyIdBytes, type SenderKey } from "./sender-key.ts";

export type SealingControl =
  /** Who has this reads the sender's next messages in a room. */
  | { readonly k: "senderKey"; readonly key: SenderKey }
  /** A frame of yours cannot be read; `isKnown`: although this key is here. */
  | { readonly k: "senderKeyWanted"; readonly keyId: Uint8Array; readonly isKnown: boolean }
  /** Only to be sent in a new session. */
  | { readonly k: "renewed" };

/** The first byte of what is sealed. */
export const content = { text: 0, control: 1 } as const;

const roomIdCharsMax = 80;

export function encodeSealingControl(control: SealingControl): Uint8Array {
  switch (control.k) {
    case "senderKey": {
      const { roomId, keyId, number, chainKey, signKey } = control.key;
      return encode([control.k, roomId, keyId, number, chainKey, signKey]);
    }
    case "senderKeyWanted":
      return encode([control.k, control.keyId, control.isKnown]);
    case "renewed":
      return encode([control.k]);
  }
}

/** Undefined for anything else. */
export function decodeSealingControl(bytes: Uint8Array): SealingControl | undefined {
  try {
    const items: unknown = decode(bytes, { strict: true, allowIndefinite: false, allowUndefined: false });
    const kind: unknown = Array.isArray(items) ? items[0] : undefined;
    if (kind === "renewed") return list(items, 1) && { k: "renewed" };
    if (kind === "senderKeyWanted") {
      const [, keyId, isKnown] = list(items, 3);
      return typeof isKnown === "boolean" ? { k: "senderKeyWanted", keyId: bytesIn(keyId, keyIdBytes), isKnown } : undefined;
    }
    if (kind !== "senderKey") return undefined;
    const [, roomId, keyId, number, chainKey, signKey] = list(items, 6);
    if (text(roomId).length > roomIdCharsMax || count(number) >= 2 ** 32) return undefined;
    return {
      k: "senderKey",
      key: {
        roomId: text(roomId),
        keyId: bytesIn(keyId, keyIdBytes),
        number: count(number),
        chainKey: bytesIn(chainKey, 32),
        signKey: bytesIn(signKey, 32),
      },
    };
  } catch {
    return undefined;
  }
}
