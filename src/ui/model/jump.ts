/** Fuzzy match for "Jump to…": the letters of the query in order, best where they begin words and stand together. */

export interface Hit<T> {
  readonly item: T;
  readonly score: number;
  /** Indexes of the label's matched characters. */
  readonly matched: readonly number[];
}

/** Best first, ties in the order given. An empty query matches everything. */
export function rankByQuery<T>(items: readonly T[], labelOf: (item: T) => string, query: string, limit: number): readonly Hit<T>[] {
  const needle = fold(query).filter((character) => character !== " " && character !== "#" && character !== "@");
  if (needle.length === 0) return items.slice(0, limit).map((item) => ({ item, score: 0, matched: [] }));
  const hits: Hit<T>[] = [];
  for (const item of items) {
    const match = matchLabel(fold(labelOf(item)), needle);
    if (match) hits.push({ item, ...match });
  }
  return hits.sort((a, b) => b.score - a.score).slice(0, limit);
}

const wordStartScore = 6;
const togetherScore = 8;
const letterScore = 1;
const firstLetterScore = 4;

function matchLabel(label: readonly string[], needle: readonly string[]): Pick<Hit<never>, "score" | "matched"> | undefined {
  let best: Pick<Hit<never>, "score" | "matched"> | undefined;
  // Each place where the first letter stands is tried: "an" must find "Jon and Ann" at "and", not at "n".
  for (let start = 0; start < label.length; start += 1) {
    if (label[start] !== needle[0]) continue;
    const match = matchFrom(label, needle, start);
    if (match && (!best || match.score > best.score)) best = match;
  }
  return best;
}

function matchFrom(label: readonly string[], needle: readonly string[], start: number): Pick<Hit<never>, "score" | "matched"> | undefined {
  const matched: number[] = [];
  let score = 0;
  let at = start;
  for (const letter of needle) {
    while (at < label.length && label[at] !== letter) at += 1;
    if (at === label.length) return undefined;
    score += letterScore;
    if (at === 0) score += firstLetterScore;
    if (at === 0 || /[\s._#-]/u.test(label[at - 1] ?? "")) score += wordStartScore;
    if (matched[matched.length - 1] === at - 1) score += togetherScore;
    matched.push(at);
    at += 1;
  }
  return { score: score - label.length / 100, matched };
}

/** Case and accents set aside, one entry for each UTF-16 unit so that indexes fit the label. */
function fold(text: string): readonly string[] {
  return Array.from({ length: text.length }, (_, at) => (text[at] ?? "").normalize("NFD").charAt(0).toLowerCase());
}
