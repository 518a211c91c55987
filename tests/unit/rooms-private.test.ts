import { describe, expect, it } from "vitest";
import { decodePayload } from "../../src/rooms/payload.ts";
import { type Citizen, three, town } from "./rooms.town.ts";

describe("private rooms", () => {
  it("exist for nobody but members and the invited", () => {
    const { t, ann, ben, cid } = three();
    let toCid = 0;
    const { roomId } = t.act(ann, ann.rooms.createRoom("plot", "private", "", t.millis));
    t.settle();
    t.watch = (_, to) => {
      if (to === cid) toCid++;
    };
    expect(ben.rooms.room(roomId)).toBeUndefined();
    expect(ben.rooms.joinRoom(roomId, t.millis)).toEqual({ ok: false, code: "unknownRoom" });
    t.say(ann, roomId, "secret");
    t.act(ann, ann.rooms.invite(roomId, ben.peerId, t.millis));
    t.settle();
    expect(ben.rooms.room(roomId)).toMatchObject({ name: "plot", joined: false, invitedBy: ann.peerId });
    t.act(ben, ben.rooms.joinRoom(roomId, t.millis));
    t.settle();
    expect(ben.texts(roomId)).toEqual(["secret"]);
    t.say(ben, roomId, "understood");
    t.settle();
    expect(ann.texts(roomId)).toEqual(["secret", "understood"]);
    expect(ann.rooms.members(roomId)).toEqual([ann.peerId, ben.peerId].sort());
    expect(toCid).toBe(0);
    expect(cid.rooms.listRooms().map((room) => room.name)).toEqual(["lobby"]);
  });

  it("let the invited invite, and wait with an invitation for somebody who is away", () => {
    const { t, ann, ben, cid } = three();
    t.unlinkAll(cid);
    const { roomId } = t.act(ann, ann.rooms.createRoom("plot", "private", "", t.millis));
    t.act(ann, ann.rooms.invite(roomId, ben.peerId, t.millis));
    t.settle();
    t.act(ben, ben.rooms.joinRoom(roomId, t.millis));
    t.settle();
    t.act(ben, ben.rooms.invite(roomId, cid.peerId, t.millis));
    t.settle();
    t.linkAll();
    t.settle();
    expect(cid.rooms.room(roomId)).toMatchObject({ invitedBy: ben.peerId });
    t.act(cid, cid.rooms.joinRoom(roomId, t.millis));
    t.say(cid, roomId, "in");
    t.settle();
    for (const citizen of [ann, ben, cid]) {
      expect(citizen.texts(roomId)).toEqual(["in"]);
      expect(citizen.rooms.members(roomId)).toHaveLength(3);
    }
  });

  it.each([
    ["before", true],
    ["after", false],
  ])("are found through any member where the inviter vanished %s the invited joined", (_, isBefore) => {
    const { t, ann, ben, cid } = three();
    const { roomId } = t.act(ann, ann.rooms.createRoom("plot", "private", "", t.millis));
    t.act(ann, ann.rooms.invite(roomId, ben.peerId, t.millis));
    t.settle();
    t.act(ben, ben.rooms.joinRoom(roomId, t.millis));
    t.settle();
    t.act(ann, ann.rooms.invite(roomId, cid.peerId, t.millis));
    t.settle();
    if (!isBefore) t.act(cid, cid.rooms.joinRoom(roomId, t.millis));
    t.unlinkAll(ann);
    t.settle();
    if (isBefore) t.act(cid, cid.rooms.joinRoom(roomId, t.millis));
    t.say(cid, roomId, "anybody?");
    t.settle();
    expect(ben.texts(roomId)).toEqual(["anybody?"]);
    expect(cid.rooms.members(roomId)).toHaveLength(3);
    expect(cid.rooms.room(roomId)?.invitedBy).toBeUndefined();
  });

  it("are offered by one member at a time, and to nobody who has left", () => {
    const { t, ann, ben, cid } = three();
    const dan = t.add("dan");
    t.linkAll();
    t.elect(ann);
    t.settle();
    const { roomId } = t.act(ann, ann.rooms.createRoom("plot", "private", "", t.millis));
    for (const citizen of [ben, cid]) {
      t.act(ann, ann.rooms.invite(roomId, citizen.peerId, t.millis));
      t.settle();
      t.act(citizen, citizen.rooms.joinRoom(roomId, t.millis));
      t.settle();
    }
    t.unlinkAll(dan);
    t.act(ann, ann.rooms.invite(roomId, dan.peerId, t.millis));
    t.settle();
    t.unlinkAll(ann);
    t.settle();
    const invites: string[] = [];
    t.watch = (from, to, payload) => {
      if (decodePayload(payload)?.k === "invite") invites.push(`${from.name} ${to.name}`);
    };
    for (const citizen of [ben, cid]) t.link(citizen, dan);
    t.settle();
    expect(invites).toHaveLength(1);
    t.act(dan, dan.rooms.joinRoom(roomId, t.millis));
    t.settle();
    t.act(dan, dan.rooms.leaveRoom(roomId, t.millis));
    t.settle();
    for (const citizen of [ben, cid]) {
      t.unlink(citizen, dan);
      t.link(citizen, dan);
    }
    t.settle();
    expect(invites).toHaveLength(1);
  });

  it("go on among the invited though their creator was gone before anybody had come in", () => {
    const { t, ann, ben, cid } = three();
    const { roomId } = t.act(ann, ann.rooms.createRoom("plot", "private", "", t.millis));
    t.act(ann, ann.rooms.invite(roomId, ben.peerId, t.millis));
    t.settle();
    t.unlinkAll(ann);
    t.settle();
    t.act(ben, ben.rooms.joinRoom(roomId, t.millis));
    t.act(ben, ben.rooms.invite(roomId, cid.peerId, t.millis));
    t.settle();
    t.act(cid, cid.rooms.joinRoom(roomId, t.millis));
    t.settle();
    t.say(ben, roomId, "who else is here?");
    t.settle();
    t.say(cid, roomId, "I am");
    t.settle();
    for (const citizen of [ben, cid]) expect(citizen.texts(roomId)).toEqual(["who else is here?", "I am"]);
  });

  it("can be left for good", () => {
    const { t, ann, ben } = three();
    const { roomId } = t.act(ann, ann.rooms.createRoom("plot", "private", "", t.millis));
    t.act(ann, ann.rooms.invite(roomId, ben.peerId, t.millis));
    t.settle();
    t.act(ben, ben.rooms.joinRoom(roomId, t.millis));
    t.settle();
    t.unlink(ann, ben);
    t.act(ben, ben.rooms.leaveRoom(roomId, t.millis));
    t.say(ann, roomId, "are you there?");
    expect(ben.rooms.room(roomId)).toBeUndefined();
    t.link(ann, ben);
    t.settle();
    expect(ann.rooms.members(roomId)).toEqual([ann.peerId]);
    expect(ben.rooms.room(roomId)).toBeUndefined();
  });

  it.each(["dan", "eve", "fay", "gil", "hal"])("is known by all members at once, whoever invited: %s", (name) => {
    const { town: t, people } = town("ann", "ben", name);
    const [ann, ben, newcomer] = people as [Citizen, Citizen, Citizen];
    const { roomId } = t.act(ann, ann.rooms.createRoom("cellar", "private", "", t.millis));
    t.act(ann, ann.rooms.invite(roomId, ben.peerId, t.millis));
    t.settle();
    t.act(ben, ben.rooms.joinRoom(roomId, t.millis));
    t.settle();
    t.act(ben, ben.rooms.invite(roomId, newcomer.peerId, t.millis));
    t.run(500);
    t.act(newcomer, newcomer.rooms.joinRoom(roomId, t.millis));
    t.run(100);
    for (const member of [ann, ben]) expect(member.rooms.members(roomId)).toContain(newcomer.peerId);
  });
});
