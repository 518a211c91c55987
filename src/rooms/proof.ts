/**
 * What shows that somebody may be in a private room: the `invited` entries that lead from its creator to them and to whoever
 * tells them; and whom else these invited, so that two find each other there. They go with each invitation, since whoever wrote
 * them may be gone before anybody else has them.
 */
import type { PublicIdentity } from "../crypto/ports.ts";
import type { PeerId } from "../ids.ts";
import { invitedBesideMax, provenInvitesMax } from "./limits.ts";
import type { AuthorKeys } from "./payload.ts";
import type { Room } from "./room.ts";

export interface Proof {
  readonly authors: readonly AuthorKeys[];
  readonly events: readonly Uint8Array[];
}

/** Empty in a public room, and where an author's keys are not known any more. */
export function proofFor(room: Room, self: PeerId, peerId: PeerId, identityOf: (peerId: PeerId) => PublicIdentity | undefined): Proof {
  const { membership } = room;
  const toReceiver = membership.wayTo(peerId, provenInvitesMax);
  // Whoever offers what others invited to is one whom these may not have named.
  const way = [...new Set([...toReceiver, ...membership.wayTo(self, provenInvitesMax)])];
  const events = [...way, ...membership.invitedBeside(peerId, way, invitedBesideMax)];
  const authors = new Map<PeerId, AuthorKeys>();
  for (const { author } of way) {
    const identity = room.authorOf(author) ?? identityOf(author);
    if (identity === undefined) return { authors: [], events: [] };
    const { signKey, agreeKey, binding } = identity;
    authors.set(author, { signKey, agreeKey, binding });
  }
  return { authors: [...authors.values()], events: events.map(({ bytes }) => bytes) };
}
