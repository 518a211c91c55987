/** What comes late: sent before a restart, heard anew, or while a crowd was about to be none. */
import { expect, it } from "vitest";
import type { LogId, Millis } from "../../src/ids.ts";
import { crowdBounds } from "../../src/rooms/crowd.ts";
import { signEvent } from "../../src/rooms/event.ts";
import { lobbyId } from "../../src/rooms/index.ts";
import { decodePayload, encodePayload } from "../../src/rooms/payload.ts";
import { crowd, everybody, receipted, texts, vast } from "./rooms.crowd.ts";
import { type Citizen, calm, person, signatures, Town } from "./rooms.town.ts";

function read(t: Town, citizen: Citizen, received: ReturnType<Citizen["rooms"]["receive"]>): void {
  if (!received.ok) throw new Error(received.failure);
  t.take(citizen, received.outcome);
}

/** Two who have been started anew and have forgotten what somebody said who is gone; and how one told it the other. */
function forgetful(): { t: Town; ann: Citizen; ben: Citizen; old: Uint8Array } {
  const t = new Town();
  const before = ["ann", "ben"].map((name) => t.add(name));
  const [first, second] = before as [Citizen, Citizen];
  const gone = t.add("zed");
  t.link(gone, second);
  t.say(gone, "lobby", "long ago");
  t.settle();
  t.unlinkAll(gone);
  let old = new Uint8Array(0);
  t.watch = (_, to, payload) => {
    if (to === first && decodePayload(payload)?.k === "events") old = Uint8Array.from(payload);
  };
  t.link(second, first);
  t.settle();
  expect(first.texts("lobby")).toEqual(["long ago"]);
  t.unlink(second, first);
  t.citizens.splice(0);
  t.watch = undefined;
  const [ann, ben] = [t.add("ann", 0, 2), t.add("ben", 0, 2)];
  t.link(ann, ben);
  t.settle();
  return { t, ann, ben, old };
}

it("what somebody sent before its restart, and comes late, is not taken for what it has now", () => {
  const { t, ann, ben, old } = forgetful();
  read(t, ann, ann.rooms.receive(ben.peerId, old, t.millis));
  t.settle();
  expect(texts([ann, ben], "lobby")).toEqual([["long ago"], ["long ago"]]);
});

it("what came to a few in a crowd comes to all when it is a crowd no more, whatever was under way", () => {
  const { t, people } = crowd(receipted, 6);
  const [ann, ben, ...rest] = people as [Citizen, Citizen, ...Citizen[]];
  t.weather = { ...calm, broadcastLoss: 1 };
  t.say(ann, "lobby", "a");
  t.say(ben, "lobby", "b");
  let hasAnswered = false;
  t.watch = (from, to, payload) => {
    hasAnswered ||= from === ben && to === ann && decodePayload(payload)?.k === "have";
  };
  const compare = encodePayload({ k: "compare", roomId: "lobby" as never, digests: new Uint8Array(64) });
  read(t, ann, ann.rooms.receive(ben.peerId, compare, t.millis));
  const until = t.now + 2_000;
  while (!hasAnswered && t.step(until)) t.weather = { ...t.weather, loss: hasAnswered ? 1 : 0 };
  expect(hasAnswered).toBe(true);
  t.weather = { ...calm, loss: 1 };
  const sent = rest[0]?.rooms.sendMessage("lobby" as never, { text: "x" }, t.millis);
  if (sent?.ok !== true) throw new Error("refused");
  read(t, ann, ann.rooms.receiveBroadcast(sent.outcome.broadcasts[0] as Uint8Array, t.millis));
  for (const gone of rest) t.unlinkAll(gone);
  t.weather = calm;
  t.run(60_000);
  expect(ben.texts("lobby").sort()).toEqual(["a", "b", "x"]);
  expect(ann.texts("lobby")).toEqual(ben.texts("lobby"));
});

/** Broadcast long ago by somebody whom nobody knows any more. */
function forgotten(): Uint8Array {
  const { self, signSeed } = person("yan");
  const { peerId: author, signKey, agreeKey, binding } = self;
  const logId = "00112233aabbccdd" as LogId;
  const body = { kind: "message" as const, text: "long ago" };
  const content = { roomId: lobbyId, author, logId, seq: 1, prev: new Uint8Array(0), clock: 1, at: 1 as Millis, body };
  const { bytes } = signEvent(signatures, signSeed, content);
  return encodePayload({ k: "events", roomId: lobbyId, authors: [{ signKey, agreeKey, binding }], events: [bytes], floors: [] });
}

it.each([
  ["few", crowdBounds],
  ["a crowd in which all acknowledge", receipted],
  ["a crowd in which only partners acknowledge", vast],
])("an old broadcast that one hears anew comes from there to all within a minute: %s", (_, bounds) => {
  const { t, people, first } = crowd(bounds);
  read(t, first, first.rooms.receiveBroadcast(forgotten(), t.millis));
  t.run(60_000);
  expect(texts(people, "lobby")).toEqual(everybody(people, "long ago"));
});
