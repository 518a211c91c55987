import fc from "fast-check";
import { expect, it } from "vitest";
import { directRoomId } from "../../src/rooms/index.ts";
import { type Citizen, calm, Town } from "./rooms.town.ts";

const names = ["ann", "ben", "cid", "dan", "eve"];
/** More by hand: ROOMS_RUNS=5000. A failure prints seed and path, which repeat it. */
const runs = Number(process.env["ROOMS_RUNS"] ?? 100);
const who = fc.nat({ max: names.length - 1 });

type Act =
  | { readonly type: "say"; readonly who: number; readonly where: number }
  | { readonly type: "direct"; readonly who: number; readonly other: number }
  | { readonly type: "join" | "leave"; readonly who: number; readonly where: number }
  | { readonly type: "invite"; readonly who: number; readonly other: number; readonly where: number }
  | { readonly type: "link" | "unlink"; readonly who: number; readonly other: number }
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
  { weight: 1, arbitrary: fc.record({ type: fc.constant("elect" as const), who }) },
  { weight: 8, arbitrary: fc.record({ type: fc.constant("wait" as const), ms: fc.nat({ max: 4_000 }) }) },
);

const weather = fc.record({
  loss: fc.constantFrom(0, 0.1, 0.4),
  doubling: fc.constantFrom(0, 0.2),
  delayMsMax: fc.constantFrom(1, 40, 900),
});

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

it(
  "brings everybody to one history, whatever happened on the way",
  () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), weather, fc.nat(), (acts, sky, seed) => {
        const town = new Town(seed);
        const citizens = names.map((name, i) => town.add(name, (i - 2) * 2_000));
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
            const said = me.rooms.sendMessage(roomId as never, `${me.name} ${town.now}`, undefined, town.millis);
            if (said.ok) note(roomId, town.act(me, said).messageId);
          } else if (step.type === "join" || step.type === "leave") {
            const done =
              step.type === "join" ? me.rooms.joinRoom(roomId as never, town.millis) : me.rooms.leaveRoom(roomId as never, town.millis);
            if (done.ok) town.act(me, done);
          } else if ("other" in step && step.who !== step.other) {
            const other = at(step.other);
            if (step.type === "link") town.link(me, other);
            if (step.type === "unlink") town.unlink(me, other);
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
        town.settle(180_000);

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
              expect(message.state).toBe("delivered");
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
