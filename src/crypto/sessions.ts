/**
 * Sessions with every peer, in the manner of Sesame (Marlinspike and Perrin, "The Sesame Algorithm", revision 2, section 3): a peer
 * may have several, and the one on which something came last sends. So both may begin at once, and a side that lost its state,
 * or put back an old one, simply begins another.
 *
 *   none ──seal, prekey known──► opening ──anything opened──► open
 *   none ──first message──► open
 *   any  ──frame that opens in no session──► the caller is told, and has us `renew`: opening, beside what there was
 *
 * First frame of a session: `1 ‖ base key (32) ‖ prekey (32) ‖ ratchet message`, later ones `2 ‖ base key's first 8 bytes ‖ ratchet
 * message`.
 */
import { bytesToHex, concatBytes } from "@noble/hashes/utils.js";
import type { PeerId } from "../ids.ts";
import { baseKeysMax, sessionPeersMax, sessionsPerPeerMax } from "./limits.ts";
import type { Correspondent, Identity } from "./ports.ts";
import type { Prekeys } from "./prekeys.ts";
import { headerBytes, isSame, openMessage, type RatchetTools, sealMessage, startReceiving, startSending, tagBytes } from "./ratchet.ts";
import { decodeSessions, encodeSessions, type PeerSessions, type Session } from "./ratchet-record.ts";
import { associatedData, initiate, keyPair, respond } from "./x3dh.ts";
import { isSafePublicKey } from "./x25519.ts";

export const sessionFrame = { first: 1, later: 2 } as const;
const nameBytes = 8;
const firstBytes = 1 + 32 + 32;
const laterBytes = 1 + nameBytes;

export class Sessions {
  readonly #self: Identity;
  readonly #tools: RatchetTools;
  readonly #prekeys: Prekeys;
  /** Used longest ago first. */
  readonly #peers = new Map<PeerId, PeerSessions>();
  readonly #changed = new Set<PeerId>();

