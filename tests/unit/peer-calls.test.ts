/** Every method of the API on a real peer, and every refusal it can give. */
import { beforeEach, describe, expect, it } from "vitest";
import { type ErrorCode, eventSchema, methods, type Params, type PeerMethodName } from "../../src/api/contract.ts";
import { VirtualLan, type VirtualPeer } from "../sim/virtual-lan.ts";

let lan: VirtualLan;
let ada: VirtualPeer;
let ben: VirtualPeer;
let cleo: VirtualPeer;

/** Ada is host, since she was there first and the others came to her. */
beforeEach(async () => {
  lan = new VirtualLan(21);
  [ada, ben, cleo] = ["Ada", "Ben", "Cleo"].map((name) => lan.join(name)) as [VirtualPeer, VirtualPeer, VirtualPeer];
  lan.pass(2_000);
  const { hostId } = await ada.call("host.get", {});
  const host = lan.peers.find((peer) => peer.identity.peerId === hostId)!;
  if (host !== ada) await host.call("host.handOff", { to: ada.identity.peerId });
  lan.pass(500);
});

const refusal = async <M extends PeerMethodName>(peer: VirtualPeer, method: M, params: Params<M>): Promise<string> => {
  const message = await peer.call(method, params).then(
    () => "accepted",
    (error: Error) => error.message,
  );
  return message.split(":")[0] ?? "";
};

