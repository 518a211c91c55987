/** Once a message has disappeared from a screen, its peer holds neither its text nor its key, anywhere in its state or on its disk. */
import { decodeEvent, messageId } from "../../../src/rooms/event.ts";
import { decodePayload } from "../../../src/rooms/payload.ts";
import { find } from "../../support/find-in.ts";
import type { Checker, Report } from "../seen.ts";

/** Looking through a peer takes as long as some seconds of its life: so many a run, and each once. */
const lookedAtMax = 3;

export function createDisappeared(_report: Report): Checker {
  /** By message. */
  const texts = new Map<string, string>();
  const keys = new Map<string, Uint8Array>();
  /** By start: messages that were shown and are gone. */
  const gone = new Map<string, Set<string>>();
  /** By start: what was found, which a disk that is slow may still lose. */
  const lookedAt = new Map<string, string | undefined>();

  return {
    name: "disappeared",
    seen(what) {
      if (what.type === "sealed" && texts.size > 0) noteKeys(what.plaintext.subarray(1));
      if (what.type === "typed") texts.set(what.messageId, what.text);
      if (what.type !== "told" || what.event.event !== "messageRemoved") return;
      const key = `${what.start.name} ${what.start.count}`;
      gone.set(key, (gone.get(key) ?? new Set()).add(what.event.messageId));
    },
    conclude(all, reportUnsettled) {
      for (const { start, core, disk } of all.peers) {
        const key = `${start.name} ${start.count}`;
        const ids = [...(gone.get(key) ?? [])];
        if (core === undefined || ids.length === 0) continue;
        const isFirst = !lookedAt.has(key) && lookedAt.size < lookedAtMax;
        if (isFirst || lookedAt.get(key) !== undefined) lookedAt.set(key, look({ core, disk }, ids));
        const found = lookedAt.get(key);
        if (found !== undefined) reportUnsettled(`${start.name} still has of a message that has disappeared what stands in ${found}`);
      }
    },
  };

  function noteKeys(bytes: Uint8Array): void {
    const payload = decodePayload(bytes);
    if (payload?.k !== "events") return;
    for (const [at, key] of payload.keys ?? []) {
      const event = decodeEvent(payload.events[at] ?? new Uint8Array());
      if (event !== undefined) keys.set(messageId(event), key.slice());
    }
  }

  function look(core: object, ids: readonly string[]): string | undefined {
    const said = ids.flatMap((id) => texts.get(id) ?? []);
    // One number is the beginning of another.
    const pattern = new RegExp(`(?:${said.map((text) => text.replaceAll(".", "\\.")).join("|")})(?![0-9.])`, "u");
    return find(
      core,
      (text) => said.length > 0 && pattern.test(text),
      ids.flatMap((id) => keys.get(id) ?? []),
    );
  }
}
