/** A directory as it is broadcast: whoever passes it on, its host's signature says whose it is. */
import type { PublicIdentity, Signatures } from "../crypto/ports.ts";
import { forPurpose } from "./digest.ts";
import { decodePayload, encodePayload, type RoomsPayload } from "./payload.ts";

export type DirectoryNews = Extract<RoomsPayload, { k: "directory" | "directoryAt" }>;

const purpose = "earshot directory v1";

export function signDirectory(ports: { readonly signatures: Signatures; readonly signSeed: Uint8Array }, news: DirectoryNews): Uint8Array {
  const list = encodePayload(news);
  return encodePayload({ k: "signedDirectory", list, signature: ports.signatures.sign(ports.signSeed, forPurpose(purpose, list)) });
}

/** Undefined where `host` has not signed it, or it is no directory. */
export function openDirectory(
  ports: { readonly signatures: Signatures },
  host: PublicIdentity,
  { list, signature }: { readonly list: Uint8Array; readonly signature: Uint8Array },
): DirectoryNews | undefined {
  if (!ports.signatures.verify(host.signKey, forPurpose(purpose, list), signature)) return undefined;
  const news = decodePayload(list);
  return news?.k === "directory" || news?.k === "directoryAt" ? news : undefined;
}
