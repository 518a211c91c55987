/** Mail for those who are away: frames about it, and what earlier starts wrote down of it. */
import { encode } from "cborg";
import * as fc from "fast-check";
import type { Millis } from "../../../src/ids.ts";
import { decodeKnownKeys } from "../../../src/peer/known-keys.ts";
import { decodeOwnRecord } from "../../../src/peer/own-records.ts";
import { decodeSettings } from "../../../src/peer/own-settings.ts";
import { decodeDeposit, encodeDeposit } from "../../../src/rooms/deposits.ts";
import {
  decodeMail,
  decodeMailFrame,
  decodeTaken,
  encodeMailFrame,
  encodeTaken,
  signMail,
  signTaken,
} from "../../../src/rooms/mail-frames.ts";
import { decodeHeld } from "../../../src/rooms/mail-store.ts";
import { Mailbox } from "../../../src/rooms/mailbox.ts";
import { identityFromKeys, person, signatures } from "../../unit/rooms.town.ts";
import { hold, holdDecoded, type Target } from "../target.ts";

const [ann, ben, cid] = [person("ann"), person("ben"), person("cid")];
const at = 1_790_000_000_000 as Millis;
const mail = signMail(signatures, ann.signSeed, ann.self, cid.self.peerId, at, new Uint8Array(200));
const forBen = signMail(signatures, ann.signSeed, ann.self, ben.self.peerId, at, new Uint8Array(90));
const taken = signTaken(signatures, cid.signSeed, cid.self, mail.id, true);
const frames = [
  encodeMailFrame({ k: "offer", mail: [[mail.id, 300]] }),
  encodeMailFrame({ k: "put", mail: [mail, forBen] }),
  encodeMailFrame({ k: "word", held: [mail.id], wanted: [mail.id], refused: [[mail.id, "full"]], gone: [forBen.id], taken: [taken] }),
];
const { signKey, agreeKey, binding } = ann.self;
const keys = encode({ signKey, agreeKey, binding, prekey: null, name: "Ann" }) as Uint8Array;
const deposit = encodeDeposit({ roomId: "lobby" as never, logId: "00112233aabbccdd" as never, to: cid.self.peerId, from: 1, upTo: 3 });
const settings = encode({ readReceipts: false }) as Uint8Array;
const held = encode([at, mail.bytes]) as Uint8Array;
const own = [
  { text: "half a tho", replyTo: "x/y/1", at: 1 },
  { at: 1 },
  { roomId: "lobby", text: "later", at: 2, thread: "x/y/1", problem: "no" },
  { keepMs: 86_400_000 },
].map((value) => encode(value) as Uint8Array);

const mailFrames: Target = {
  name: "mail-frames",
  covers: ["src/rooms/mail-frames.ts decodeMailFrame", "src/rooms/mail-frames.ts decodeMail", "src/rooms/mail-frames.ts decodeTaken"],
  form: "cbor",
  valid: fc.constantFrom(...frames, mail.bytes, encodeTaken(taken)),
  bytesMax: 64 * 1024,
  cpuMsMax: 500,
  run(input) {
    holdDecoded(input, decodeMailFrame, encodeMailFrame);
    holdDecoded(input, decodeMail, ({ bytes }) => bytes);
    holdDecoded(input, decodeTaken, encodeTaken);
    const frame = decodeMailFrame(input);
    if (frame === undefined) return;
    // Whatever is said, a holder loses and gives away nothing but to those whom it concerns.
    const told: string[] = [];
    const mailbox = new Mailbox(
      {
        self: ben.self,
        signSeed: ben.signSeed,
        signatures,
        identityFromKeys,
        wallNow: () => at,
        isReachable: () => true,
        role: () => [ben.self.peerId],
        read: () => "read",
        send: (to, { k }) => told.push(`${k} ${to}`),
        ended: () => undefined,
        changed: () => undefined,
      },
      [],
    );
    mailbox.receive(ann.self.peerId, { k: "put", mail: [mail] }, 0 as Millis);
    const stranger = person("dee").self.peerId;
    mailbox.receive(stranger, frame, 0 as Millis);
    hold(!told.includes(`put ${stranger}`), "a stranger was given somebody's mail");
    const isTaken = frame.k === "word" && frame.taken.some(({ id }) => id === mail.id);
    hold(isTaken || mailbox.stats().items >= 1, "what a stranger said had a holder let go");
  },
};

const keptMail: Target = {
  name: "kept-mail",
  covers: [
    "src/rooms/mail-store.ts decodeHeld",
    "src/rooms/deposits.ts decodeDeposit",
    "src/peer/known-keys.ts decodeKnownKeys",
    "src/peer/own-settings.ts decodeSettings",
    "src/peer/own-records.ts decodeOwnRecord",
  ],
  form: "cbor",
  valid: fc.constantFrom(keys, deposit, held, settings, ...own),
  bytesMax: 64 * 1024,
  cpuMsMax: 500,
  run(input) {
    holdDecoded(input, decodeDeposit, encodeDeposit);
    holdDecoded(input, decodeHeld, ({ since, mail: { bytes } }) => encode([since, bytes]) as Uint8Array);
    holdDecoded(input, decodeSettings, (value) => encode(value) as Uint8Array);
    for (const key of ["draft/x", "star/x", "scheduled/x", "keep/x"])
      holdDecoded(
        input,
        (bytes) => decodeOwnRecord(key, bytes),
        ({ value }) => encode(value) as Uint8Array,
      );
    hold(decodeOwnRecord("x", input) === undefined && decodeOwnRecord("draft/", input) === undefined, "a record without a name is read");
    holdDecoded(input, decodeKnownKeys, (known) => encode(known) as Uint8Array);
  },
};

export const mailTargets: readonly Target[] = [mailFrames, keptMail];
