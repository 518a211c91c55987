/**
 * The sealing: for two by the Double Ratchet (sessions.ts), for several that read the same by sender keys (sender-keys.ts) handed
 * out through those sessions. It repairs itself: what cannot be read begins a new session, or has the key asked for, and the rooms
 * bring the text again. What is sealed is one byte for whom (sealing-control.ts) and the text, padded.
 */
import { concatBytes } from "@noble/hashes/utils.js";
import type { Millis, PeerId } from "../ids.ts";
import { HeldFrames } from "./held-frames.ts";
import { plaintextBytesMax, rekeyAskedMs, renewMsMax, renewMsMin, sealedBytesMax, sessionPeersMax } from "./limits.ts";
import { pad, unpad } from "./padding.ts";
import type {
  Audience,
  Correspondent,
  Identity,
  Opened,
  OpenFailure,
  RandomBytes,
  SealedCopy,
  Sealing,
  SealingRecord,
  Signatures,
} from "./ports.ts";
import { Prekeys } from "./prekeys.ts";
import type { Primitives } from "./primitives.ts";
import { isSame } from "./ratchet.ts";
import { content, decodeSealingControl, encodeSealingControl, type SealingControl } from "./sealing-control.ts";
import { hintOf, isSenderFrame, keyIdOf, roomHint } from "./sender-key.ts";
import { SenderKeys } from "./sender-keys.ts";
import { isSessionFrame, Sessions } from "./sessions.ts";
import { strict } from "./strict.ts";

export interface SealingSettings {
  readonly self: Identity;
  readonly primitives: Primitives;
  readonly signatures: Signatures;
  readonly randomBytes: RandomBytes;
  readonly wallNow: () => Millis;
  /** What was kept of an earlier start, by table. */
  readonly kept: (table: SealingRecord["table"]) => Iterable<readonly [string, Uint8Array]>;
  /** Whether there is somewhere to keep it. */
  readonly isKept: boolean;
}

const prekeysKey = "prekeys";

export function createSealing(settings: SealingSettings): Sealing {
  return new EndToEnd(settings);
}

class EndToEnd implements Sealing {
  readonly #settings: SealingSettings;
  readonly #prekeys: Prekeys;
  readonly #sessions: Sessions;
  readonly #senderKeys: SenderKeys;
  readonly #held = new HeldFrames();
  /** Since when, and for how long, a session is not begun anew: used longest ago first. */
  readonly #renewals = new Map<PeerId, { at: Millis; pauseMs: number }>();
  readonly #rekeyedAt = new Map<string, Millis>();
  #posts: SealedCopy[] = [];
  #arePrekeysChanged: boolean;

  constructor(settings: SealingSettings) {
    this.#settings = settings;
    const { self, wallNow, kept } = settings;
    const all = [...kept("sessions")];
    const keptPrekeys = all.find(([key]) => key === prekeysKey)?.[1];
    this.#prekeys = new Prekeys(settings, keptPrekeys, wallNow());
    this.#arePrekeysChanged = keptPrekeys === undefined;
    const ofPeers = all.filter(([key]) => key !== prekeysKey);
    this.#sessions = new Sessions(self, settings, this.#prekeys, ofPeers);
    this.#senderKeys = new SenderKeys(self, settings, kept("senderKeys"));
  }

