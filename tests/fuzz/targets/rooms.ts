/** What rooms read: payloads, events, records, signed lists; and all rooms of a peer, told lies by one who is among them. */
import { encode } from "cborg";
import * as fc from "fast-check";
import type { LogId, PeerId } from "../../../src/ids.ts";
import { decodeCbor, encodeCbor } from "../../../src/rooms/cbor.ts";
import { digest16 } from "../../../src/rooms/digest.ts";
import { decodeEvent, signEvent, verifyEvent } from "../../../src/rooms/event.ts";
import {
  eventBytesMax,
  listPartsMax,
  payloadBytesMax,
  recordBytesMax,
  roomNameCharsMax,
  textBytesMax,
  timedBoxBytesMax,
} from "../../../src/rooms/limits.ts";
import { directRoomId, normalRoomName } from "../../../src/rooms/names.ts";
import { ListCollector } from "../../../src/rooms/parts.ts";
import { decodePayload, encodePayload } from "../../../src/rooms/payload.ts";
import { createRecord, decodeRecord } from "../../../src/rooms/record.ts";
import { utf8Length } from "../../../src/rooms/shape.ts";
import { openDirectory, signDirectory } from "../../../src/rooms/signed-directory.ts";
import { decodeSaid, openText, sealText } from "../../../src/rooms/timed.ts";
import { type Citizen, identityFromKeys, numbered, person, signatures, Town } from "../../unit/rooms.town.ts";
import { event, payload } from "../arbitraries.ts";
import { type Act, bytesIn, choice, readScript, textIn, writeScript } from "../script.ts";
import { bytesOf, hold, holdDecoded, holdInProportion, type Target, textOf } from "../target.ts";

const mallory = person("mallory");
const logId = "00112233aabbccdd" as LogId;
const ports = {
  self: mallory.self,
  signSeed: mallory.signSeed,
  signatures,
  randomBytes: (length: number) => numbered("salt", 64).subarray(0, length),
  wallNow: () => 1_790_000_000_000 as never,
  identityFromKeys,
};
const record = createRecord(ports, "design", "public", "Topics");
const secretRoom = createRecord(ports, "cellar", "private", "");
const malloryKeys = { signKey: mallory.self.signKey, agreeKey: mallory.self.agreeKey, binding: mallory.self.binding };
const said = signEvent(signatures, mallory.signSeed, {
  roomId: "lobby" as never,
  author: mallory.self.peerId,
  logId,
  seq: 1,
  prev: new Uint8Array(),
  clock: 1_790_000_000_000,
  at: 1_790_000_000_000 as never,
  body: { kind: "message", text: "by mallory", replyTo: `${mallory.self.peerId}/${logId}/1` },
});
const invited = signEvent(signatures, mallory.signSeed, {
  roomId: secretRoom.roomId,
  author: mallory.self.peerId,
  logId,
  seq: 2,
  prev: new Uint8Array(16),
  clock: 1_790_000_000_000,
  at: 1_790_000_000_000 as never,
  body: { kind: "invited", peerId: mallory.self.peerId },
});
const [timerEvent, timedEvent] = [
  { kind: "timer" as const, afterMs: 60_000 },
  { kind: "timed" as const, afterMs: 60_000, check: new Uint8Array(32), box: new Uint8Array(40) },
].map((body) =>
  signEvent(signatures, mallory.signSeed, {
    roomId: "lobby" as never,
    author: mallory.self.peerId,
    logId,
    seq: 1,
    prev: new Uint8Array(),
    clock: 1_790_000_000_000,
    at: 1_790_000_000_000 as never,
    body,
  }),
);
const written = [said, timerEvent, timedEvent].flatMap((one) => (one === undefined ? [] : [one.bytes]));
const directory = {
  k: "directory" as const,
  heard: 0,
  revision: 2,
  part: 0,
  parts: 1,
  rooms: [{ record: record.bytes, members: [mallory.self.peerId] }],
};
const signed = signDirectory({ signatures, signSeed: mallory.signSeed }, directory);
const realPayloads = [
  encodePayload({
    k: "events",
    roomId: "lobby" as never,
    authors: [malloryKeys],
    events: [said.bytes],
    floors: [[mallory.self.peerId, logId, 0]],
  }),
  encodePayload({
    k: "have",
    roomId: record.roomId,
    vector: [[mallory.self.peerId, logId, 1]],
    whole: true,
    reply: true,
    record: record.bytes,
  }),
  encodePayload({ k: "invite", record: secretRoom.bytes, authors: [malloryKeys], events: [invited.bytes] }),
  encodePayload({ k: "announceRooms", revision: 1, part: 0, parts: 1, rooms: [{ record: record.bytes, joined: true }] }),
  encodePayload(directory),
  encodePayload({ k: "directoryAt", revision: 3, heard: 0 }),
  encodePayload({ k: "compare", roomId: "lobby" as never, digests: new Uint8Array(64), record: record.bytes }),
  signed,
];

