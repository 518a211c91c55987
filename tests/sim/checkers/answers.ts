/** Every call of the API is answered once, and within the time that a person waits. */
import type { Checker, Report } from "../seen.ts";

/** The longest, `peers.connect`, gives up before. */
const patienceMs = 40_000;

export function createAnswers(report: Report): Checker {
  const open = new Map<string, { readonly method: string; readonly at: number; readonly who: string }>();
  return {
    name: "answers",
    seen(what, now) {
      if (what.type === "asked") {
        open.set(`${what.start.name} ${what.start.count} ${what.requestId}`, { method: what.method, at: now, who: what.start.name });
      }
      if (what.type === "answered" && !open.delete(`${what.start.name} ${what.start.count} ${what.requestId}`)) {
        report(`${what.start.name} answers ${what.requestId} twice`);
      }
      // Its process is gone, or it stood still: nobody waits for it.
      if (what.type === "ended") forget(`${what.start.name} ${what.start.count} `);
    },
    inspect(all) {
      const asleep = new Set(all.peers.filter(({ isAsleep }) => isAsleep).map(({ start }) => start.name));
      for (const [key, { method, at, who }] of open) {
        if (asleep.has(who)) open.set(key, { method, at: all.now, who });
        else if (all.now - at > patienceMs) {
          report(`${who} never answers ${method}`);
          open.delete(key);
        }
      }
    },
  };

  function forget(prefix: string): void {
    for (const key of open.keys()) if (key.startsWith(prefix)) open.delete(key);
  }
}
