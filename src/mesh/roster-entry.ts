/** What a roster knows of one peer, and what it tells of it. */
import type { Millis, PeerId } from "../ids.ts";
import type { Statement } from "./news.ts";

export interface Entry {
  instance: string;
  /** Of its card. */
  revision: number;
  seq: number;
  isHere: boolean;
  /** This start of it has proved itself to us, by a link or its own word. A card alone may be of somebody who never was. */
  isHeard: boolean;
  hasLeft: boolean;
  suspectedUntil: Millis | undefined;
  heardAt: Millis;
  /** After our link to it broke: how often its own word may still be doubted, since it may have been under way all along. */
  doubts: number;
  /** It was here when we lost our last link: another's word is enough to bring it back. */
  isApart: boolean;
  /** Its own newest word, for those who have not heard it. */
  proof: Statement | undefined;
}

/** As it is listed: how often it has spoken, and the revision of its card. */
export type Member = [peerId: PeerId, instance: string, seq: number, revision: number];