describe("every method", () => {
  it("answers in the shape of the contract", async () => {
    const { roomId } = await ada.call("rooms.create", { name: "tea", visibility: "public", topic: "leaves" });
    lan.pass(500);
    const to = `@${ben.identity.peerId}`;
    const { messageId } = await ada.call("messages.send", { to: "#lobby", text: "first" });
    const { message } = await ada.call("messages.get", { messageId });
    const calls: { [M in PeerMethodName]: Params<M>[] } = {
      "session.get": [{}],
      "session.setName": [{ name: "Adele" }],
      "peers.list": [{}],
      "peers.connect": [{ address: `${ben.address.host}:${ben.address.port}` }],
      "host.get": [{}],
      "host.stats": [{}],
      "rooms.list": [{}],
      "rooms.create": [{ name: "quiet", visibility: "private" }],
      "rooms.join": [{ room: "#tea" }],
      "rooms.invite": [{ room: roomId, peer: ben.identity.peerId }],
      "rooms.members": [{ room: "#lobby" }],
      "settings.get": [{}],
      "settings.set": [{ readReceipts: false }, {}],
      "people.list": [{}],
      "people.safetyNumber": [{ peer: ben.identity.peerId }],
      "people.verify": [{ peer: ben.identity.peerId, verified: true }],
      "people.block": [{ peer: ben.identity.peerId, blocked: false }],
      "people.acceptKey": [{ peer: ben.identity.peerId }],
      "messages.send": [
        { to: "#lobby", text: "hello" },
        { to: roomId, text: "to the room" },
        { to, text: "to you", replyTo: "x" },
        { to: "#lobby", text: "in the thread", thread: messageId, alsoInRoom: true },
      ],
      "messages.get": [{ messageId }],
      "messages.forward": [{ messageId, to }],
      "drafts.set": [{ in: "#lobby", text: "half a tho", replyTo: messageId }],
      "drafts.list": [{}],
      "messages.star": [{ messageId, on: true }],
      "messages.starred": [{}],
      "messages.markUnread": [{ messageId }],
      "messages.schedule": [{ to: "#lobby", text: "later", at: message.sentAt + 3_600_000 }],
      "messages.scheduled": [{}],
      "messages.unschedule": [],
      "conversations.typing": [{ in: "#lobby" }],
      "conversations.setRetention": [{ in: to, keepMs: 86_400_000 }],
      "messages.edit": [{ messageId, text: "otherwise" }],
      "messages.react": [{ messageId, emoji: "👍", on: true }],
      "messages.pin": [{ messageId, on: true }],
      "messages.pinned": [{ in: "#lobby" }],
      "messages.history": [{ messageId }],
      "messages.delete": [{ messageId }],
      "messages.setTimer": [
        { in: to, afterMs: 60_000 },
        { in: "#tea", afterMs: null },
      ],
      "messages.list": [{ in: "#lobby" }, { in: to, limit: 1 }, { in: "#lobby", thread: messageId }],
      "messages.search": [{ query: "to  you" }, { query: "room", in: "#tea", limit: 1 }],
      "messages.markRead": [{ in: "#lobby" }],
      "rooms.leave": [{ room: "#tea" }],
      "host.handOff": [{ to: ben.identity.peerId }],
    };
    for (const [method, list] of Object.entries(calls) as [PeerMethodName, Params<PeerMethodName>[]][]) {
      for (const params of list) {
        expect(methods[method].params.safeParse(params).success).toBe(true);
        const result = await ada.call(method, params);
        expect(methods[method].result.safeParse(result), method).toMatchObject({ success: true });
      }
    }
    lan.pass(500);
    for (const peer of lan.peers) for (const event of peer.events) expect(eventSchema.safeParse(event)).toMatchObject({ success: true });
  });

  it("is answered exactly once, also while the peer stops", async () => {
    const answers = new Map<number, number>();
    const count = (call: number): void => void answers.set(call, (answers.get(call) ?? 0) + 1);
    void ada.driver.call("peers.connect", { address: "10.0.0.99:1" }).then(() => count(0));
    void ada.driver.call("host.handOff", { to: ben.identity.peerId }).then(() => count(1));
    void ada.driver.call("host.handOff", { to: cleo.identity.peerId }).then(() => count(2));
    ada.driver.enqueue({ type: "stopRequested" });
    lan.pass(10_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect([...answers]).toEqual(
      expect.arrayContaining([
        [0, 1],
        [1, 1],
        [2, 1],
      ]),
    );
    expect(ada.isStopped).toBe(true);
  });
});

describe("is refused:", () => {
  const away = "a".repeat(32);
  const cases: [what: string, code: ErrorCode, act: () => Promise<string>][] = [
    ["an address that is none", "addressInvalid", () => refusal(ada, "peers.connect", { address: "http://x/" })],
    ["one's own address", "addressInvalid", () => refusal(ada, "peers.connect", { address: "10.0.0.1:47474" })],
    [
      "a public room that keeps its past from newcomers",
      "invalidParams",
      () => refusal(ada, "rooms.create", { name: "open", visibility: "public", history: "fromJoin" }),
    ],
    ["a message that is nowhere", "unknownMessage", () => refusal(ada, "messages.pin", { messageId: "nowhere", on: true })],
    [
      "a correction of what somebody else said",
      "notYours",
      async () => {
        const { messageId } = await ben.call("messages.send", { to: "#lobby", text: "by Ben" });
        lan.pass(500);
        return refusal(ada, "messages.edit", { messageId, text: "by Ada" });
      },
    ],
    [
      "a sign under what was deleted",
      "deleted",
      async () => {
        const { messageId } = await ada.call("messages.send", { to: "#lobby", text: "gone" });
        await ada.call("messages.delete", { messageId });
        return refusal(ada, "messages.react", { messageId, emoji: "👍", on: true });
      },
    ],
    ["a time for what is said in the lobby", "lobbyPermanent", () => refusal(ada, "messages.setTimer", { in: "#lobby", afterMs: 60_000 })],
    ["an address where nobody is", "unreachable", () => refusal(ada, "peers.connect", { address: "10.0.0.99:47474" })],
    ["a hand-off by somebody who is not host", "notHost", () => refusal(ben, "host.handOff", { to: cleo.identity.peerId })],
    ["a hand-off to oneself", "handOffFailed", () => refusal(ada, "host.handOff", { to: ada.identity.peerId })],
    ["a hand-off to a stranger", "unknownPeer", () => refusal(ada, "host.handOff", { to: away })],
    [
      "a hand-off to somebody who is away",
      "peerAway",
      () => {
        lan.kill(ben);
        lan.pass(100);
        return refusal(ada, "host.handOff", { to: ben.identity.peerId });
      },
    ],
    [
      "a hand-off to somebody who does not answer",
      "handOffFailed",
      () => {
        lan.cutBetween([ada], [ben]);
        return refusal(ada, "host.handOff", { to: ben.identity.peerId });
      },
    ],
    [
      "a second hand-off beside the first",
      "busy",
      () => {
        lan.cutBetween([ada], [ben]);
        void ada.driver.call("host.handOff", { to: ben.identity.peerId });
        return refusal(ada, "host.handOff", { to: cleo.identity.peerId });
      },
    ],
    ["an unknown room", "unknownRoom", () => refusal(ada, "rooms.join", { room: "#nowhere" })],
    ["leaving the lobby", "lobbyPermanent", () => refusal(ada, "rooms.leave", { room: "#lobby" })],
    ["a room name with spaces", "nameInvalid", () => refusal(ada, "rooms.create", { name: "a b", visibility: "public" })],
    [
      "a room name that is taken",
      "nameTaken",
      async () => {
        await ada.call("rooms.create", { name: "tea", visibility: "public" });
        return refusal(ada, "rooms.create", { name: "tea", visibility: "public" });
      },
    ],
    [
      "speaking in a room one is not in",
      "notMember",
      async () => {
        await ben.call("rooms.create", { name: "tea", visibility: "public" });
        lan.pass(500);
        return refusal(ada, "messages.send", { to: "#tea", text: "hello" });
      },
    ],
    ["a message to a stranger", "unknownPeer", () => refusal(ada, "messages.send", { to: `@${away}`, text: "hello" })],
    ["a message to oneself", "unknownPeer", () => refusal(ada, "messages.send", { to: `@${ada.identity.peerId}`, text: "hello" })],
    ["too long a message", "textTooLong", () => refusal(ada, "messages.send", { to: "#lobby", text: "x".repeat(20_000) })],
    ["inviting a stranger", "unknownPeer", () => refusal(ada, "rooms.invite", { room: "#lobby", peer: away })],
  ];
  it.each(cases)("%s (%s)", async (_, code, act) => {
    expect(await act()).toBe(code);
  });
});

describe("the view", () => {
  it("hears that two names have become alike, of both who bear them", async () => {
    const clashes = (): Record<string, boolean> => {
      const last = new Map<string, boolean>();
      for (const event of cleo.events) if (event.event === "peerChanged") last.set(event.peer.peerId, event.peer.nameClash);
      return Object.fromEntries([ada, ben].map((peer) => [peer.name, last.get(peer.identity.peerId) ?? false]));
    };
    expect(clashes()).toEqual({ Ada: false, Ben: false });
    await ben.call("session.setName", { name: "ADA" });
    lan.pass(100);
    expect(clashes()).toEqual({ Ada: true, Ben: true });
    await ben.call("session.setName", { name: "Ben" });
    await cleo.call("session.setName", { name: "Ada" });
    lan.pass(100);
    expect(clashes()).toEqual({ Ada: true, Ben: false });
  });

  it("is told everything before the peer is said to have stopped", () => {
    const order: string[] = [];
    const lone = new VirtualLan(3);
    const one = lone.join("One");
    const two = lone.join("Two");
    lone.pass(1_000);
    lone.watch = (peer) => void (peer === one && order.push(one.isStopped ? "late" : "in time"));
    one.driver.enqueue({ type: "stopRequested" });
    lone.pass(1_000);
    expect(two.isAlive && one.isStopped).toBe(true);
    expect(order).not.toContain("late");
  });

  it("a profile that returns with its clock set back is called what it calls itself now", async () => {
    lan.kill(ben);
    lan.pass(1_000);
    const again = lan.join("Benjamin", { identity: ben.identity, address: ben.address, wallSkewMs: -3_600_000 });
    lan.pass(2_000);
    for (const peer of [ada, cleo]) {
      const { peers } = await peer.call("peers.list", {});
      expect(peers.find(({ peerId }) => peerId === again.identity.peerId)?.name).toBe("Benjamin");
    }
  });

  it("a profile that returns unnoticed gets back what it had said", async () => {
    await ben.say(`@${ada.identity.peerId}`, "before");
    lan.pass(500);
    // Cleo still vouches for Ben, having seen neither end nor beginning.
    lan.cutBetween([ben], [cleo]);
    lan.kill(ben);
    const again = lan.join("Ben", { identity: ben.identity, address: ben.address, wallSkewMs: 1 });
    lan.pass(3_000);
    expect(await again.texts(`@${ada.identity.peerId}`)).toEqual(["before"]);
  });
});
