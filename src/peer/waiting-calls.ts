/** API calls that are answered when the mesh has settled: each once. */
import type { PeerId, RequestId } from "../ids.ts";
import { refuse } from "./call-acts.ts";
import type { ApiOutcome, Effect } from "./effect.ts";

export class WaitingCalls {
  readonly #connects = new Map<number, RequestId>();
  #handOff: RequestId | undefined;

  connecting(ticket: number, requestId: RequestId): void {
    this.#connects.set(ticket, requestId);
  }

  /** `peerId`: who answered there, if anybody. */
  connectSettled(ticket: number, peerId: PeerId | undefined, self: PeerId, isForeign: boolean): Effect[] {
    const requestId = this.#connects.get(ticket);
    this.#connects.delete(ticket);
    if (requestId === undefined) return [];
    if (peerId === self) return replied(requestId, refuse("addressInvalid", "This address is your own."));
    if (peerId !== undefined) return replied(requestId, { ok: true, result: { peerId } });
    const message = isForeign
      ? "Somebody answered there, but not on this network. Compare the network's name and key on both machines."
      : "Nobody answered there. Is Earshot running on that machine, and does its firewall let it be reached?";
    return replied(requestId, refuse("unreachable", message));
  }

  /** Where another hand-off is under way, this one is refused. */
  handingOff(requestId: RequestId): Effect[] | undefined {
    if (this.#handOff !== undefined) return replied(requestId, refuse("busy", "A hand-off is under way. Wait for it to end."));
    this.#handOff = requestId;
    return undefined;
  }

  handOffSettled(ok: boolean, host: { readonly hostId: PeerId; readonly term: number }): Effect[] {
    const requestId = this.#handOff;
    this.#handOff = undefined;
    if (requestId === undefined) return [];
    if (ok) return replied(requestId, { ok: true, result: { hostId: host.hostId, term: host.term } });
    const message = "That person's Earshot did not take over. You keep the room list; try again or choose somebody else.";
    return replied(requestId, refuse("handOffFailed", message));
  }
}

const replied = (requestId: RequestId, outcome: ApiOutcome): Effect[] => [{ type: "replied", requestId, outcome }];
