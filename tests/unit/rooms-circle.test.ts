/** The small parts of a crowd: the circle of ids, slices of logs and their digests, and who is a partner of whom. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogId, Millis, PeerId } from "../../src/ids.ts";
import { Circle } from "../../src/rooms/circle.ts";
import { Crowd, type CrowdPorts } from "../../src/rooms/crowd.ts";
import { signEvent } from "../../src/rooms/event.ts";
import { noKeeper } from "../../src/rooms/keeping.ts";
import { logsPerSliceMax } from "../../src/rooms/limits.ts";
import { Logs } from "../../src/rooms/logs.ts";
import { lobbyId } from "../../src/rooms/names.ts";
import { Room } from "../../src/rooms/room.ts";
import { allSlices, sliceOf } from "../../src/rooms/slices.ts";
import { type Citizen, calm, person, signatures, Town } from "./rooms.town.ts";

const id = fc.string({ unit: fc.constantFrom(..."abz27"), minLength: 1, maxLength: 2 }).map((text) => text as PeerId);

it("a circle is a sorted set whose end meets its beginning", () => {
  fc.assert(
    fc.property(fc.array(id), fc.array(id), id, fc.nat({ max: 5 }), (added, removed, place, count) => {
      const circle = new Circle(added.slice(0, 2).filter((peer, i) => added.indexOf(peer) === i));
      const naive = new Set(added.slice(0, 2));
      for (const peer of added) expect(circle.add(peer)).toBe(!naive.has(peer) && naive.add(peer).has(peer));
      for (const peer of removed) expect(circle.delete(peer)).toBe(naive.delete(peer));
      const sorted = [...naive].sort();
      expect([...circle]).toEqual(sorted);
      expect(circle.has(place)).toBe(naive.has(place));
      const others = sorted.filter((peer) => peer !== place);
      const after = [...others.filter((peer) => peer > place), ...others.filter((peer) => peer < place)];
      expect(circle.after(place, count)).toEqual(after.slice(0, count));
      expect(circle.before(place, count)).toEqual(after.reverse().slice(0, count));
    }),
  );
});

describe("slices", () => {
  const logId = "00112233aabbccdd" as LogId;
  const write = (logs: Logs, name: string, count: number): void => {
    const by = person(name);
    const log = logs.open(by.self, logId);
    for (let i = 0; i < count; i++) {
      const place = { roomId: lobbyId, author: by.self.peerId, logId, seq: log.seq + 1, prev: log.head, clock: i, at: 0 as Millis };
      const event = signEvent(signatures, by.signSeed, { ...place, body: { kind: "message", text: `${i}` } });
      log.append(event, 0 as Millis, true, undefined);
      logs.touch(log);
    }
  };

  it("differ where logs do, and nowhere else, in whatever order entries came", () => {
    const [one, other] = [new Logs(), new Logs()];
    const names = Array.from({ length: 20 }, (_, i) => `author ${i}`);
    for (const name of names) write(one, name, 2);
    for (const name of [...names].reverse()) write(other, name, 2);
    expect(one.slices.differing(other.slices.bytes())).toBe(0);
    write(one, "author 3", 1);
    const slice = sliceOf(person("author 3").self.peerId);
    expect(one.slices.differing(other.slices.bytes())).toBe(1 << slice);
    expect(new Logs().slices.isEmpty).toBe(true);
    expect(one.slices.isEmpty).toBe(false);
  });

  it("hold every log once, in groups that fit into payloads", () => {
    const logs = new Logs();
    const binding = new Uint8Array(64);
    for (let i = 0; i < 2_000; i++) {
      const peerId = `${"abcdefghijklmnopqrstuvwxyz234567"[i % 32]}${String(i).padStart(31, "a")}` as PeerId;
      logs.open({ peerId, signKey: binding, agreeKey: binding, binding }, logId);
    }
    const groups = logs.slices.grouped(allSlices);
    expect(groups.flatMap((group) => group.logs)).toHaveLength(2_000);
    expect(groups.reduce((mask, group) => mask + group.mask, 0)).toBe(allSlices);
    for (const group of groups) expect(group.logs.length).toBeLessThanOrEqual(logsPerSliceMax);
    for (const group of groups) for (const log of group.logs) expect(group.mask & (1 << sliceOf(log.author.peerId))).not.toBe(0);
  });
});

describe("partners", () => {
  const around = (name: string, others: readonly string[], linked: readonly string[]): { crowd: Crowd; compared: PeerId[] } => {
    const { ports } = new Town().add(name);
    const compared: PeerId[] = [];
    const crowdPorts: CrowdPorts = {
      self: ports.self.peerId,
      bounds: { crowdMin: 4, receiptsMembersMax: 8 },
      linked: new Set(linked.map((other) => person(other).self.peerId)),
      random: () => 0.5,
      compare: (_room, to) => compared.push(to),
      catchUp: () => undefined,
      open: () => undefined,
      askGap: () => undefined,
    };
    const crowd = new Crowd(crowdPorts, new Room(ports, lobbyId, undefined, noKeeper));
    crowd.gather(
      others.map((other) => person(other).self.peerId),
      0 as Millis,
    );
    return { crowd, compared };
  };
  const names = Array.from({ length: 30 }, (_, i) => `p${i}`);

  it("are those one is linked to, and three more; each knows whose partner it is", () => {
    for (const name of names) {
      const others = names.filter((other) => other !== name);
      const linked = others.slice(0, 4);
      const { crowd } = around(name, others, linked);
      expect(crowd.isCrowded).toBe(true);
      for (const other of linked) expect(crowd.partners).toContain(person(other).self.peerId);
      expect(crowd.partners.length).toBeLessThanOrEqual(7);
      for (const partner of around(name, others, []).crowd.partners) {
        const other = others.find((one) => person(one).self.peerId === partner) as string;
        const back = around(
          other,
          names.filter((one) => one !== other),
          [],
        );
        expect(back.crowd.isPartnerOf(person(name).self.peerId)).toBe(true);
      }
    }
  });

  it("connect everybody, by the circle alone and by links alone", () => {
    for (const seed of [1, 2, 3]) {
      const t = new Town(seed, { crowdMin: 0, receiptsMembersMax: 0 });
      const people = names.slice(0, 12).map((name) => t.add(name));
      // No two reach each other but those that are linked: the circle has nobody else.
      const reach = (a: number, b: number): void => {
        t.link(people[a] as Citizen, people[b] as Citizen);
        t.wire(people[a] as Citizen, people[b] as Citizen);
      };
      for (let i = 1; i < people.length; i++) reach(Math.floor(t.random() * i), i);
      t.run(5_000);
      t.weather = { ...calm, loss: 0.3, broadcastLoss: 1 };
      t.say(people[0] as Citizen, "lobby", "one");
      // A hop takes three that arrive of every third that is lost, half a minute apart and less often after some in vain.
      t.run(3_600_000);
      for (const citizen of people) expect(citizen.texts("lobby")).toEqual(["one"]);
    }
  });
});
