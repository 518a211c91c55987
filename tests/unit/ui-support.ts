/** Views with everything a test does not care about filled in. */
import type { MessageView, PeerView, RoomView } from "../../src/api/contract.ts";

export function messageView(change: Partial<MessageView> & { readonly messageId: string }): MessageView {
  return {
    in: "lobby",
    from: "mara",
    fromName: "Mara",
    text: "hello",
    sentAt: 0,
    replyTo: null,
    state: "delivered",
    receivedBy: [],
    heldBy: 0,
    readBy: [],
    notHeld: null,
    readers: 0,
    mentionsYou: false,
    editedAt: null,
    deleted: false,
    reactions: [],
    pinned: null,
    thread: null,
    replies: 0,
    lastReplyAt: null,
    forwarded: null,
    starred: false,
    expiresAt: null,
    notice: null,
    ...change,
  };
}

export function peerView(peerId: string, name: string, change: Partial<PeerView> = {}): PeerView {
  return {
    peerId,
    name,
    online: true,
    link: "direct",
    via: null,
    address: null,
    linkedSince: null,
    isHost: false,
    verified: false,
    blocked: false,
    keyChange: null,
    nameClash: false,
    forked: false,
    timerMs: null,
    keepMs: null,
    unread: 0,
    lastMessageAt: null,
    ...change,
  };
}

export function roomView(roomId: string, change: Partial<RoomView> = {}): RoomView {
  return {
    roomId,
    name: roomId,
    topic: "",
    visibility: "public",
    history: "all",
    hasUntold: false,
    missing: 0,
    joined: true,
    invitedBy: null,
    memberCount: 1,
    timerMs: null,
    keepMs: null,
    unread: 0,
    mentioned: false,
    waitingFor: [],
    keyChanges: [],
    lastMessageAt: null,
    ...change,
  };
}
