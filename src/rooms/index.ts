/**
 * Rooms: what is said in them, who is in them, and how everybody in them comes to see the same.
 *
 * A room is a set of logs, one for each start of each author: signed, hash-chained, numbered without gaps. This module signs
 * and judges entries, merges logs into one history, finds out what each reachable member lacks and makes the posts that
 * bring it there, and keeps the list of public rooms together with the host. It is pure: time and randomness are handed in,
 * `Rooms` answers every call with posts and changes.
 *
 * It does not seal, route, store (it says what is to be stored: keeping.ts) or find peers, and does not know who is host but by being told. It does not detect an
 * author who signs two different entries for one place: each peer keeps what it saw first and wants no more of that log.
 * Nor does it prove that a member who says "older entries were let go" does so rightly: others are asked for them, too
 * (backfill.ts).
 *
 * 1. An entry has effect only with a valid signature of its author, in the order of its log, once.
 * 2. Two peers with the same entries show the same messages in the same order.
 * 3. Who is in a room, and who may be, follows from its entries alone, whatever the order of their arrival.
 * 4. Of a private room only its members, and whoever they invited, hear. For anybody else it does not exist.
 * 5. "Delivered" and "read" rest on what the receivers themselves said; "held" counts those who are here and said that they have it.
 * 6. What any reachable member has reaches every other, whoever wrote it and whatever is lost on the way.
 *    In a room of few everybody sees to everybody; in a crowd each keeps up with a few partners (crowd.ts).
 * 7. A public room lasts while anybody knows its record and nobody closed it by leaving it last; hosts come and go.
 * 8. Everything from the network is bounded (limits.ts) and never throws.
 */

export type { Archive } from "./archive.ts";
export type { DeliveryPort, MessageState } from "./delivery.ts";
export { Deposits, type NotHeld } from "./deposits.ts";
export type { RoomsForMail } from "./for-mail.ts";
export type { ReceiveFailure } from "./inbox.ts";
export type { KeptChanges, KeptEvent, KeptEventKey } from "./keeping.ts";
export { decodeMailFrame, encodeMailFrame, type IdentityFromKeys, type Mail } from "./mail-frames.ts";
export type { MailStats } from "./mail-store.ts";
export { Mailbox, type Reading } from "./mailbox.ts";
export type { RoomMessage } from "./messages.ts";
export { directRoomId, isDirect, lobbyId, otherOf } from "./names.ts";
export type { MessagePage, PageAt } from "./pages.ts";
export type { KeptRooms } from "./restoring.ts";
export type { Received, RoomsFailure, RoomsResult } from "./result.ts";
export { Rooms } from "./rooms.ts";
export type { SearchQuery } from "./search.ts";
export { utf8Length } from "./shape.ts";
export type { RoomSummary } from "./summary.ts";
export type { Forwarded } from "./timed.ts";
export { upgradesOf } from "./upgrading.ts";
