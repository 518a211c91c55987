import fc from "fast-check";
import { expect, it } from "vitest";
import type { CrowdBounds } from "../../src/rooms/crowd.ts";
import { directRoomId } from "../../src/rooms/index.ts";
import { type Citizen, calm, Town } from "./rooms.town.ts";

const names = ["ann", "ben", "cid", "dan", "eve", "fay", "gus", "hal"];
/** More by hand: ROOMS_RUNS=5000. A failure prints seed and path, which repeat it. */
const runs = Number(process.env["ROOMS_RUNS"] ?? 100);
const who = fc.nat({ max: names.length - 1 });

type Act =
  | { readonly type: "say"; readonly who: number; readonly where: number }
  | { readonly type: "direct"; readonly who: number; readonly other: number }
  | { readonly type: "join" | "leave"; readonly who: number; readonly where: number }
  | { readonly type: "invite"; readonly who: number; readonly other: number; readonly where: number }
  | { readonly type: "link" | "unlink" | "wire" | "unwire"; readonly who: number; readonly other: number }
  | { readonly type: "elect"; readonly who: number }
  | { readonly type: "wait"; readonly ms: number };

const where = fc.nat({ max: 3 });
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ type: fc.constant("say" as const), who, where }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("direct" as const), who, other: who }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("join" as const), who, where }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("leave" as const), who, where }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("invite" as const), who, other: who, where }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("unlink" as const), who, other: who }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("link" as const), who, other: who }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom("wire" as const, "unwire" as const), who, other: who }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("elect" as const), who }) },
  { weight: 8, arbitrary: fc.record({ type: fc.constant("wait" as const), ms: fc.nat({ max: 4_000 }) }) },
);

const weather = fc.record({
  loss: fc.constantFrom(0, 0.1, 0.4),
  doubling: fc.constantFrom(0, 0.2),
  delayMsMax: fc.constantFrom(1, 40, 900),
  broadcastLoss: fc.constantFrom(0, 0.3, 1),
});

/** Every room calm; every room crowded, with and without everybody's acknowledgement; and rooms that are now this, now that. */
const sizes: readonly (readonly [name: string, bounds: CrowdBounds | undefined])[] = [
  ["everybody keeps up with everybody", undefined],
  ["rooms are crowded", { crowdMin: 0, receiptsMembersMax: 64 }],
  ["rooms are crowded, and only partners acknowledge", { crowdMin: 0, receiptsMembersMax: 0 }],
  ["rooms become crowded and calm again", { crowdMin: 2, receiptsMembersMax: 64 }],
  ["rooms become crowded and calm again, and only partners acknowledge", { crowdMin: 2, receiptsMembersMax: 2 }],
];

/** What must hold at every moment: nobody sees anything twice, and each author's messages in their order. */
function checkOrder(citizen: Citizen, roomId: string): void {
  const newest = new Map<string, number>();
  const seen = new Set<string>();
  for (const { messageId, author } of citizen.messages(roomId)) {
    expect(seen.has(messageId)).toBe(false);
    seen.add(messageId);
    const slash = messageId.lastIndexOf("/");
    const log = messageId.slice(0, slash);
    const seq = Number(messageId.slice(slash + 1));
    expect(log.startsWith(author)).toBe(true);
    expect(seq).toBeGreaterThan(newest.get(log) ?? 0);
    newest.set(log, seq);
  }
}

