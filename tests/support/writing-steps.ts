/** What the n-th write of a test does to a vault, and what is in the vault after it: whoever knows n knows all. */
import type { StoredEvent, Vault } from "../../src/store/index.ts";

const room = (step: number): string => `room ${step % 3}`;
/** Some longer than a page. */
const bytesOf = (step: number): Uint8Array => new Uint8Array(step % 37 === 0 ? 9_000 : 200 + (step % 90)).fill(step % 251);

function event(step: number, change: Partial<StoredEvent> = {}): StoredEvent {
  return {
    roomId: room(step),
    author: "ada",
    logId: "0f",
    seq: step,
    clock: 1_000 + step,
    arrivedAt: step,
    bytes: bytesOf(step),
    text: `said ${step}`,
    ...change,
  };
}

const isRewritten = (step: number): boolean => step % 10 === 3;
const isDeleted = (step: number): boolean => step % 10 === 5;
const isRetold = (step: number): boolean => step % 10 === 7;
const rewritten = (step: number): StoredEvent => event(step, { bytes: new Uint8Array(50).fill(9), text: `anew ${step}` });

/** Each write does one kind of thing; the tenth before it is what it changes. */
export function write(vault: Vault, step: number): void {
  const earlier = step - 10;
  if (step % 4 === 0)
    vault.write([
      { table: "sessions", key: `peer ${step % 40}`, value: bytesOf(step) },
      { table: "settings", key: "last", value: Uint8Array.from([step >> 16, step >> 8, step]) },
    ]);
  vault.appendEvents([event(step)]);
  if (earlier < 0) return;
  if (isRewritten(earlier)) vault.rewriteEvents([rewritten(earlier)]);
  if (isDeleted(earlier)) vault.deleteEvents([event(earlier)]);
  if (isRetold(earlier)) vault.setText(event(earlier), `retold ${earlier}`);
}

/** After all steps below `count`. */
export function eventsAfter(count: number): StoredEvent[] {
  const events: StoredEvent[] = [];
  for (let step = 0; step < count; step += 1) {
    const isChanged = step + 10 < count;
    if (isChanged && isDeleted(step)) continue;
    if (isChanged && isRewritten(step)) events.push(rewritten(step));
    else if (isChanged && isRetold(step)) events.push(event(step, { text: `retold ${step}` }));
    else events.push(event(step));
  }
  return events;
}

export function sessionsAfter(count: number): Map<string, Uint8Array> {
  const sessions = new Map<string, Uint8Array>();
  for (let step = 0; step < count; step += 4) sessions.set(`peer ${step % 40}`, bytesOf(step));
  return sessions;
}
