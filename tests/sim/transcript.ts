/** A run as a play, in the style of tests/transcripts: what is done begins with ">", below it stands what the peers then showed. */
import { decodeFrame, type Frame } from "../../src/mesh/frames.ts";
import { formatAct } from "./acts.ts";
import type { Cast } from "./cast.ts";
import { type Outcome, play, type RunOptions } from "./run.ts";
import type { Seen } from "./seen.ts";

/** `isWhole`: with every frame. */
export async function transcribe(
  cast: Cast,
  { settings, acts }: Pick<Outcome, "settings" | "acts">,
  options: Omit<RunOptions, "settings" | "acts">,
  isWhole: boolean,
): Promise<string[]> {
  const lines: string[] = [`# seed ${settings.seed}, ${settings.sealing} sealing, mean latency ${settings.latencyMs.toFixed(1)} ms`];
  const names = new Map<string, string>();
  const plain = (text: string): string => {
    let named = text;
    for (const [peerId, name] of names) named = named.replaceAll(peerId, name);
    return named.replaceAll(`${settings.marker} `, "");
  };
  const outcome = await play(cast, {
    ...options,
    settings,
    acts,
    beforeAct: (act) => lines.push(`> ${formatAct(act)}`),
    witness: (what, now) => {
      if (what.type === "started") names.set(what.start.peerId, what.start.name);
      const words = wordsOf(what, isWhole);
      if (words !== undefined) lines.push(`${String(Math.round(now)).padStart(7)}  ${plain(words)}`);
    },
  });
  for (const { checker, at, step, what } of outcome.violations) lines.push(`! ${at} ms, step ${step}, ${checker}: ${plain(what)}`);
  return lines;
}

function wordsOf(what: Seen, isWhole: boolean): string | undefined {
  switch (what.type) {
    case "started":
      return `${what.start.name} is up${what.start.count > 1 ? ` again (${what.start.count})` : ""}`;
    case "ended":
      return `${what.start.name} ${what.how === "quit" ? "has quit" : `is ${what.how}`}`;
    case "told":
      return told(what);
    case "frameSent": {
      const frame = isWhole ? decodeFrame(what.bytes) : undefined;
      return frame && `${what.start.name} sends ${describe(frame)}`;
    }
    case "answered":
      return what.ok ? undefined : `${what.start.name} refuses`;
    default:
      return undefined;
  }
}

function told({ start, event }: Extract<Seen, { type: "told" }>): string | undefined {
  switch (event.event) {
    case "hostChanged":
      return `${start.name}: host is ${event.host.hostId}, term ${event.host.term}`;
    case "logged":
      return event.entry.kind === "hostChanged" ? undefined : `${start.name} notes: ${event.entry.text}`;
    case "messageAdded":
      return `${start.name} shows "${event.message.text.slice(0, 40)}" in ${event.message.in}`;
    case "roomChanged":
      return `${start.name} lists ${event.room.name}${event.room.joined ? ", joined" : ""}, of ${event.room.memberCount}`;
    case "roomRemoved":
      return `${start.name} lists ${event.roomId} no more`;
    default:
      return undefined;
  }
}

function describe(frame: Frame): string {
  return `${JSON.stringify(frame, (_key, value: unknown) => (value instanceof Uint8Array ? `${value.length} bytes` : value))}`.slice(
    0,
    400,
  );
}
