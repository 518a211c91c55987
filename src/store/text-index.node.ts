/**
 * The full-text index of a vault, FTS5 (sqlite.org/fts5.html). It holds the words of texts that stand in `events`, beside marks
 * by which a search is narrowed within the index: a room, an author, what is in the text. A mark begins with a character for
 * private use, which no word has. The index can be made anew from `events`.
 */
import type { Database } from "better-sqlite3-multiple-ciphers";
import { kindsOf, type TextKind, wordsOf, wordsSought } from "./search-words.ts";
import { placesWithin, TextPlaces } from "./text-places.ts";
import type { TextHit, TextQuery } from "./vault-port.ts";

/** `ascii` parts words at spaces alone, of those that come here. What is deleted is erased in the index, instead of marked as deleted. */
export const textIndexSchema = `
  CREATE VIRTUAL TABLE texts USING fts5 (words, content = '', columnsize = 0, detail = none, prefix = '2 3 4', tokenize = 'ascii');
  INSERT INTO texts (texts, rank) VALUES ('secure-delete', 1);
`;

export interface IndexedText {
  readonly roomId: string;
  readonly author: string;
  readonly text: string;
  readonly place: number;
}

type HitRow = [roomId: string, author: string, logId: string, seq: number, clock: number, place: number, target: string | null];

export class TextIndex {
  readonly #places = new TextPlaces();
  readonly #add;
  readonly #remove;
  readonly #search;
  readonly #isTaken;

  constructor(database: Database) {
    this.#add = database.prepare("INSERT INTO texts (rowid, words) VALUES (?, ?)");
    this.#remove = database.prepare("INSERT INTO texts (texts, rowid, words) VALUES ('delete', ?, ?)");
    this.#isTaken = database.prepare<[number], number>("SELECT 1 FROM events WHERE place = ?").pluck();
    this.#search = database
      .prepare<[string, number, number, number, number, number], HitRow>(
        `SELECT roomId, author, logId, seq, clock, place, target FROM texts CROSS JOIN events ON place = texts.rowid
         WHERE texts MATCH ? AND texts.rowid >= ? AND texts.rowid < ? AND clock >= ? AND clock < ? ORDER BY texts.rowid DESC LIMIT ?`,
      )
      .raw();
  }

  nextPlace(clock: number): number {
    return this.#places.next(clock, (place) => this.#isTaken.get(place) !== undefined);
  }

  /** In the order of their places: otherwise the index is written out in between. */
  add(texts: readonly IndexedText[]): void {
    for (const text of texts.toSorted((a, b) => a.place - b.place)) this.#add.run(text.place, termsOf(text));
  }

  /** With what was added, to the letter: the index does not know it itself. */
  remove(text: IndexedText): void {
    this.#remove.run(text.place, termsOf(text));
  }

  search(query: TextQuery): TextHit[] {
    const expression = expressionOf(query);
    if (expression === undefined) return [];
    const { from, below } = placesWithin(query);
    const { after = Number.MIN_SAFE_INTEGER, before = Number.MAX_SAFE_INTEGER, limit } = query;
    return this.#search.all(expression, from, below, after, before, limit).map(([roomId, author, logId, seq, clock, place, target]) => ({
      key: { roomId, author, logId, seq },
      clock,
      place,
      ...(target !== null && { target }),
    }));
  }
}

const every = "\ue000";
const marks = {
  room: (roomId: string): string => `\ue001${idTerm(roomId)}`,
  author: (author: string): string => `\ue002${idTerm(author)}`,
  kind: (kind: TextKind): string => `\ue003${kind}`,
};

/** What the index's own rule would fold or cut is written as its code. */
function idTerm(id: string): string {
  return id.replace(/[^a-z0-9]/gu, (character) => `\ue004${character.codePointAt(0)?.toString(36)}\ue005`);
}

function termsOf({ roomId, author, text }: IndexedText): string {
  return [every, marks.room(roomId), marks.author(author), ...kindsOf(text).map(marks.kind), ...wordsOf(text)].join(" ");
}

/** Undefined where nothing that was typed is a word. */
function expressionOf({ words, roomIds, authors, notAuthors, has }: TextQuery): string | undefined {
  const sought = wordsSought(words).map(({ word, isWhole }) => `"${word}"${isWhole ? "" : " *"}`);
  if (sought.length === 0 && words.trim() !== "") return undefined;
  if (roomIds?.length === 0 || authors?.length === 0) return undefined;
  const all = [
    ...sought,
    ...(has ?? []).map((kind) => `"${marks.kind(kind)}"`),
    ...(roomIds === undefined ? [] : [anyOf(roomIds.map(marks.room))]),
    ...(authors === undefined ? [] : [anyOf(authors.map(marks.author))]),
  ];
  const positive = all.length === 0 ? `"${every}"` : all.join(" AND ");
  return notAuthors === undefined || notAuthors.length === 0 ? positive : `(${positive}) NOT ${anyOf(notAuthors.map(marks.author))}`;
}

const anyOf = (terms: readonly string[]): string => `(${[...new Set(terms)].map((term) => `"${term}"`).join(" OR ")})`;
