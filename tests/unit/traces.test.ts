/** The search for traces, which the lab trusts, finds what was planted in each encoding; and nothing where there is nothing. */
import { randomBytes } from "node:crypto";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createMark, findTraces, findTracesUnpacked } from "../lab/traces.ts";

const mark = createMark();
const text = `so the ${mark} it was`;
const hidden = (planted: Buffer | string): Buffer => Buffer.concat([randomBytes(999), Buffer.from(planted), randomBytes(333)]);
const percent = (from: string): string => [...Buffer.from(from)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");

describe("a trace is found", () => {
  it.each<[how: string, planted: Buffer | string]>([
    ["as UTF-8", text],
    ["as Latin-1", Buffer.from(text, "latin1")],
    ["as UTF-16", Buffer.from(text, "utf16le")],
    ["as UTF-16, big endian", Buffer.from(text, "utf16le").swap16()],
    ["in JSON", JSON.stringify({ text })],
    ["in JSON that is ASCII", JSON.stringify({ text }).replaceAll("ü", "\\u00fc")],
    ["percent-encoded where needed", encodeURIComponent(text)],
    ["percent-encoded throughout", percent(text)],
    ["percent-encoded throughout, in capitals", percent(text).toUpperCase()],
    ["in hex", Buffer.from(text).toString("hex")],
    ["in hex, in capitals", Buffer.from(text).toString("hex").toUpperCase()],
    ["in hex of UTF-16", Buffer.from(text, "utf16le").toString("hex")],
    ["in base64", Buffer.from(text).toString("base64")],
    ["in base64, one further", Buffer.from(`.${text}`).toString("base64")],
    ["in base64, two further", Buffer.from(`..${text}`).toString("base64")],
    ["in base64 for addresses", Buffer.from(`??${text}`).toString("base64url")],
    ["in base64 of UTF-16", Buffer.from(text, "utf16le").toString("base64")],
    ["in capitals", text.toUpperCase()],
    ["backwards", Buffer.from(text).reverse()],
    ["as a list of bytes", JSON.stringify([...Buffer.from(text)])],
    ["without its umlaut", text.replace("ü", "ue")],
    ["in part", text.slice(0, 14)],
  ])("%s", (_how, planted) => {
    expect(findTraces(mark, hidden(planted))).not.toEqual([]);
  });

  it.each<[how: string, planted: Buffer]>([
    ["by gzip", gzipSync(text.repeat(3))],
    ["by zlib", deflateSync(text)],
    ["on a WebSocket", Buffer.concat([Buffer.from([0xc1, deflateRawSync(text).length]), deflateRawSync(text)])],
  ])("when compressed %s, in what is unpacked", (_how, planted) => {
    expect(findTraces(mark, hidden(planted))).toEqual([]);
    expect(findTracesUnpacked(mark, hidden(planted))).not.toEqual([]);
  });
});

it("nothing is found where there is nothing, nor in a text with another mark", () => {
  expect(findTracesUnpacked(mark, randomBytes(500_000))).toEqual([]);
  expect(findTracesUnpacked(mark, hidden(`${createMark()} ${createMark()}`))).toEqual([]);
});
