/** Mutations of texts, and of texts that are JSON: by their tokens, so that most of what comes out is still JSON. */
import { below, pick, type Random } from "./drawing.ts";
import { bytesOf, textOf } from "./target.ts";

const nestingsMax = 60_000;

const oddLiterals = [
  "null",
  "true",
  "false",
  "0",
  "-0",
  "-1",
  "1e999",
  "-1e999",
  "1e-999",
  "0.1",
  "9007199254740993",
  "1e21",
  '""',
  "[]",
  "{}",
  '"\\u0000"',
  '"\\ud800"',
  '"__proto__"',
  '{"__proto__":{"a":1}}',
  '{"toString":1}',
  '"constructor"',
  "[[]]",
  '"\\uffff"',
  '"\u202e"',
  "NaN",
  "undefined",
  "01",
  "'a'",
];

const oddTexts = [
  "\u0000",
  "\u202e",
  "\u200d",
  "\ud83d\ude00",
  "e\u0301".repeat(40),
  "@",
  "#",
  "/",
  ":",
  "[",
  "]",
  "%",
  "=",
  ".",
  "..",
  "-",
  "--",
  "\n",
  "\r\n",
  " ",
  "0",
  "65535",
  "65536",
  "999999999999999999999",
  "127.0.0.1",
  "::1",
  "fe80::1%eth0",
  "http://",
  "https://a.b",
  "a=candidate:",
  "//",
  "localhost",
  "xn--",
  "\u3002",
  "(",
  ")",
  "\uffff",
  "\u0130",
  "\u00df",
];

/** Strings, numbers and words, or one mark. */
const token = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[a-zA-Z]+|[^\s]/gsu;

export function mutateJson(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const tokens = textOf(bytes).slice(0, 4_096).match(token) ?? [];
  const values = tokens.flatMap((one, place) => (/^["\d\-a-z]/u.test(one) ? [place] : []));
  const at = pick(random, values);
  if (at === undefined) return bytesOf(pick(random, oddLiterals) ?? "");
  switch (below(random, 7)) {
    case 0:
    case 1:
      tokens[at] = pick(random, oddLiterals) ?? "";
      break;
    case 2: {
      const depth = random() < 0.8 ? 1 + below(random, 4) : below(random, nestingsMax);
      const [open, close] = pick(random, [
        ["[", "]"],
        ['{"a":', "}"],
      ] as const) ?? ["", ""];
      tokens[at] = open.repeat(depth) + (tokens[at] ?? "") + close.repeat(depth);
      break;
    }
    case 3:
      tokens.splice(at, 1 + below(random, 4));
      break;
    case 4:
      tokens.splice(at, 0, ...tokens.slice(at, at + 1 + below(random, 6)));
      break;
    case 5: {
      const theirs = textOf(other).slice(0, 4_096).match(token) ?? [];
      const from = below(random, theirs.length);
      tokens.splice(at, 1, ...theirs.slice(from, from + 1 + below(random, 8)));
      break;
    }
    default:
      tokens[at] = JSON.stringify(bentText(stringIn(tokens[at] ?? ""), random));
  }
  return bytesOf(tokens.join(""));
}

function stringIn(json: string): string {
  try {
    return String(JSON.parse(json));
  } catch {
    return json;
  }
}

export function mutateText(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const text = textOf(bytes);
  if (random() < 0.2) {
    const theirs = textOf(other);
    const from = below(random, theirs.length);
    return bytesOf(
      text.slice(0, below(random, text.length + 1)) +
        theirs.slice(from, from + 1 + below(random, 40)) +
        text.slice(below(random, text.length + 1)),
    );
  }
  return bytesOf(bentText(text, random));
}

function bentText(text: string, random: Random): string {
  const at = below(random, text.length + 1);
  const odd = pick(random, oddTexts) ?? "";
  switch (below(random, 5)) {
    case 0:
      return text.slice(0, at) + odd + text.slice(at);
    case 1:
      return text.slice(0, at) + odd.repeat(often(random)) + text.slice(at);
    case 2:
      return text.slice(0, at) + text.slice(at + 1 + below(random, 8));
    case 3: {
      const piece = text.slice(at, at + 1 + below(random, 16));
      return text.slice(0, at) + piece.repeat(1 + often(random)) + text.slice(at);
    }
    default:
      return text.slice(0, at) + odd + text.slice(at + 1);
  }
}

/** Mostly a few times, and now and then as often as a text can hold. */
function often(random: Random): number {
  return random() < 0.8 ? below(random, 8) : 2 ** below(random, 15);
}
