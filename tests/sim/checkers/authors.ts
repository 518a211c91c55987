/** Nobody sees a message by somebody who never typed it. */
import type { Checker, Report } from "../seen.ts";

export function createAuthors(report: Report): Checker {
  /** With all that its author has corrected it to. */
  const typed = new Map<string, { readonly texts: Set<string>; readonly author: string }>();
  const liars = new Set<string>();
  /** Shown before the API had answered its author. */
  const early = new Map<string, { readonly text: string; readonly author: string; readonly reader: string }>();
  return {
    name: "authors",
    seen(what) {
      if (what.type === "started" && what.start.isLiar) liars.add(what.start.peerId);
      if (what.type === "typed") {
        const known = typed.get(what.messageId) ?? { texts: new Set<string>(), author: what.start.peerId };
        typed.set(what.messageId, known);
        known.texts.add(what.text);
      }
      if (what.type !== "told" || (what.event.event !== "messageAdded" && what.event.event !== "messageChanged")) return;
      const { messageId, from: author, text, notice, deleted } = what.event.message;
      if (notice !== null || deleted) return;
      if (!liars.has(author)) early.set(`${what.start.name} ${messageId}`, { text, author, reader: what.start.name });
      if (early.size > 1_000) settle();
    },
    inspect: settle,
    conclude: settle,
  };

  function settle(): void {
    for (const [key, { text, author, reader }] of early) {
      const messageId = key.slice(key.indexOf(" ") + 1);
      const real = typed.get(messageId);
      if (real?.texts.has(text) !== true || real.author !== author)
        report(`${reader} is shown "${text.slice(0, 40)}", which its author never typed`);
    }
    early.clear();
  }
}