const payloads: Target = {
  name: "payloads",
  covers: ["src/rooms/payload.ts decodePayload", "src/rooms/parts.ts ListCollector"],
  form: "cbor",
  valid: fc.oneof(payload.map(encodePayload), fc.constantFrom(...realPayloads)),
  bytesMax: payloadBytesMax + 64,
  cpuMsMax: 200,
  run(input) {
    const read = decodePayload(input);
    if (read === undefined) return;
    hold(input.length <= payloadBytesMax, "a payload is longer than payloads are");
    holdDecoded(input, decodePayload, encodePayload);
    if (read.k !== "directory" && read.k !== "announceRooms") return;
    const collector = new ListCollector<unknown>();
    for (let part = 0; part < listPartsMax; part += 1)
      hold((collector.add({ ...read, part })?.length ?? 0) <= listPartsMax * read.rooms.length, "parts multiply");
  },
};

const cbor: Target = {
  name: "cbor",
  covers: ["src/rooms/cbor.ts decodeCbor"],
  form: "cbor",
  valid: fc.jsonValue().map((value) => Uint8Array.from(encodeCbor(value))),
  bytesMax: payloadBytesMax,
  cpuMsMax: 200,
  run(input) {
    holdInProportion(decodeCbor(input), input.length);
  },
};

const events: Target = {
  name: "events",
  covers: ["src/rooms/event.ts decodeEvent", "src/rooms/event.ts verifyEvent"],
  form: "cbor",
  valid: fc.oneof(event, fc.constantFrom(...written)),
  bytesMax: eventBytesMax + 64,
  cpuMsMax: 100,
  run(input) {
    const read = decodeEvent(input);
    if (read === undefined) return;
    hold(Buffer.compare(read.bytes, input) === 0 && input.length <= eventBytesMax, "an event is not the bytes it came in");
    if (verifyEvent(signatures, mallory.self, read))
      hold(
        written.some((bytes) => Buffer.compare(input, bytes) === 0),
        "somebody signed what they did not write",
      );
    const { signature: _, ...content } = { ...read, signature: undefined };
    const again = signEvent(signatures, mallory.signSeed, content);
    hold(Buffer.compare(again.bytes.subarray(0, -64), input.subarray(0, -64)) === 0, "one event has two writings");
  },
};

const timedSeal = sealText((length) => numbered("timed", length), { text: "gone soon", replyTo: "a/b/1" }, 60_000);
const timed: Target = {
  name: "timed",
  covers: ["src/rooms/timed.ts openText", "src/rooms/timed.ts decodeSaid"],
  form: "bytes",
  valid: fc.constantFrom(
    timedSeal.body.box,
    ...[new Uint8Array(128), Uint8Array.from([0, 6, 0x82, 0x62, 0x68, 0x69, 0xf6, 0, 0])].map((bytes) => Uint8Array.from(bytes)),
  ),
  bytesMax: timedBoxBytesMax + 64,
  cpuMsMax: 50,
  run(input) {
    const said = decodeSaid(input);
    if (said !== undefined) hold(utf8Length(said.text) <= textBytesMax, "a text is longer than texts are");
    const opened = openText({ ...timedSeal.body, box: input }, timedSeal.key);
    if (opened !== undefined) hold(Buffer.compare(input, timedSeal.body.box) === 0, "a box is believed that nobody sealed");
    hold(openText(timedSeal.body, input) === undefined, "another key opens a text");
  },
};

