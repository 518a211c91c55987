/** What a person types to find something: words, and filters such as `from:Mara in:#design before:2026-11-01 has:link`. */
import type { Millis, PeerId, RoomId } from "../ids.ts";
import type { SearchQuery } from "../rooms/index.ts";

export interface Known {
  readonly self: PeerId;
  /** All who bear this name, in whatever case. */
  named(name: string): readonly PeerId[];
  /** "#name", a room id, or the name of a person. */
  conversation(ref: string): RoomId | undefined;
}

export type Parsed = { readonly ok: true; readonly query: SearchQuery } | { readonly ok: false; readonly why: string };

const kinds = ["link", "code", "mention"] as const;
const dayMs = 24 * 3_600_000;

/** @param eastMinutes how far the person's clock is ahead of UTC: days are theirs */
export function parseSearch(text: string, known: Known, eastMinutes: number): Parsed {
  const words: string[] = [];
  const authors: PeerId[] = [];
  const roomIds: RoomId[] = [];
  const has: (typeof kinds)[number][] = [];
  let before = Number.POSITIVE_INFINITY;
  let after = Number.NEGATIVE_INFINITY;
  for (const { filter, value, whole } of tokensOf(text)) {
    switch (filter) {
      case "from": {
        const found = value.toLowerCase() === "me" ? [known.self] : known.named(value.replace(/^@/u, ""));
        if (found.length === 0) return { ok: false, why: `Nobody here is called "${value}". Write from: and a name, or from:me.` };
        authors.push(...found);
        break;
      }
      case "in": {
        const roomId = known.conversation(value);
        if (roomId === undefined) return { ok: false, why: `There is no "${value}" to search in. Write in:#room or in:@name.` };
        roomIds.push(roomId);
        break;
      }
      case "has": {
        const kind = kinds.find((one) => one === value.toLowerCase());
        if (kind === undefined) return { ok: false, why: `"has:" knows ${kinds.join(", ")}.` };
        has.push(kind);
        break;
      }
      case "before":
      case "after":
      case "on": {
        const day = dayOf(value, eastMinutes);
        if (day === undefined) return { ok: false, why: `"${value}" is no day. Write it like 2026-11-23.` };
        if (filter !== "after") before = Math.min(before, filter === "on" ? day + dayMs : day);
        if (filter !== "before") after = Math.max(after, filter === "on" ? day : day + dayMs);
        break;
      }
      default:
        words.push(whole);
    }
  }
  return {
    ok: true,
    query: {
      words: words.join(" "),
      ...(authors.length > 0 && { authors }),
      ...(roomIds.length > 0 && { roomIds }),
      ...(has.length > 0 && { has }),
      ...(Number.isFinite(before) && { before: before as Millis }),
      ...(Number.isFinite(after) && { after: after as Millis }),
    },
  };
}

interface Token {
  readonly filter: string | undefined;
  readonly value: string;
  readonly whole: string;
}

/** `name:value`, `name:"some value"`, and words. */
function tokensOf(text: string): Token[] {
  return [...text.matchAll(/(?:([a-z]+):(?:"([^"]*)"|(\S+)))|(\S+)/giu)].map(([whole, filter, quoted, plain]) => ({
    filter: filter?.toLowerCase(),
    value: quoted ?? plain ?? "",
    whole,
  }));
}

/** When a day begins for this person. */
function dayOf(text: string, eastMinutes: number): number | undefined {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/u.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const isDay = new Date(at).getUTCMonth() === Number(month) - 1 && new Date(at).getUTCDate() === Number(day);
  return isDay ? at - eastMinutes * 60_000 : undefined;
}
