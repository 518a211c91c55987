/**
 * Traces of what was secret, in bytes that come from a wire, a disk or a process. What is secret carries a *mark*, a random word
 * that stands nowhere else; looked for is the mark, in every form in which a program may have written it down.
 */
import { randomInt } from "node:crypto";
import { inflateRawSync, inflateSync, constants as zlib } from "node:zlib";

/** Long enough that no random bytes contain it, or its shortest form, by chance. */
const markLetters = 14;
/** Of a compressed stream, so much is looked at: a message and what stands around it. */
const inflatedBytesMax = 4 * 1024 * 1024;

/** Letters, one of them beyond ASCII, so that each encoding shows. */
export function createMark(): string {
  const letters = Array.from({ length: markLetters }, () => String.fromCharCode(97 + randomInt(26))).join("");
  return `${letters.slice(0, 7)}ü${letters.slice(7)}`;
}

/** The forms in which the mark stands in these bytes; none where there is no trace. */
export function findTraces(mark: string, bytes: Buffer): string[] {
  return formsOf(mark)
    .filter(({ needle }) => bytes.includes(needle))
    .map(({ form }) => form);
}

/** The same, and in whatever in there unpacks as zlib, gzip or a bare deflate stream with a WebSocket's end. Slower. */
export function findTracesUnpacked(mark: string, bytes: Buffer): string[] {
  const packed = unpacked(bytes).flatMap((text) => findTraces(mark, text).map((form) => `${form}, compressed`));
  return [...new Set([...findTraces(mark, bytes), ...packed])];
}

interface Form {
  readonly form: string;
  readonly needle: Buffer;
}

function formsOf(mark: string): Form[] {
  const utf8 = Buffer.from(mark, "utf8");
  const utf16 = Buffer.from(mark, "utf16le");
  const latin1 = Buffer.from(mark, "latin1");
  const escaped = [...mark]
    .map((letter) => (letter < "\u0080" ? letter : `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`))
    .join("");
  const ascii = mark.replace(/[^a-z]/g, "");
  const half = ascii.slice(0, 7);
  return [
    // Either half alone counts as well: what changes the one letter between them changes nothing about the leak.
    { form: "letters", needle: Buffer.from(half) },
    { form: "letters", needle: Buffer.from(ascii.slice(7)) },
    { form: "upper case", needle: Buffer.from(half.toUpperCase()) },
    { form: "UTF-8", needle: utf8 },
    { form: "Latin-1", needle: latin1 },
    { form: "UTF-16", needle: utf16 },
    { form: "UTF-16, big endian", needle: Buffer.from(utf16).swap16() },
    { form: "UTF-32", needle: Buffer.from([...mark].flatMap((letter) => [letter.charCodeAt(0), 0, 0, 0])) },
    { form: "JSON", needle: Buffer.from(escaped) },
    { form: "percent", needle: Buffer.from(encodeURIComponent(mark)) },
    { form: "percent throughout", needle: Buffer.from(percent(utf8)) },
    { form: "percent throughout", needle: Buffer.from(percent(utf8).toLowerCase()) },
    { form: "reversed", needle: Buffer.from(utf8).reverse() },
    ...[utf8, utf16].flatMap((bytes) => [
      { form: "hex", needle: Buffer.from(bytes.toString("hex")) },
      { form: "hex", needle: Buffer.from(bytes.toString("hex").toUpperCase()) },
      { form: "hex, spaced", needle: Buffer.from(bytes.toString("hex").replace(/..(?!$)/g, "$& ")) },
      ...base64(bytes),
    ]),
    { form: "numbers", needle: Buffer.from([...utf8].join(",")) },
    { form: "numbers", needle: Buffer.from([...utf8].join(", ")) },
  ];
}

/** Wherever it begins within a group of three bytes; without the letters that the neighbours have a part in. */
function base64(bytes: Buffer): Form[] {
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const inner = whole.slice(before === 0 ? 0 : before + 1, -1);
    const url = inner.replaceAll("+", "-").replaceAll("/", "_");
    return [
      { form: "base64", needle: Buffer.from(inner) },
      { form: "base64", needle: Buffer.from(url) },
    ];
  });
}

const percent = (bytes: Buffer): string => [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0").toUpperCase()}`).join("");

function unpacked(bytes: Buffer): Buffer[] {
  const options = { finishFlush: zlib.Z_SYNC_FLUSH, maxOutputLength: inflatedBytesMax };
  const texts: Buffer[] = [];
  const take = (unpack: () => Buffer): void => {
    try {
      texts.push(unpack());
    } catch {
      // What looked like the beginning of a stream was none.
    }
  };
  for (let at = 0; at + 2 < bytes.length; at += 1) {
    const two = bytes.readUInt16BE(at);
    const rest = (): Buffer => bytes.subarray(at, at + inflatedBytesMax);
    // Behind a header without names (RFC 1952, 2.3); the bare stream, since a file's end would have to be the end of these bytes.
    if (two === 0x1f8b && bytes[at + 2] === 8) take(() => inflateRawSync(rest().subarray(10), options));
    else if (two >> 8 === 0x78 && two % 31 === 0) take(() => inflateSync(rest(), options));
    // A message of permessage-deflate: a first byte that says final, compressed, text or binary; then a length (RFC 6455, 5.2).
    else if (two >> 8 === 0xc1 || two >> 8 === 0xc2) {
      const length = two & 0x7f;
      if ((two & 0x80) !== 0) continue;
      const head = length === 126 ? 4 : length === 127 ? 10 : 2;
      take(() => inflateRawSync(bytes.subarray(at + head, at + head + inflatedBytesMax), options));
    }
  }
  return texts;
}
