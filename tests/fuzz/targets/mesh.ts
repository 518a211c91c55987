/** What comes over a link, over the TCP connection before it, and as text inside them. */
import * as fc from "fast-check";
import type { Address } from "../../../src/ids.ts";
import { isCandidateAt, placeOf, splitDescription } from "../../../src/mesh/candidates.ts";
import { checkCard, formatAddress, parseAddress } from "../../../src/mesh/card.ts";
import { decodeFrame, encodeFrame, type Frame } from "../../../src/mesh/frames.ts";
import {
  addressesMax,
  frameBytesMax,
  helloCardsMax,
  knownPeersMax,
  nameCharsMax,
  neighboursMax,
  sealedBytesMax,
} from "../../../src/mesh/limits.ts";
import { isNear } from "../../../src/mesh/locality.ts";
import { checkStatement, decodeNews, encodeNews } from "../../../src/mesh/news.ts";
import { handshakeBytesMax, messageBytesMax } from "../../../src/mesh/signalling-limits.ts";
import {
  decodeIntroduction,
  decodeMessage,
  encodeIntroduction,
  encodeMessage,
  frameMessage,
  MessageReader,
  prologue,
} from "../../../src/mesh/signalling-messages.ts";
import { cardOf, identityFromKeys, person, signatures } from "../../unit/mesh-fixture.ts";
import { bytes, frame, news } from "../arbitraries.ts";
import { bytesOf, hold, holdDecoded, type Target, textOf } from "../target.ts";

function holdCard(card: Parameters<typeof checkCard>[0]): void {
  hold(card.name.length <= nameCharsMax && card.addresses.length <= addressesMax, "a card exceeds its bounds");
  const known = checkCard(card, signatures, identityFromKeys);
  if (known === undefined) return;
  hold(!/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(known.card.name), "a name that is believed turns the text around it");
  for (const { port } of known.addresses) hold(port >= 1 && port <= 65_535, "a port is none");
}

function holdFrame(said: Frame): void {
  if (said.t === "hello") {
    hold(said.neighbours.length <= neighboursMax, `more than ${neighboursMax} neighbours`);
    for (const card of [said.card, ...said.neighbours.slice(0, helloCardsMax)]) holdCard(card);
  }
  if (said.t === "neighbourUp") holdCard(said.card);
  if (said.t === "envelope") hold(said.sealed.length <= sealedBytesMax, "too much is sealed");
  if (said.t === "members") hold(said.members.length <= knownPeersMax, "too many members");
}

const frames: Target = {
  name: "frames",
  covers: ["src/mesh/frames.ts decodeFrame", "src/mesh/card.ts checkCard"],
  form: "cbor",
  valid: frame.map(encodeFrame),
  bytesMax: frameBytesMax + 64,
  cpuMsMax: 100,
  run(input) {
    const said = decodeFrame(input);
    if (said === undefined) return;
    hold(input.length <= frameBytesMax, "a frame is longer than frames are");
    holdFrame(said);
    holdDecoded(input, decodeFrame, encodeFrame);
  },
};

const newsTarget: Target = {
  name: "news",
  covers: ["src/mesh/news.ts decodeNews", "src/mesh/news.ts checkStatement"],
  form: "cbor",
  valid: news.map(encodeNews),
  bytesMax: frameBytesMax,
  cpuMsMax: 100,
  run(input) {
    const told = decodeNews(input);
    if (told?.k === "card") holdCard(told.card);
    if (told?.k === "statement") hold(!checkStatement(told.statement, cardOf(1), signatures), "a statement of nobody's holds");
    holdDecoded(input, decodeNews, encodeNews);
  },
};

const introductions: Target = {
  name: "introductions",
  covers: ["src/mesh/signalling-messages.ts decodeIntroduction"],
  form: "cbor",
  valid: fc
    .record({
      signKey: fc.oneof(bytes(32), fc.constant(person(1).signKey)),
      binding: fc.oneof(bytes(64), fc.constant(person(1).binding)),
      instance: fc.constant("0123456789abcdef"),
      port: fc.integer({ min: 1, max: 65_535 }),
    })
    .map(encodeIntroduction),
  bytesMax: handshakeBytesMax,
  cpuMsMax: 50,
  run(input) {
    const introduced = decodeIntroduction(input);
    if (introduced !== undefined) identityFromKeys(introduced.signKey, person(1).agreeKey, introduced.binding);
    holdDecoded(input, decodeIntroduction, encodeIntroduction);
  },
};

