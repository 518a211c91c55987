/** A naive archive: all rows in one list, looked through anew each time. */
import type { Archive, KeptEvent, KeptEventKey } from "../../src/rooms/index.ts";

export const rowPlace = ({ roomId, author, logId, seq }: KeptEventKey): string => `${roomId} ${author}/${logId}/${seq}`;

export function archiveOf(rows: () => Iterable<KeptEvent>): Archive {
  const inOrder = (roomId: string): KeptEvent[] => [...rows()].filter((row) => row.roomId === roomId).sort(compare);
  return {
    older: (roomId, limit, before) =>
      inOrder(roomId)
        .filter((row) => before === undefined || compare(row, before) < 0)
        .reverse()
        .slice(0, limit),
    newer: (roomId, limit, after) =>
      inOrder(roomId)
        .filter((row) => compare(row, after) > 0)
        .slice(0, limit),
    ofLog: (roomId, author, logId, seq, limit) =>
      inOrder(roomId)
        .filter((row) => row.author === author && row.logId === logId && row.seq >= seq)
        .sort((a, b) => a.seq - b.seq)
        .slice(0, limit),
    about: (roomId, targets, limit) =>
      [...rows()]
        .filter((row) => row.target !== undefined && targets.includes(row.target) && row.roomId === roomId)
        .sort(compare)
        .slice(0, limit),
    texts: {
      search({ words, roomIds, authors, before, after, past, limit }) {
        const typed = wordsOf(words);
        const found = [...rows()]
          .filter(({ roomId, author, clock, text }) => {
            const isAmong = roomIds?.includes(roomId) !== false && authors?.includes(author) !== false;
            const isThen = clock < (before ?? Number.POSITIVE_INFINITY) && clock >= (after ?? Number.NEGATIVE_INFINITY);
            const said = wordsOf(text ?? "");
            return text !== undefined && isAmong && isThen && typed.every((word) => said.some((one) => one.startsWith(word)));
          })
          .sort((a, b) => compare(b, a))
          .map((row, place) => ({ ...row, place }));
        return found.filter(({ place }) => past === undefined || place > past).slice(0, limit);
      },
    },
    *heads(roomId) {
      const heads = new Map<string, KeptEvent>();
      for (const row of inOrder(roomId)) {
        const key = `${row.author}/${row.logId}`;
        if ((heads.get(key)?.seq ?? 0) < row.seq) heads.set(key, row);
      }
      for (const { author, logId, seq } of heads.values()) yield { author, logId, last: seq };
    },
  };
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

type Place = Pick<KeptEvent, "clock" | "author" | "logId" | "seq">;

function compare(a: Place, b: Place): number {
  return a.clock - b.clock || order(a.author, b.author) || order(a.logId, b.logId) || a.seq - b.seq;
}
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
