/** What a peer reads of its rooms at the start: records and rows that earlier starts, or other versions, wrote into its vault. */

import * as fc from "fast-check";
import type { Millis } from "../../../src/ids.ts";
import { signEvent } from "../../../src/rooms/event.ts";
import { type KeptEvent, Rooms } from "../../../src/rooms/index.ts";
import { authorKey, roomKey } from "../../../src/rooms/keeping.ts";
import {
  decodeKeptAuthor,
  decodeKeptEntry,
  decodeKeptReceipts,
  decodeKeptRoom,
  encodeKeptAuthor,
  encodeKeptEntry,
  encodeKeptReceipts,
  encodeKeptRoom,
} from "../../../src/rooms/kept-room.ts";
import { lobbyId } from "../../../src/rooms/names.ts";
import { decodeKeptReads, encodeKeptReads } from "../../../src/rooms/reads.ts";
import { archiveOf } from "../../support/written-rows.ts";
import { person, signatures, Town } from "../../unit/rooms.town.ts";
import { holdDecoded, holdInProportion, type Target } from "../target.ts";

const mara = person("mara");
const { peerId } = mara.self;
const logId = "00112233aabbccdd" as never;
const said = signEvent(signatures, mara.signSeed, {
  roomId: lobbyId,
  author: peerId,
  logId,
  seq: 1,
  prev: new Uint8Array(),
  clock: 1_790_000_000_000,
  at: 1_790_000_000_000 as Millis,
  body: { kind: "message", text: "kept" },
});
const room = encodeKeptRoom({
  record: undefined,
  newsSince: 5,
  unread: 1,
  mentioned: true,
  invitedBy: peerId,
  introducers: [peerId],
  inviters: [],
  pendingInvites: [peerId],
  isClosed: false,
  logs: [{ author: peerId, logId, floor: 3, cut: 0, isFrozen: true }],
  learnt: [said],
});
const receipts = encodeKeptReceipts([{ logId, confirmed: [[peerId, 4, 2]] }]);
const reads = encodeKeptReads({ own: [[logId, [[peerId, 2]]]], seen: [[peerId, logId, 4]] });
const author = encodeKeptAuthor(mara.self);
const entry = encodeKeptEntry({ event: said, sentTo: [peerId] });
const keyed = encodeKeptEntry({ event: said, sentTo: undefined, key: new Uint8Array(32) });

const keptRooms: Target = {
  name: "kept-rooms",
  covers: [
    "src/rooms/kept-room.ts decodeKeptRoom",
    "src/rooms/kept-room.ts decodeKeptReceipts",
    "src/rooms/reads.ts decodeKeptReads",
    "src/rooms/kept-room.ts decodeKeptEntry",
    "src/rooms/kept-room.ts decodeKeptAuthor",
    "src/rooms/event.ts decodeOwnEvent",
  ],
  form: "cbor",
  valid: fc.constantFrom(room, receipts, reads, author, entry, keyed),
  bytesMax: 64 * 1024,
  cpuMsMax: 500,
  run(input) {
    holdDecoded(input, decodeKeptRoom, encodeKeptRoom);
    holdDecoded(input, decodeKeptReceipts, encodeKeptReceipts);
    holdDecoded(input, decodeKeptReads, encodeKeptReads);
    holdDecoded(input, decodeKeptAuthor, encodeKeptAuthor);
    holdDecoded(input, (bytes) => decodeKeptEntry(lobbyId, bytes), encodeKeptEntry);
    // Whatever stands there, the peer starts, and says what it can read.
    const { ports } = new Town().add("ann");
    const row: KeptEvent = { roomId: lobbyId, author: peerId, logId, seq: 1, clock: 1, bytes: input, arrivedAt: 0 as Millis };
    const rooms = new Rooms(ports, {
      records: [
        [roomKey(lobbyId), input],
        [authorKey(peerId), author],
        ["room/nonsense", input],
      ],
      roomIds: [lobbyId, "nonsense"],
      archive: archiveOf(() => [row]),
    });
    holdInProportion(rooms.listMessages(lobbyId, undefined, 10), input.length + 512);
    rooms.takeKept(0 as Millis, true);
  },
};

export const keptTargets: readonly Target[] = [keptRooms];
