/** What a peer is started with. */
import type { Identity, NetworkSealing, RandomBytes, Sealing, Signatures } from "../crypto/ports.ts";
import type { LogId, Millis } from "../ids.ts";
import type { KeptRooms } from "../rooms/index.ts";
import type { RememberedPeer } from "./effect.ts";

export interface PeerOptions {
  readonly identity: Identity;
  readonly name: string;
  /** Whether the person chose that name. */
  readonly named: boolean;
  /** Undefined for a guest. */
  readonly profile: string | undefined;
  readonly networkName: string;
  readonly version: string;
  /** Random per start. */
  readonly logId: LogId;
  readonly randomBytes: RandomBytes;
  /** Milliseconds since 1970. */
  readonly wallNow: () => Millis;
  readonly signatures: Signatures;
  readonly sealing: Sealing;
  /** For what everybody on the network may read. */
  readonly networkSealing: NetworkSealing;
  /** Records of the table "contacts". */
  readonly contacts: Iterable<readonly [string, Uint8Array]>;
  /** Records of the table "settings". */
  readonly settings?: Iterable<readonly [string, Uint8Array]>;
  /** Records of the table "own". */
  readonly own?: Iterable<readonly [string, Uint8Array]>;
  /** Records of the table "mail". */
  readonly mail?: Iterable<readonly [string, Uint8Array]>;
  /** What a kept profile's rooms were, read once and let go; undefined for guests. */
  readonly rooms: KeptRooms | undefined;
  readonly remembered: readonly RememberedPeer[];
}
