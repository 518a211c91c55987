/** What a peer keeps and what it sends stays within the bounds of every limits.ts: each collection in it, and each frame. */
import { decodeFrame } from "../../../src/mesh/frames.ts";
import { frameBytesMax, linksMax } from "../../../src/mesh/limits.ts";
import { collections, foreign } from "../collections.ts";
import type { Inside } from "../inside.ts";
import type { Asked, Checker, CreateChecker, Report } from "../seen.ts";

/** Looking into a peer takes as long as a second of its life: one at a time, and not often. */
const lookMs = 25_000;
/** Decoding each frame once more would double the work of a run. */
const decodedEvery = 16;

/** Of a collection that nobody has listed yet; tests/sim/limits.test.ts asks for it by name. */
const unlistedMax = 10_000;

export const createBounds =
  (inside: Inside): CreateChecker =>
  (report: Report): Checker => {
    let frames = 0;
    let lookAt = lookMs;
    let turn = 0;

    function look({ core, start }: Asked): void {
      if (core === undefined) return;
      for (const [field, size] of inside.sizesOf(core, foreign)) {
        const bound = collections[field] ?? unlistedMax;
        if (size > bound) report(`${start.name} keeps ${size} in ${field}; ${bound} is the bound`);
      }
    }

    return {
      name: "bounds",
      seen(what) {
        if (what.type !== "frameSent" || what.start.isLiar) return;
        frames += 1;
        if (what.bytes.length > frameBytesMax) report(`${what.start.name} sends ${what.bytes.length} bytes in one frame`);
        else if (frames % decodedEvery === 0 && decodeFrame(what.bytes) === undefined) {
          report(`${what.start.name} sends ${what.bytes.length} bytes that no peer takes for a frame`);
        }
      },
      inspect(all) {
        for (const { start, linkCount } of all.peers) if (linkCount > linksMax) report(`${start.name} has ${linkCount} open links`);
        if (all.now < lookAt) return;
        lookAt += lookMs;
        const chosen = all.peers[turn++ % Math.max(1, all.peers.length)];
        if (chosen !== undefined) look(chosen);
      },
    };
  };
