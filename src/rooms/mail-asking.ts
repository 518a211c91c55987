/** Mail that others have offered and that is not here yet: who is asked for which piece, a window at a time, one of them after the other. */
import type { Millis, PeerId } from "../ids.ts";
import { earliest, later } from "./backoff.ts";
import { mailOffersMax, mailRetryMsMax, mailRetryMsMin, mailWindowBytes } from "./limits.ts";
import type { MailId } from "./mail-frames.ts";

interface Offer {
  readonly bytes: number;
  /** Who has it; the first is asked next. */
  readonly from: PeerId[];
  /** Whom we have asked, and until when it has time. */
  asked: { readonly of: PeerId; readonly until: Millis } | undefined;
  pauseMs: number;
}

export class MailAsking {
  readonly #offers = new Map<MailId, Offer>();

  offered(from: PeerId, id: MailId, bytes: number): void {
    const known = this.#offers.get(id);
    if (known !== undefined) {
      if (!known.from.includes(from)) known.from.push(from);
    } else if (this.#offers.size < mailOffersMax) {
      this.#offers.set(id, { bytes, from: [from], asked: undefined, pauseMs: mailRetryMsMin });
    }
  }

  /** It is here, or not wanted any more. Answers who had offered it. */
  settled(id: MailId): PeerId[] {
    const offer = this.#offers.get(id);
    this.#offers.delete(id);
    return offer?.from ?? [];
  }

  unreachable(peerId: PeerId): void {
    for (const [id, offer] of this.#offers) {
      const at = offer.from.indexOf(peerId);
      if (at >= 0) offer.from.splice(at, 1);
      if (offer.asked?.of === peerId) offer.asked = undefined;
      if (offer.from.length === 0) this.#offers.delete(id);
    }
  }

  nextAt(): Millis | undefined {
    return earliest(...[...this.#offers.values()].map(({ asked }) => asked?.until));
  }

  /** Whom to ask for what, now. */
  take(now: Millis): Map<PeerId, MailId[]> {
    const underWay = new Map<PeerId, number>();
    for (const offer of this.#offers.values()) {
      if (offer.asked !== undefined && offer.asked.until <= now) {
        // It was silent: another has its turn, if there is one.
        offer.from.push(...offer.from.splice(0, 1));
        offer.pauseMs = Math.min(2 * offer.pauseMs, mailRetryMsMax);
        offer.asked = undefined;
      }
      if (offer.asked !== undefined) underWay.set(offer.asked.of, (underWay.get(offer.asked.of) ?? 0) + offer.bytes);
    }
    const asks = new Map<PeerId, MailId[]>();
    for (const [id, offer] of this.#offers) {
      const [of] = offer.from;
      if (of === undefined || offer.asked !== undefined) continue;
      const bytes = (underWay.get(of) ?? 0) + offer.bytes;
      if (bytes > mailWindowBytes) continue;
      underWay.set(of, bytes);
      offer.asked = { of, until: later(now, offer.pauseMs) };
      asks.set(of, [...(asks.get(of) ?? []), id]);
    }
    return asks;
  }
}
