/** A peer that runs already, found through `api.json` in its data directory. Letting go of it does not stop it. */
import { setTimeout as pause } from "node:timers/promises";
import type { Found } from "../src/cli/running-peer.node.ts";
import { attachedCheckMs, attachedMissesMax } from "./limits.ts";
import type { OpenedPeer, PeerAddress, PeerSource } from "./peer-source.ts";

/** @param find looks anew each time: a peer that was started again has another port and token. */
export function attachedPeer(find: () => Found): PeerSource {
  return { isOwn: false, open: () => attach(find()) };
}

async function attach(found: Found): Promise<OpenedPeer> {
  if (!found.ok) return { failure: found.message };
  const address: PeerAddress = { url: found.peer.url, token: found.peer.token };
  if (!(await answers(address))) return { failure: "it does not answer" };
  const released = new AbortController();
  return { peer: { address, gone: watch(address, released.signal), wasWiped: () => false, release: async () => released.abort() } };
}

/** Settles once the peer has left several questions unanswered, or nobody wants to know any more. */
async function watch(address: PeerAddress, released: AbortSignal): Promise<void> {
  for (let misses = 0; misses < attachedMissesMax && !released.aborted; ) {
    await pause(attachedCheckMs, undefined, { signal: released }).catch(() => undefined);
    misses = released.aborted || (await answers(address)) ? 0 : misses + 1;
  }
}

async function answers({ url }: PeerAddress): Promise<boolean> {
  try {
    const response = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(attachedCheckMs) });
    return response.status < 500;
  } catch {
    return false;
  }
}