  prekey(): Uint8Array {
    if (this.#prekeys.renew(this.#settings.wallNow())) this.#arePrekeysChanged = true;
    return this.#prekeys.current;
  }

  seal({ roomId, members, readers }: Audience, plaintext: Uint8Array): SealedCopy[] {
    strict(plaintext.length <= plaintextBytesMax, "what is sealed fits an envelope");
    const sealable = readers.filter((reader) => this.#sessions.canSeal(reader));
    const padded = pad(concatBytes(Uint8Array.of(content.text), plaintext));
    if (roomId === "" || sealable.length < 2) return sealable.flatMap((reader) => this.#sealFor(reader, padded));
    return this.#sealForRoom(roomId, members, sealable, padded);
  }

  open(from: Correspondent, sealed: Uint8Array, now: Millis): Opened {
    if (sealed.length > sealedBytesMax) return refused("malformed");
    if (isSenderFrame(sealed)) return this.#openForRoom(from, sealed, now);
    if (!isSessionFrame(sealed)) return refused("malformed");
    const padded = this.#sessions.open(from, sealed);
    if (padded === undefined) {
      this.#renew(from, now);
      return refused("unreadable");
    }
    const inner = unpad(padded);
    if (inner?.[0] === content.text) return { ok: true, plaintexts: [inner.subarray(1)] };
    const control = inner?.[0] === content.control ? decodeSealingControl(inner.subarray(1)) : undefined;
    return control === undefined ? refused("malformed") : { ok: true, plaintexts: this.#told(from, control, now) };
  }

  takePosts(): SealedCopy[] {
    const posts = this.#posts;
    this.#posts = [];
    return posts;
  }

  takeRecords(): SealingRecord[] {
    if (!this.#settings.isKept) {
      this.#sessions.dropChanges();
      this.#senderKeys.dropChanges();
      return [];
    }
    const records: SealingRecord[] = this.#sessions.takeChanges().map(([key, value]) => ({ table: "sessions", key, value }));
    for (const [key, value] of this.#senderKeys.takeChanges()) records.push({ table: "senderKeys", key, value });
    if (this.#arePrekeysChanged) records.push({ table: "sessions", key: prekeysKey, value: this.#prekeys.encode() });
    this.#arePrekeysChanged = false;
    return records;
  }

  waitingFor(roomId: string): PeerId[] {
    const { primitives } = this.#settings;
    const waiting = this.#held.all.filter(({ frame, keyId }) => isSame(hintOf(frame), roomHint(primitives, roomId, keyId)));
    return [...new Set(waiting.map(({ from }) => from))];
  }

  waitingRevision(): number {
    return this.#held.revision;
  }

  nextWakeAt(): Millis | undefined {
    return this.#held.nextAt();
  }

  wake(now: Millis): void {
    this.#held.expire(now);
  }

  #sealFor(reader: Correspondent, padded: Uint8Array): SealedCopy[] {
    const sealed = this.#sessions.seal(reader, padded);
    return sealed === undefined ? [] : [{ to: reader.identity.peerId, sealed }];
  }

  #sealForRoom(roomId: string, members: Audience["members"], readers: readonly Correspondent[], padded: Uint8Array): SealedCopy[] {
    const copies: SealedCopy[] = [];
    const ids = readers.map(({ identity }) => identity.peerId);
    const lacking = new Set(this.#senderKeys.lacking(roomId, members && new Set(members), ids, this.#settings.wallNow()));
    for (const reader of readers) {
      const key = lacking.has(reader.identity.peerId) ? this.#senderKeys.handOut(roomId, reader.identity.peerId) : undefined;
      if (key !== undefined) copies.push(...this.#control(reader, { k: "senderKey", key }));
    }
    const sealed = this.#senderKeys.seal(roomId, padded);
    if (sealed !== undefined) for (const to of ids) copies.push({ to, sealed });
    return copies;
  }

  #openForRoom(from: Correspondent, frame: Uint8Array, now: Millis): Opened {
    const keyId = keyIdOf(frame);
    const opened = this.#senderKeys.open(from.identity, frame);
    if (opened === "unknownKey") {
      if (this.#held.hold(from.identity.peerId, keyId, frame, now)) this.#ask(from, keyId, false);
      return { ok: true, plaintexts: [] };
    }
    if (opened === "unreadable") {
      if (this.#held.mayAsk(keyId, now)) this.#ask(from, keyId, true);
      return refused("unreadable");
    }
    const inner = unpad(opened.plaintext);
    return inner?.[0] === content.text ? { ok: true, plaintexts: [inner.subarray(1)] } : refused("malformed");
  }

  /** Texts that can be read now. */
  #told(from: Correspondent, control: SealingControl, now: Millis): Uint8Array[] {
    const { peerId } = from.identity;
    switch (control.k) {
      case "senderKey":
        this.#senderKeys.accept(peerId, control.key);
        return this.#held.take(peerId, control.key.keyId).flatMap((frame) => {
          const opened = this.#openForRoom(from, frame, now);
          return opened.ok ? opened.plaintexts : [];
        });
      case "senderKeyWanted": {
        const roomId = this.#senderKeys.roomOf(control.keyId, peerId);
        if (roomId === undefined) return [];
        if (control.isKnown) this.#rekey(roomId, now);
        else {
          const key = this.#senderKeys.handOut(roomId, peerId);
          if (key !== undefined) this.#posts.push(...this.#control(from, { k: "senderKey", key }));
        }
        return [];
      }
      case "renewed":
        return [];
    }
  }

  #ask(from: Correspondent, keyId: Uint8Array, isKnown: boolean): void {
    this.#posts.push(...this.#control(from, { k: "senderKeyWanted", keyId, isKnown }));
  }

  #control(to: Correspondent, control: SealingControl): SealedCopy[] {
    return this.#sealFor(to, pad(concatBytes(Uint8Array.of(content.control), encodeSealingControl(control))));
  }

  /** Somebody's frame opens in no session: a new one is offered, ever less often. */
  #renew(from: Correspondent, now: Millis): void {
    const { peerId } = from.identity;
    const last = this.#renewals.get(peerId);
    if (last !== undefined && now - last.at < last.pauseMs) return;
    if (this.#sessions.renew(from) === undefined) return;
    const isRecent = last !== undefined && now - last.at < 2 * renewMsMax;
    this.#renewals.delete(peerId);
    this.#renewals.set(peerId, { at: now, pauseMs: isRecent ? Math.min(2 * last.pauseMs, renewMsMax) : renewMsMin });
    for (const oldest of this.#renewals.keys()) {
      if (this.#renewals.size <= sessionPeersMax) break;
      this.#renewals.delete(oldest);
    }
    this.#posts.push(...this.#control(from, { k: "renewed" }));
  }

  #rekey(roomId: string, now: Millis): void {
    const last = this.#rekeyedAt.get(roomId);
    if (last !== undefined && now - last < rekeyAskedMs) return;
    this.#rekeyedAt.delete(roomId);
    this.#rekeyedAt.set(roomId, now);
    for (const oldest of this.#rekeyedAt.keys()) {
      if (this.#rekeyedAt.size <= sessionPeersMax) break;
      this.#rekeyedAt.delete(oldest);
    }
    this.#senderKeys.abandon(roomId);
  }
}

const refused = (failure: OpenFailure): Opened => ({ ok: false, failure });
