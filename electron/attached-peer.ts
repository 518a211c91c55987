/** A peer that runs already, found through `api.json` in its data directory. Letting go of it does not stop it. */
import { attachedCheckMs, attachedMissesMax } from "./limits.ts";
import type { OpenedPeer, PeerAddress, PeerSource } from "./peer-source.ts";

/** @param find reads the address anew: a peer that was started again has another port and token. */
export function attachedPeer(find: () => Promise<PeerAddress | undefined>): PeerSource {
  return { isOwn: false, open: () => attach(find) };
}

async function attach(find: () => Promise<PeerAddress | undefined>): Promise<OpenedPeer> {
  const address = await find();
  if (address === undefined || !(await answers(address))) return { failure: "Nothing is running there to open a window on." };
  const released = new AbortController();
  const gone = watch(address, released.signal);
  return {
    peer: {
      address,
      gone,
      async release() {
        released.abort();
        await gone;
      },
    },
  };
}

/** Settles once the peer has left several questions unanswered, or nobody wants to know any more. */
function watch(address: PeerAddress, released: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let misses = 0;
    let timer = setTimeout(check, attachedCheckMs);
    async function check() {
      misses = (await answers(address)) ? 0 : misses + 1;
      if (released.aborted) return;
      if (misses >= attachedMissesMax) resolve();
      else timer = setTimeout(check, attachedCheckMs);
    }
    released.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function answers({ url }: PeerAddress): Promise<boolean> {
  try {
    const response = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(attachedCheckMs) });
    return response.status < 500;
  } catch {
    return false;
  }
}
