/** In a room whose past is not told whoever was there reads all of it, also what comes by way of somebody who was not. */
import { describe, expect, it } from "vitest";
import { type Citizen, Town } from "./rooms.town.ts";

/** Ann, Ben and Dan are in; Dan is away while Ann speaks and goes; then Ben invites `late`. */
function scene(late: string): { t: Town; ben: Citizen; dan: Citizen; newcomer: Citizen; roomId: string } {
  const t = new Town();
  const [ann, ben, dan, newcomer] = ["ann", "ben", "dan", late].map((name) => t.add(name)) as [Citizen, Citizen, Citizen, Citizen];
  t.linkAll();
  t.elect(ben);
  t.settle();
  const { roomId } = t.act(ann, ann.rooms.createRoom("cellar", "private", "", t.millis, "fromJoin"));
  for (const other of [ben, dan]) {
    t.act(ann, ann.rooms.invite(roomId, other.peerId, t.millis));
    t.settle();
    t.act(other, other.rooms.joinRoom(roomId, t.millis));
    t.settle();
  }
  t.unlinkAll(dan);
  t.say(ann, roomId, "first secret");
  t.run(50);
  t.say(ann, roomId, "second secret");
  t.settle();
  t.unlinkAll(ann);
  t.act(ben, ben.rooms.invite(roomId, newcomer.peerId, t.millis));
  t.settle();
  t.act(newcomer, newcomer.rooms.joinRoom(roomId, t.millis));
  t.settle();
  expect(newcomer.texts(roomId)).toEqual([]);
  return { t, ben, dan, newcomer, roomId };
}

const lates = ["cid", "eve", "fay", "gil", "hal", "ivo"];
const secrets = ["first secret", "second secret"];

describe("somebody who was there and comes back", () => {
  it.each(lates)("reads what they missed when all are here: %s", (late) => {
    const { t, ben, dan, newcomer, roomId } = scene(late);
    t.link(dan, newcomer);
    t.link(dan, ben);
    t.run(20_000);
    expect(dan.texts(roomId)).toEqual(secrets);
  });

  it.each(lates)("reads it as soon as somebody comes who can read it: %s", (late) => {
    const { t, ben, dan, newcomer, roomId } = scene(late);
    t.link(dan, newcomer);
    t.run(20_000);
    expect(dan.texts(roomId)).toEqual([]);
    t.link(dan, ben);
    t.run(20_000);
    expect(dan.texts(roomId)).toEqual(secrets);
    expect(newcomer.texts(roomId)).toEqual([]);
  });
});