const records: Target = {
  name: "records",
  covers: ["src/rooms/record.ts decodeRecord"],
  form: "cbor",
  valid: fc.constantFrom(
    record.bytes,
    secretRoom.bytes,
    createRecord(ports, "closed", "private", "", "fromJoin").bytes,
    createRecord(ports, "tür-日本", "public", "e\u0301").bytes,
  ),
  bytesMax: recordBytesMax + 64,
  cpuMsMax: 100,
  run(input) {
    const read = decodeRecord(ports, input);
    if (read === undefined) return;
    hold(Buffer.compare(read.bytes, input) === 0 && input.length <= recordBytesMax, "a record is not the bytes it came in");
    hold(read.creator.peerId === mallory.self.peerId && normalRoomName(read.name) === read.name, "a record is believed that nobody signed");
  },
};

const directories: Target = {
  name: "directories",
  covers: ["src/rooms/signed-directory.ts openDirectory"],
  form: "cbor",
  valid: fc.constantFrom(signed, signDirectory({ signatures, signSeed: mallory.signSeed }, { k: "directoryAt", revision: 1, heard: 1 })),
  bytesMax: payloadBytesMax,
  cpuMsMax: 100,
  run(input) {
    const read = decodePayload(input);
    const opened = read?.k === "signedDirectory" ? openDirectory({ signatures }, mallory.self, read) : undefined;
    if (opened !== undefined) hold(opened.revision <= 2, "a list is believed that its host did not sign");
  },
};

const names: Target = {
  name: "room-names",
  covers: ["src/rooms/names.ts normalRoomName"],
  form: "text",
  valid: fc.constantFrom("#Design", "tür", "I\u0307stanbul", "e\u0301\u0301", "\u1e9e", "日本", "a_b-c").map(bytesOf),
  bytesMax: 200,
  cpuMsMax: 50,
  run(input) {
    const name = normalRoomName(textOf(input));
    if (name === undefined) return;
    hold(normalRoomName(name) === name, "a room's name is another when it is written again");
    hold([...name].length <= roomNameCharsMax && bytesOf(name).length <= 4 * roomNameCharsMax, "a room's name is too long");
  },
};

const script = (...acts: Act[]): Uint8Array => writeScript(acts);
const fieldsOf = (seq: number, kind: string, body: object): Uint8Array =>
  Uint8Array.from(encode(["lobby", "", logId, seq, new Uint8Array(), 1_790_000_000_000, 1_790_000_000_000, kind, body]) as Uint8Array);

/** Mallory's forged events, each following the one before it in her log. */
class Forger {
  #last: Uint8Array = new Uint8Array();

  /** Author, chain and signature are put right, so that what is bent is judged and not merely refused. */
  forge(fields: Uint8Array): Uint8Array | undefined {
    const read = decodeCbor(fields);
    if (!Array.isArray(read)) return undefined;
    const [roomId, , log, seq, , clock, at, kind, body] = read as unknown[];
    try {
      const prev = seq === 1 ? new Uint8Array() : this.#last;
      const content = body instanceof Map ? Object.fromEntries(body) : {};
      const made = signEvent(signatures, mallory.signSeed, {
        ...({ roomId, logId: log, seq, clock, at } as object),
        author: mallory.self.peerId,
        prev,
        body: { ...content, kind },
      } as never);
      this.#last = digest16(made.bytes);
      return made.bytes;
    } catch {
      // Not even she can sign what is no event.
      return undefined;
    }
  }
}

