/**
 * Invitations that the invited have not confirmed. Whoever invites sends the room's record until it is confirmed. The same
 * falls to another member where none of those who invited is reachable: so the invited can come in through anybody.
 */
import type { Millis, PeerId, RoomId } from "../ids.ts";
import type { Alarms } from "./alarms.ts";
import { Backoff, later } from "./backoff.ts";
import { offerDelayMs } from "./limits.ts";
import type { Room } from "./room.ts";

export class Invitation {
  readonly room: Room;
  readonly to: PeerId;
  readonly pause = new Backoff();
  /** On behalf of somebody who invited; as long as it falls to this peer. */
  readonly isOffer: boolean;
  constructor(room: Room, to: PeerId, isOffer: boolean) {
    this.room = room;
    this.to = to;
    this.isOffer = isOffer;
  }
}

export interface InvitationsPorts {
  readonly self: PeerId;
  readonly alarms: Pick<Alarms<Invitation>, "set">;
  isReachable(peerId: PeerId): boolean;
  send(to: PeerId, room: Room, record: Uint8Array): void;
}

export class Invitations {
  readonly #ports: InvitationsPorts;
  readonly #invitations = new Map<RoomId, Map<PeerId, Invitation>>();

  constructor(ports: InvitationsPorts) {
    this.#ports = ports;
  }

  invite(room: Room, peerId: PeerId, now: Millis): void {
    if (!this.#ports.isReachable(peerId)) return;
    const invitation = this.#begin(room, peerId, false);
    invitation.pause.begin(now);
    this.#send(invitation);
  }

  /** Where it falls to this peer to tell somebody of a room that others invited them to. */
  offer(room: Room, peerId: PeerId, now: Millis): void {
    if (!room.isJoined || room.isPublic || !room.membership.isAwaited(peerId) || !this.#ports.isReachable(peerId)) return;
    if (this.#invitations.get(room.roomId)?.has(peerId) === true) return;
    this.#ports.alarms.set(this.#begin(room, peerId, true), later(now, offerDelayMs));
  }

  /** This peer has come in, or a member is gone: what fell to others may fall to this peer now. */
  offerAll(room: Room, now: Millis): void {
    if (room.isJoined && !room.isPublic) for (const awaited of room.membership.awaited()) this.offer(room, awaited, now);
  }

  confirm(room: Room, peerId: PeerId): void {
    const ofRoom = this.#invitations.get(room.roomId);
    const invitation = ofRoom?.get(peerId);
    if (invitation === undefined) return;
    this.#ports.alarms.set(invitation, undefined);
    ofRoom?.delete(peerId);
    if (ofRoom?.size === 0) this.#invitations.delete(room.roomId);
  }

  peerUnreachable(peerId: PeerId): void {
    for (const ofRoom of [...this.#invitations.values()]) {
      const invitation = ofRoom.get(peerId);
      if (invitation !== undefined) this.confirm(invitation.room, peerId);
    }
  }

  /** Of whom. */
  forgetRoom(room: Room): PeerId[] {
    const invited = [...(this.#invitations.get(room.roomId)?.keys() ?? [])];
    for (const peerId of invited) this.confirm(room, peerId);
    return invited;
  }

  wake(invitation: Invitation, now: Millis): void {
    const { room, to, pause, isOffer } = invitation;
    if (isOffer && !(room.isJoined && room.membership.isAwaited(to) && this.#fallsToSelf(room, to))) {
      this.confirm(room, to);
      return;
    }
    if (pause.at === undefined) pause.begin(now);
    else if (!pause.take(now)) return;
    this.#send(invitation);
  }

  #begin(room: Room, peerId: PeerId, isOffer: boolean): Invitation {
    this.confirm(room, peerId);
    const invitation = new Invitation(room, peerId, isOffer);
    const ofRoom = this.#invitations.get(room.roomId) ?? new Map<PeerId, Invitation>();
    this.#invitations.set(room.roomId, ofRoom.set(peerId, invitation));
    return invitation;
  }

  /** First to those who invited, then to the member with the smallest id. */
  #fallsToSelf({ membership }: Room, peerId: PeerId): boolean {
    const isHere = (member: PeerId): boolean => member === this.#ports.self || this.#ports.isReachable(member);
    const inviter = membership.invitersOf(peerId).find((member) => membership.isMember(member) && isHere(member));
    return (inviter ?? membership.members().find(isHere)) === this.#ports.self;
  }

  #send(invitation: Invitation): void {
    const { room, to } = invitation;
    if (room.record !== undefined) this.#ports.send(to, room, room.record.bytes);
    this.#ports.alarms.set(invitation, invitation.pause.at);
  }
}
