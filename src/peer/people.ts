/** Other people, as this person has decided: the API's `people.*`, and what follows for who may be written to and greeted. */
import type { LogEntry, Params } from "../api/contract.ts";
import { isSameCode, SafetyNumbers } from "../crypto/index.ts";
import type { PublicIdentity } from "../crypto/ports.ts";
import type { Millis, PeerId } from "../ids.ts";
import type { KnownPeer } from "../mesh/index.ts";
import { refuse } from "./calls.ts";
import { Contacts } from "./contacts.ts";
import type { ApiOutcome } from "./effect.ts";

export interface PeopleParts {
  readonly self: PublicIdentity;
  readonly wallNow: () => Millis;
  known(peerId: PeerId): KnownPeer | undefined;
  /** They are to be shown anew. */
  changed(peerId: PeerId): void;
}

export type PeopleMethod = "people.safetyNumber" | "people.verify" | "people.block" | "people.acceptKey";

export class People {
  readonly contacts: Contacts;
  readonly #parts: PeopleParts;
  readonly #safetyNumbers: SafetyNumbers;

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
  greeting(peerId: PeerId, name: string): { readonly kind: LogEntry["kind"]; readonly text: string } | undefined {
    if (this.contacts.of(peerId).isBlocked) return undefined;
    if (!this.hasNewKey(peerId)) return { kind: "joined", text: `${name} is here` };
    return { kind: "keyChanged", text: `Somebody called ${name} is here, with another key than the ${name} you know` };
  }

  answer(method: PeopleMethod, params: unknown): ApiOutcome {
    const peerId = (params as { readonly peer: PeerId }).peer;
    if (peerId === this.#parts.self.peerId) return refuse("unknownPeer", "That is you.");
    const known = this.#parts.known(peerId);
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
        this.contacts.block(peerId, (params as Params<"people.block">).blocked);
        break;
      case "people.acceptKey":
        this.contacts.accept(peerId, name);
        break;
    }
    this.#parts.changed(peerId);
    return { ok: true, result: {} };
  }
}