  constructor(self: Identity, tools: RatchetTools, prekeys: Prekeys, kept: Iterable<readonly [string, Uint8Array]>) {
    this.#self = self;
    this.#tools = tools;
    this.#prekeys = prekeys;
    for (const [peerId, bytes] of kept) {
      const sessions = decodeSessions(bytes);
      if (sessions !== undefined && this.#peers.size < sessionPeersMax) this.#peers.set(peerId as PeerId, sessions);
    }
  }

  get peerCount(): number {
    return this.#peers.size;
  }

  canSeal({ identity, prekey }: Correspondent): boolean {
    return prekey !== undefined || this.#sendingSession(identity.peerId) !== undefined;
  }

  /** Undefined where there is neither a session nor a prekey to begin one. */
  seal(reader: Correspondent, plaintext: Uint8Array): Uint8Array | undefined {
    const { peerId } = reader.identity;
    const session = this.#sendingSession(peerId) ?? this.renew(reader);
    const message = session && sealMessage(this.#tools, session.ratchet, plaintext);
    if (session === undefined || message === undefined) return undefined;
    this.#touch(peerId);
    if (session.opening !== undefined) return concatBytes(session.opening, message);
    return concatBytes(Uint8Array.of(sessionFrame.later), session.baseKey.subarray(0, nameBytes), message);
  }

  /** Begins a session that sends from now on. */
  renew({ identity, prekey }: Correspondent): Session | undefined {
    const { primitives, randomBytes } = this.#tools;
    if (prekey === undefined || !isSafePublicKey(prekey)) return undefined;
    const base = keyPair(primitives, randomBytes(32));
    const secret = initiate(primitives, this.#self.agreeSecret, base, identity.agreeKey, prekey);
    base.secret.fill(0);
    const session: Session = {
      baseKey: base.publicKey,
      opening: concatBytes(Uint8Array.of(sessionFrame.first), base.publicKey, prekey),
      ratchet: startSending(this.#tools, secret, associatedData(this.#self, identity, base.publicKey, prekey), prekey),
    };
    this.#lead(identity.peerId, session);
    return session;
  }

  /** Undefined for what opens in no session and begins none. */
  open({ identity }: Correspondent, frame: Uint8Array): Uint8Array | undefined {
    return frame[0] === sessionFrame.first ? this.#openFirst(identity, frame) : this.#openLater(identity.peerId, frame);
  }

  forget(peerId: PeerId): void {
    if (this.#peers.delete(peerId)) this.#changed.add(peerId);
  }

  /** What has changed since the last call: undefined for a peer that was forgotten. */
  takeChanges(): [PeerId, Uint8Array | undefined][] {
    const changes = [...this.#changed].map((peerId): [PeerId, Uint8Array | undefined] => {
      const sessions = this.#peers.get(peerId);
      return [peerId, sessions && encodeSessions(sessions)];
    });
    this.#changed.clear();
    return changes;
  }

  dropChanges(): void {
    this.#changed.clear();
  }

  #openFirst(identity: Correspondent["identity"], frame: Uint8Array): Uint8Array | undefined {
    const { primitives } = this.#tools;
    const { peerId } = identity;
    const baseKey = frame.slice(1, 33);
    const known = this.#peers.get(peerId);
    const session = known?.sessions.find((candidate) => isSame(candidate.baseKey, baseKey));
    if (session !== undefined) return this.#openIn(peerId, session, frame.subarray(firstBytes));
    if (known?.baseKeys.includes(bytesToHex(baseKey)) === true || !isSafePublicKey(baseKey)) return undefined;
    const prekey = this.#prekeys.find(frame.subarray(33, 65));
    if (prekey === undefined) return undefined;
    const secret = respond(primitives, this.#self.agreeSecret, prekey, identity.agreeKey, baseKey);
    const ratchet = startReceiving(secret, associatedData(identity, this.#self, baseKey, prekey.publicKey), prekey);
    const plaintext = openMessage(this.#tools, ratchet, frame.subarray(firstBytes));
    if (plaintext === undefined) return undefined;
    this.#lead(peerId, { baseKey, opening: undefined, ratchet });
    return plaintext;
  }

  #openLater(peerId: PeerId, frame: Uint8Array): Uint8Array | undefined {
    const name = frame.subarray(1, laterBytes);
    const session = this.#peers.get(peerId)?.sessions.find(({ baseKey }) => isSame(baseKey.subarray(0, nameBytes), name));
    return session && this.#openIn(peerId, session, frame.subarray(laterBytes));
  }

  #openIn(peerId: PeerId, session: Session, message: Uint8Array): Uint8Array | undefined {
    const plaintext = openMessage(this.#tools, session.ratchet, message);
    if (plaintext === undefined) return undefined;
    // Whoever answers has the session.
    session.opening = undefined;
    this.#lead(peerId, session);
    return plaintext;
  }

  #sendingSession(peerId: PeerId): Session | undefined {
    return this.#peers.get(peerId)?.sessions[0];
  }

  /** This session sends from now on. */
  #lead(peerId: PeerId, session: Session): void {
    const peer = this.#peers.get(peerId) ?? { sessions: [], baseKeys: [] };
    peer.sessions = [session, ...peer.sessions.filter((other) => other !== session)].slice(0, sessionsPerPeerMax);
    const name = bytesToHex(session.baseKey);
    if (!peer.baseKeys.includes(name)) peer.baseKeys = [...peer.baseKeys, name].slice(-baseKeysMax);
    this.#peers.set(peerId, peer);
    this.#touch(peerId);
  }

  #touch(peerId: PeerId): void {
    const peer = this.#peers.get(peerId);
    if (peer === undefined) return;
    this.#changed.add(peerId);
    this.#peers.delete(peerId);
    this.#peers.set(peerId, peer);
    for (const oldest of this.#peers.keys()) {
      if (this.#peers.size <= sessionPeersMax) break;
      this.forget(oldest);
    }
  }
}

/** Whether a frame has the form of one of a session. */
export function isSessionFrame(frame: Uint8Array): boolean {
  const least = frame[0] === sessionFrame.first ? firstBytes : frame[0] === sessionFrame.later ? laterBytes : Number.POSITIVE_INFINITY;
  return frame.length >= least + headerBytes + tagBytes;
}
