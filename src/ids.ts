/** Branded ids and units. No logic: everyone may import this file, it imports nothing. */

declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** 32 characters of RFC 4648 base32 (lower case): 20 bytes of SHA-512 over both public keys, see crypto/identity.ts. */
export type PeerId = Branded<string, "PeerId">;
/** "lobby", or 26 characters of base32 (a hash of the room's record), or "@" and two peer ids for a direct conversation. */
export type RoomId = Branded<string, "RoomId">;
/** `${author}/${logId}/${seq}`: the place of an event in its author's log of one room. */
export type MessageId = Branded<string, "MessageId">;
/** Names one author's log since one start: an author who lost its log begins a new one instead of forking the old. 16 hex digits. */
export type LogId = Branded<string, "LogId">;
/** One TCP connection and, once negotiated, its data channel. Unique within one process. */
export type ConnectionId = Branded<string, "ConnectionId">;
/** One pending call of the API. */
export type RequestId = Branded<string, "RequestId">;
/** Milliseconds: of the monotonic clock as `now`, of wall time as `…At` fields that people see. */
export type Millis = Branded<number, "Millis">;

/** An IPv4 or IPv6 address literal and a TCP port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}
