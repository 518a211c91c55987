/** One card of a peer in 64 bits: what rosters are compared by. */
import type { PeerId } from "../ids.ts";

/** Two words of FNV-1a with different offsets. Against chance, not against malice: a liar can leave itself out anyway. */
export function fingerprint(peerId: PeerId, instance: string, revision: number): [number, number] {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (const text of [peerId, instance, `${revision}`]) {
    for (let i = 0; i < text.length; i += 1) {
      a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
      b = Math.imul(b ^ text.charCodeAt(i), 0x5bd1e995);
    }
  }
  return [a >>> 0, b >>> 0];
}