const rooms: Target = {
  name: "rooms",
  covers: ["src/rooms/rooms.ts Rooms", "src/rooms/registry.ts Registry"],
  form: "cbor",
  valid: fc.oneof(
    fc
      .array(
        fc.oneof(
          fc.constantFrom(...realPayloads).map((bytes): Act => ["tell", bytes]),
          payload.map((one): Act => ["tell", encodePayload(one)]),
          payload.map((one): Act => ["broadcast", encodePayload(one)]),
          fc.nat({ max: 4_000 }).map((ms): Act => ["pass", ms]),
          fc.nat({ max: 3 }).map((seq): Act => ["forge", fieldsOf(seq, "message", { text: `forged ${seq}` })]),
          fc.constant<Act>(["forge", fieldsOf(1, "joined", { name: "M" })]),
          fc.nat({ max: 3 }).map((seq): Act => ["forge", fieldsOf(seq, "timer", { afterMs: 60_000 })]),
          fc.constant<Act>(["say", "something"]),
          fc.nat({ max: 50 }).map((count): Act => ["invent", count]),
        ),
        { maxLength: 8 },
      )
      .map((acts) => script(...acts)),
    fc.constant(
      script(
        ["tell", realPayloads[2] as Uint8Array],
        ["forge", fieldsOf(1, "message", { text: "x" })],
        ["forge", fieldsOf(2, "left", {})],
        ["pass", 5_000],
      ),
    ),
  ),
  bytesMax: 32 * 1024,
  cpuMsMax: 3_000,
  run(input) {
    const town = new Town(1);
    const [ann, ben] = [town.add("ann"), town.add("ben"), town.add("mallory")];
    town.linkAll();
    town.elect(ann);
    town.run(500);
    const honest = new Set<string>();
    const forger = new Forger();
    const say = (who: Citizen, text: string): void => {
      if (who.rooms.sendMessage("lobby" as never, { text }, town.millis).ok) honest.add(text);
    };
    for (const [verb, one] of readScript(input)) {
      if (verb === "tell") tell(town, ann, bytesIn(one));
      if (verb === "broadcast") tellAll(town, ann, bytesIn(one));
      if (verb === "pass") town.run(choice(one, 6_000), 20_000);
      if (verb === "say") say(ben, textIn(one).slice(0, 100));
      if (verb === "invent") for (let i = 0; i < choice(one, 1_500); i += 1) tell(town, ann, invented(ann.peerId, i));
      const forged = verb === "forge" ? forger.forge(bytesIn(one)) : undefined;
      if (forged !== undefined) {
        const roomId = decodeEvent(forged)?.roomId ?? ("lobby" as never);
        tell(town, ann, encodePayload({ k: "events", roomId, authors: [malloryKeys], events: [forged], floors: [] }));
      }
    }
    for (const who of [ann, ben])
      town.act(who, who.rooms.sendMessage("lobby" as never, { text: `${who.name} is still here` }, town.millis));
    town.run(40_000, 50_000);
    for (const who of [ann, ben]) {
      for (const other of [ann, ben])
        hold(who.texts("lobby").includes(`${other.name} is still here`), "an honest member's message did not arrive");
      for (const { author, text } of who.messages("lobby")) {
        hold(
          author === mallory.self.peerId || honest.has(text) || text.endsWith("is still here"),
          "somebody is shown to say what they did not",
        );
      }
    }
    hold(ann.rooms.createRoom("after-all", "private", "", town.millis).ok, "strangers' words keep a person from making a room");
  },
};

/** A conversation of two of which the one who speaks of it is neither. */
function invented(self: PeerId, number: number): Uint8Array {
  const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  const other = Array.from({ length: 32 }, (_, place) => alphabet.charAt((number >> (5 * Math.min(place, 3))) & 31)).join("") as PeerId;
  return encodePayload({ k: "have", roomId: directRoomId(self, other), vector: [], whole: false, reply: false });
}

function tell(town: Town, to: Citizen, bytes: Uint8Array): void {
  const received = to.rooms.receive(mallory.self.peerId, bytes, town.millis);
  if (received.ok) holdPosts(town, to, received.outcome, bytes.length);
}

function tellAll(town: Town, to: Citizen, bytes: Uint8Array): void {
  const received = to.rooms.receiveBroadcast(bytes, town.millis);
  if (received.ok) holdPosts(town, to, received.outcome, bytes.length);
}

function holdPosts(town: Town, to: Citizen, outcome: Parameters<Town["take"]>[1], bytes: number): void {
  hold(outcome.posts.length <= 1_000 && outcome.changes.length <= 16 * bytes + 1_024, "one payload makes a flood");
  for (const { payload: sent } of outcome.posts) hold(decodePayload(sent) !== undefined, "a payload goes out that nobody would read");
  town.take(to, outcome);
}

export const roomsTargets: readonly Target[] = [payloads, cbor, events, timed, records, directories, names, rooms];
