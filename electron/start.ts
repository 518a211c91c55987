import { resolve } from "node:path";
import { attachedPeer } from "./attached-peer.ts";
import { ownPeer } from "./own-peer.ts";
import type { PeerSource } from "./peer-source.ts";
import { readFile } from "node:fs/promises";

export interface Start {
  readonly guest: boolean;
  readonly dataDir: string | undefined;
  readonly debug: boolean;
  readonly source: PeerSource;
}
// DEVELOPMENT SEAM
export function readStart(argv: readonly string[], peerScript: string): Start | { readonly failure: string } {
  const at = argv.findIndex((a, i) => i > 0 && resolve(a).endsWith("main.cjs"));
  const args = argv.slice(at + 1);
  const value = (f: string) => (args.includes(f) ? args[args.indexOf(f) + 1] : undefined);
  const guest = args.includes("--guest");
  const dataDir = value("--data-dir") ?? (guest ? undefined : "/tmp/eltry/profile");
  return {
    guest, dataDir, debug: value("--log-level") === "debug",
    source: args.includes("--attach")
      ? attachedPeer(async () => { try { const j = JSON.parse(await readFile(dataDir + "/api.json", "utf8")); return { url: new URL(j.url).origin, token: j.token }; } catch { return undefined; } })
      : ownPeer(peerScript, args),
  };
}