const candidate = "candidate:1 1 UDP 2122317823 10.0.0.2 50000 typ host";
const description = [
  "v=0",
  "o=- 1 0 IN IP4 127.0.0.1",
  "s=-",
  "t=0 0",
  "a=group:BUNDLE 0",
  "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
  "c=IN IP4 0.0.0.0",
  "a=mid:0",
  "a=setup:actpass",
  "a=ice-ufrag:abcd",
  `a=ice-pwd:${"p".repeat(24)}`,
  `a=fingerprint:sha-256 ${"AB:".repeat(31)}AB`,
  "a=sctp-port:5000",
  `a=${candidate}`,
  "a=end-of-candidates",
  "",
].join("\r\n");

const messages: Target = {
  name: "signalling-messages",
  covers: ["src/mesh/signalling-messages.ts decodeMessage"],
  form: "cbor",
  valid: fc
    .constantFrom(
      { k: "offer" as const, sdp: description },
      { k: "answer" as const, sdp: description },
      { k: "candidate" as const, candidate },
      { k: "bye" as const, reason: "goodbye" },
    )
    .map(encodeMessage),
  bytesMax: messageBytesMax,
  cpuMsMax: 50,
  run(input) {
    holdDecoded(input, decodeMessage, encodeMessage);
  },
};

/** Which bytes come together must not matter. The first byte says how they are cut. */
const framing: Target = {
  name: "framing",
  covers: ["src/mesh/signalling-messages.ts MessageReader"],
  form: "bytes",
  valid: fc
    .tuple(fc.nat({ max: 255 }), fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 4 }))
    .map(([cut, said]) => Uint8Array.from([cut, ...prologue, ...said.flatMap((message) => [...frameMessage(message)])])),
  bytesMax: 4_096,
  cpuMsMax: 200,
  run(input) {
    const [cut = 0, ...stream] = input;
    const atOnce = readAll([Uint8Array.from(stream)]);
    const length = 1 + (cut % 40);
    const chunks = Array.from({ length: Math.ceil(stream.length / length) }, (_, place) =>
      Uint8Array.from(stream.slice(place * length, (place + 1) * length)),
    );
    hold(readAll(chunks) === atOnce, "messages depend on how the stream was cut");
  },
};

function readAll(chunks: readonly Uint8Array[]): string {
  const reader = new MessageReader(prologue);
  const read: string[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let next = reader.next(handshakeBytesMax); next !== "none"; next = reader.next(handshakeBytesMax)) {
      if (next === "broken") return [...read, next].join();
      hold(next.length >= 1 && next.length <= handshakeBytesMax, "a message is longer than messages are");
      read.push(Buffer.from(next).toString("hex"));
    }
  }
  return read.join();
}

const descriptions: Target = {
  name: "descriptions",
  covers: ["src/mesh/candidates.ts splitDescription", "src/mesh/candidates.ts isCandidateAt"],
  form: "text",
  valid: fc.constantFrom(description, candidate, `a=${candidate}\na=${candidate} 127.0.0.1`).map(bytesOf),
  bytesMax: messageBytesMax,
  cpuMsMax: 50,
  run(input) {
    const split = splitDescription(textOf(input));
    hold(!/^a=candidate:/mu.test(split.sdp.replaceAll("\r\n", "\n")) || hasLoneBreak(split.sdp), "a candidate stays in the description");
    for (const one of [textOf(input), ...split.candidates.slice(0, 100)]) {
      if (!isCandidateAt(one, "10.0.0.2")) continue;
      const [host] = placeOf(one).split(" ");
      hold(host === "10.0.0.2", "a candidate elsewhere is obeyed");
    }
  },
};

/** Lines end at a line feed alone; what JavaScript takes for a line besides (U+2028, a lone CR) is none to anybody else. */
const hasLoneBreak = (text: string): boolean => /\r(?!\n)|[\u2028\u2029]/u.test(text);

const addresses: Target = {
  name: "addresses",
  covers: ["src/mesh/card.ts parseAddress", "src/mesh/locality.ts isNear"],
  form: "text",
  valid: fc
    .constantFrom("10.0.0.1:47474", "[fe80::1%eth0]:1", "[::ffff:10.0.0.1]:65535", "host:80", "10.0.0.1", "1:2:3::4", "192.168.1.20:0")
    .map(bytesOf),
  bytesMax: 512,
  cpuMsMax: 50,
  run(input) {
    const address: Address | undefined = parseAddress(textOf(input));
    isNear(textOf(input), ["10.0.0.1", "fe80::1", textOf(input)]);
    if (address === undefined) return;
    hold(address.port >= 1 && address.port <= 65_535, "a port is none");
    const again = parseAddress(formatAddress(address));
    hold(again?.host === address.host && again.port === address.port, "an address is another after it was written down");
  },
};

export const meshTargets: readonly Target[] = [frames, newsTarget, introductions, messages, framing, descriptions, addresses];