it.each(sizes)(
  "brings everybody to one history, whatever happened on the way: %s",
  (_, bounds) => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), weather, fc.nat(), (acts, sky, seed) => {
        const town = new Town(seed, bounds);
        const citizens = names.map((name, i) => town.add(name, (i - 3) * 1_500));
        const at = (index: number): Citizen => citizens[index] as Citizen;
        const rooms: string[] = ["lobby"];
        const sent = new Map<string, Set<string>>();
        const note = (roomId: string, messageId: string): void => {
          sent.set(roomId, (sent.get(roomId) ?? new Set()).add(messageId));
        };
        town.linkAll();
        town.elect(at(0));
        rooms.push(town.act(at(0), at(0).rooms.createRoom("open", "public", "", town.millis)).roomId);
        rooms.push(town.act(at(1), at(1).rooms.createRoom("closed", "private", "", town.millis)).roomId);
        rooms.push(town.act(at(2), at(2).rooms.createRoom("other", "public", "", town.millis)).roomId);
        town.run(200);
        town.weather = sky;
        town.watch = (_, to) => {
          for (const roomId of rooms) checkOrder(to, roomId);
        };
        let host = at(0);
        for (const step of acts) {
          const roomId = "where" in step ? (rooms[step.where] ?? "lobby") : "lobby";
          const me = "who" in step ? at(step.who) : undefined;
          if (step.type === "wait") town.run(step.ms);
          else if (step.type === "elect") {
            host = at(step.who);
            town.elect(host);
          } else if (me === undefined) continue;
          else if (step.type === "say") {
            const said = me.rooms.sendMessage(roomId as never, { text: `${me.name} ${town.now}` }, town.millis);
            if (said.ok) note(roomId, town.act(me, said).messageId);
          } else if (step.type === "join" || step.type === "leave") {
            const done =
              step.type === "join" ? me.rooms.joinRoom(roomId as never, town.millis) : me.rooms.leaveRoom(roomId as never, town.millis);
            if (done.ok) town.act(me, done);
          } else if ("other" in step && step.who !== step.other) {
            const other = at(step.other);
            if (step.type === "link") town.link(me, other);
            if (step.type === "unlink") town.unlink(me, other);
            if (step.type === "wire" || step.type === "unwire") town.wire(me, other, step.type === "wire");
            if (step.type === "invite") {
              const invited = me.rooms.invite(roomId as never, other.peerId, town.millis);
              if (invited.ok) town.act(me, invited);
            }
            if (step.type === "direct") {
              const pair = directRoomId(me.peerId, other.peerId);
              note(pair, town.say(me, pair, `${me.name} ${town.now}`));
            }
          }
        }
        town.weather = calm;
        town.linkAll();
        for (const citizen of citizens) town.take(citizen, citizen.rooms.hostChanged(host.peerId, citizen === host, town.millis));
        // A crowd never rests, but it has compared itself with a partner again and again by then.
        if (bounds === undefined) town.settle(180_000);
        else town.run(300_000);

        for (const roomId of [...rooms, ...sent.keys()]) {
          const pairOnly = roomId.startsWith("@");
          const members = citizens.filter((citizen) =>
            pairOnly
              ? roomId.includes(citizen.peerId)
              : citizen.rooms.members(roomId as never).includes(citizen.peerId) && citizen.rooms.room(roomId as never)?.joined,
          );
          const first = members[0];
          if (first === undefined) continue;
          const shown = first.messages(roomId).map((message) => message.messageId);
          for (const member of members) {
            checkOrder(member, roomId);
            expect(member.messages(roomId).map((message) => message.messageId)).toEqual(shown);
            expect(member.rooms.members(roomId as never)).toEqual(first.rooms.members(roomId as never));
            for (const message of member.messages(roomId)) {
              if (message.author !== member.peerId || members.length < 2) continue;
              if (bounds === undefined || bounds.receiptsMembersMax >= names.length) expect(message.state).toBe("delivered");
              for (const peerId of message.receivedBy) {
                const receiver = citizens.find((citizen) => citizen.peerId === peerId) as Citizen;
                if (members.includes(receiver)) expect(receiver.rooms.message(message.messageId)).toBeDefined();
              }
            }
          }
          if (roomId === "lobby" || pairOnly) expect(new Set(shown)).toEqual(sent.get(roomId) ?? new Set());
        }
        const lists = citizens.map((citizen) =>
          citizen.rooms
            .listRooms()
            .filter((room) => room.visibility === "public")
            .map((room) => room.roomId)
            .sort(),
        );
        for (const list of lists) expect(list).toEqual(lists[0]);
      }),
      { numRuns: runs, interruptAfterTimeLimit: runs * 500 },
    );
  },
  runs * 1_000,
);
