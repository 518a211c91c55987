/** Other people, as this person has decided: the API's `people.*`, and what follows for who may be written to and greeted. */
import type { LogEntry, Params } from "../api/contract.ts";
import { isSameCode, SafetyNumbers } from "../crypto/index.ts";
import type { PublicIdentity } from "../crypto/ports.ts";
import type { Millis, PeerId } from "../ids.ts";
import type { KnownPeer } from "../mesh/index.ts";
import { refuse } from "./call-acts.ts";
import { Contacts } from "./contacts.ts";
import type { ApiOutcome } from "./effect.ts";
import { keyChangesMax, keyChangeWarningRestMs, linkFailuresToldMax } from "./limits.ts";

export interface PeopleParts {
  readonly self: PublicIdentity;
  readonly wallNow: () => Millis;
  known(peerId: PeerId): KnownPeer | undefined;
  /** They are to be shown anew. */
  changed(peerId: PeerId): void;
}

export interface Note {
  readonly kind: LogEntry["kind"];
  readonly text: string;
}

export type PeopleMethod = "people.safetyNumber" | "people.verify" | "people.block" | "people.acceptKey";

export class People {
  readonly contacts: Contacts;
  readonly #parts: PeopleParts;
  readonly #safetyNumbers: SafetyNumbers;
  /** When it was last said of somebody that their key is new; said longest ago first. */
  readonly #warned = new Map<PeerId, Millis>();
  /** Of whom it was said that they can't be reached directly, since they were last here. */
  readonly #outOfReach = new Set<PeerId>();

  /** @param kept records of the table "contacts" */
  constructor(parts: PeopleParts, kept: Iterable<readonly [string, Uint8Array]>) {
    this.#parts = parts;
    this.contacts = new Contacts(parts.wallNow, kept);
    this.#safetyNumbers = new SafetyNumbers(parts.self);
  }

  /** Whether anything may be sent to them; else why not. */
  barred(peerId: PeerId): "blocked" | "keyChanged" | undefined {
    if (this.contacts.of(peerId).isBlocked) return "blocked";
    return this.hasNewKey(peerId) ? "keyChanged" : undefined;
  }

  hasNewKey(peerId: PeerId): boolean {
    const name = this.#parts.known(peerId)?.card.name;
    return name !== undefined && this.contacts.keyChange(peerId, name) !== undefined;
  }

  /** Who talks with us directly, or is in a private room with us, is known by their name from then on. */
  meet(peerIds: Iterable<PeerId>): void {
    for (const peerId of peerIds) {
      const name = this.#parts.known(peerId)?.card.name;
      if (name !== undefined && peerId !== this.#parts.self.peerId) this.contacts.meet(peerId, name);
    }
  }

  /** What is noted when they come; nothing of somebody blocked. */
  greeting(peerId: PeerId, name: string, now: Millis): Note | undefined {
    this.#outOfReach.delete(peerId);
    if (this.contacts.of(peerId).isBlocked) return undefined;
    return this.hasNewKey(peerId) ? this.warning(peerId, now) : { kind: "joined", text: `${name} is here` };
  }

  /** Of their going; nothing of somebody blocked. */
  parting(peerId: PeerId, name: string, saidGoodbye: boolean): Note | undefined {
    if (this.contacts.of(peerId).isBlocked) return undefined;
    return saidGoodbye ? { kind: "left", text: `${name} left` } : { kind: "lost", text: `The connection to ${name} was lost` };
  }

  /** Once, until they come. */
  outOfReach(peerId: PeerId, name: string): Note | undefined {
    if (this.#outOfReach.has(peerId)) return undefined;
    if (this.#outOfReach.size >= linkFailuresToldMax) this.#outOfReach.clear();
    this.#outOfReach.add(peerId);
    return this.contacts.of(peerId).isBlocked ? undefined : { kind: "linkFailed", text: `${name} can't be reached directly` };
  }

  /** That they bear the name of somebody known, be it that they came or took it: not again and again, however often they do. */
  warning(peerId: PeerId, now: Millis): Note | undefined {
    const name = this.#parts.known(peerId)?.card.name;
    const contact = this.contacts.of(peerId);
    const change = name === undefined || contact.isBlocked ? undefined : this.contacts.keyChange(peerId, name);
    if (name === undefined || change === undefined) return undefined;
    const warnedAt = this.#warned.get(peerId);
    if (warnedAt !== undefined && now < warnedAt + keyChangeWarningRestMs) return undefined;
    this.#warned.delete(peerId);
    this.#warned.set(peerId, now);
    for (const oldest of this.#warned.keys()) {
      if (this.#warned.size <= keyChangesMax) break;
      this.#warned.delete(oldest);
    }
    const text = change.wasVerified
      ? `Somebody called ${name} is here who is not the ${name} you have verified: the key is another. Ask in person before you write`
      : `Somebody called ${name} is here, with another key than the ${name} you know`;
    return { kind: "keyChanged", text };
  }

  answer(method: PeopleMethod, params: unknown): ApiOutcome {
    const peerId = (params as { readonly peer: PeerId }).peer;
    if (peerId === this.#parts.self.peerId) return refuse("unknownPeer", "That is you.");
    const known = this.#parts.known(peerId);
    if (known === undefined && this.#takesBack(method, params, peerId)) return { ok: true, result: {} };
    if (known === undefined) return refuse("unknownPeer", "Nobody here has this id. `peers.list` shows who is known.");
    const { name } = known.card;
    switch (method) {
      case "people.safetyNumber": {
        const { digits, code } = this.#safetyNumbers.with(known.identity);
        return { ok: true, result: { digits, qr: code } };
      }
      case "people.verify": {
        const { verified, scanned } = params as Params<"people.verify">;
        if (verified && scanned !== undefined && !isSameCode(scanned, this.#safetyNumbers.with(known.identity).code)) {
          return refuse(
            "safetyNumberDiffers",
            `This is not the code of you and ${name}. Compare again; if it differs, somebody may sit between you.`,
          );
        }
        this.contacts.verify(peerId, name, verified);
        break;
      }
      case "people.block":
        this.contacts.block(peerId, (params as Params<"people.block">).blocked, name);
        break;
      case "people.acceptKey":
        this.contacts.accept(peerId, name);
        break;
    }
    this.#parts.changed(peerId);
    return { ok: true, result: {} };
  }

  /** What was decided about somebody in an earlier session holds, or is taken back, whether they are here or not. */
  #takesBack(method: PeopleMethod, params: unknown, peerId: PeerId): boolean {
    if (method !== "people.block" || !this.contacts.has(peerId)) return false;
    this.contacts.block(peerId, (params as Params<"people.block">).blocked);
    this.#parts.changed(peerId);
    return true;
  }
}
