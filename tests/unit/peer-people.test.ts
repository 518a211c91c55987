/** Who is who: safety numbers, a known name with a new key, and people who are blocked. */
import { beforeEach, describe, expect, it } from "vitest";
import type { PeerView } from "../../src/api/contract.ts";
import { keyChangeWarningRestMs } from "../../src/peer/limits.ts";
import { VirtualLan, type VirtualPeer } from "../sim/virtual-lan.ts";

let lan: VirtualLan;
let mara: VirtualPeer;
let jon: VirtualPeer;
beforeEach(() => {
  lan = new VirtualLan(7);
  mara = lan.join("Mara");
  jon = lan.join("Jon");
  lan.pass(1_500);
});

const at = (peer: VirtualPeer): string => `@${peer.identity.peerId}`;
const seen = async (by: VirtualPeer, whom: VirtualPeer): Promise<PeerView | undefined> =>
  (await by.call("peers.list", {})).peers.find(({ peerId }) => peerId === whom.identity.peerId);
const refusal = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "accepted",
    (error: Error) => error.message,
  );
const notes = (peer: VirtualPeer): string[] => peer.events.flatMap((event) => (event.event === "logged" ? [event.entry.text] : []));

/** Jon has written to Mara, goes, and somebody else of his name comes. */
async function another(): Promise<VirtualPeer> {
  await jon.say(at(mara), "It's me");
  lan.pass(500);
  lan.kill(jon);
  lan.pass(10_000);
  const other = lan.join("jon");
  lan.pass(2_000);
  return other;
}

describe("a safety number", () => {
  it("is the same on both sides, and verifies where the other's code is scanned", async () => {
    const [ours, theirs] = [
      await mara.call("people.safetyNumber", { peer: jon.identity.peerId }),
      await jon.call("people.safetyNumber", { peer: mara.identity.peerId }),
    ];
    expect(ours).toEqual(theirs);
    expect(ours.digits).toMatch(/^(\d{5} ){11}\d{5}$/u);
    const ines = lan.join("Ines");
    lan.pass(1_000);
    const other = await mara.call("people.safetyNumber", { peer: ines.identity.peerId });
    expect(other.digits).not.toBe(ours.digits);
    const wrong = mara.call("people.verify", { peer: jon.identity.peerId, verified: true, scanned: other.qr });
    expect(await refusal(wrong)).toMatch(/^safetyNumberDiffers/u);
    expect((await seen(mara, jon))?.verified).toBe(false);
    await mara.call("people.verify", { peer: jon.identity.peerId, verified: true, scanned: ` ${theirs.qr.toLowerCase()} ` });
    expect((await seen(mara, jon))?.verified).toBe(true);
    await mara.call("people.verify", { peer: jon.identity.peerId, verified: false });
    expect((await seen(mara, jon))?.verified).toBe(false);
  });

  it("is of somebody else and of somebody known", async () => {
    expect(await refusal(mara.call("people.safetyNumber", { peer: mara.identity.peerId }))).toMatch(/^unknownPeer: That is you/u);
    expect(await refusal(mara.call("people.verify", { peer: "a".repeat(32), verified: true }))).toMatch(/^unknownPeer/u);
  });
});

describe("a known name with a new key", () => {
  it("is shown, and nothing is sent to it until it is accepted", async () => {
    const other = await another();
    expect(await seen(mara, other)).toMatchObject({ keyChange: { previous: jon.identity.peerId } });
    expect(notes(mara)).toContain("Somebody called jon is here, with another key than the jon you know");
    expect(await refusal(mara.say(at(other), "for Jon alone"))).toMatch(/^keyChanged: jon's key is new/u);
    lan.pass(2_000);
    expect(await other.texts(at(mara))).toEqual([]);
    await mara.call("people.acceptKey", { peer: other.identity.peerId });
    expect((await seen(mara, other))?.keyChange).toBeNull();
    await mara.say(at(other), "Are you there?");
    lan.pass(1_000);
    expect(await other.texts(at(mara))).toEqual(["Are you there?"]);
  });

  it("is accepted by comparing the safety number, too", async () => {
    const other = await another();
    await mara.call("people.verify", { peer: other.identity.peerId, verified: true });
    expect(await seen(mara, other)).toMatchObject({ keyChange: null, verified: true });
  });

  it("is said more strongly of a name that was verified", async () => {
    await mara.call("people.verify", { peer: jon.identity.peerId, verified: true });
    lan.kill(jon);
    lan.pass(10_000);
    const other = lan.join("Jon");
    lan.pass(2_000);
    expect(await seen(mara, other)).toMatchObject({ keyChange: { previous: jon.identity.peerId, wasVerified: true } });
    expect(notes(mara).filter((text) => text.startsWith("Somebody called Jon is here who is not the Jon you have verified"))).toHaveLength(
      1,
    );
    expect(await refusal(mara.say(at(other), "hello"))).toMatch(/^keyChanged: Jon's key is new\. This is not the key you have verified/u);
  });

  it("leaves the plain name to whom one has known by it for longest", async () => {
    const other = lan.join("Jon");
    lan.pass(1_000);
    const clashes = async (): Promise<(boolean | undefined)[]> =>
      Promise.all([jon, other].map(async (peer) => (await seen(mara, peer))?.nameClash));
    expect(await clashes()).toEqual([true, true]);
    await jon.say(at(mara), "It's me");
    lan.pass(500);
    expect(await clashes()).toEqual([false, true]);
    await mara.call("people.acceptKey", { peer: other.identity.peerId });
    expect(await clashes()).toEqual([false, true]);
    await mara.call("session.setName", { name: "JON" });
    expect(await clashes()).toEqual([true, true]);
  });

  it("of somebody who renames themselves to and fro is noted once in a while", async () => {
    const ines = lan.join("Ines");
    lan.pass(1_000);
    await jon.say(at(mara), "It's me");
    lan.pass(500);
    const warnings = (): number => notes(mara).filter((text) => text.startsWith("Somebody called Jon")).length;
    for (let time = 0; time < 5; time += 1) {
      for (const name of ["Jon", "Ines"]) {
        await ines.call("session.setName", { name });
        lan.pass(5_000);
      }
    }
    expect(warnings()).toBe(1);
    lan.pass(keyChangeWarningRestMs);
    await ines.call("session.setName", { name: "Jon" });
    lan.pass(500);
    expect(warnings()).toBe(2);
  });

  it("is known after a restart", async () => {
    await jon.say(at(mara), "It's me");
    lan.pass(500);
    lan.kill(mara);
    lan.kill(jon);
    lan.pass(10_000);
    mara = lan.join("Mara", { identity: mara.identity, contacts: mara.contacts });
    const other = lan.join("Jon");
    lan.pass(2_000);
    expect(await seen(mara, other)).toMatchObject({ keyChange: { previous: jon.identity.peerId } });
    expect(await refusal(mara.say(at(other), "for Jon alone"))).toMatch(/^keyChanged/u);
  });

  it("keeps a private room silent that it has come into", async () => {
    await mara.call("rooms.create", { name: "board", visibility: "private" });
    const ines = lan.join("Ines");
    lan.pass(1_000);
    await mara.call("rooms.invite", { room: "#board", peer: ines.identity.peerId });
    lan.pass(500);
    await ines.call("rooms.join", { room: "#board" });
    const other = await another();
    // What was said there before would go to the new key.
    const invited = { room: "#board", peer: other.identity.peerId };
    expect(await refusal(mara.call("rooms.invite", invited))).toMatch(/^keyChanged.*then invite them\.$/u);
    await ines.call("rooms.invite", invited);
    lan.pass(500);
    await other.call("rooms.join", { room: "#board" });
    lan.pass(1_000);
    const board = (await mara.call("rooms.list", {})).rooms.find(({ name }) => name === "board");
    expect(board?.keyChanges).toEqual([other.identity.peerId]);
    expect(await refusal(mara.say("#board", "the figures"))).toMatch(/^keyChanged/u);
    expect(await refusal(mara.say("#lobby", "hello all"))).toBe("accepted");
    await mara.call("people.acceptKey", { peer: other.identity.peerId });
    expect(await refusal(mara.say("#board", "the figures"))).toBe("accepted");
  });

  it("is noticed of somebody who takes another's name, not of whom one has had nothing to do with", async () => {
    const ines = lan.join("Ines");
    lan.pass(1_000);
    await jon.say(at(mara), "It's me");
    lan.pass(500);
    await ines.call("session.setName", { name: "Jon" });
    lan.pass(500);
    expect((await seen(mara, ines))?.keyChange).toMatchObject({ previous: jon.identity.peerId });
    expect((await seen(mara, jon))?.keyChange).toBeNull();
    // Jon is no contact of Jon's, and nobody is of Ines.
    expect((await seen(ines, jon))?.keyChange).toBeNull();
    await ines.call("session.setName", { name: "Ines" });
    lan.pass(500);
    expect((await seen(mara, ines))?.keyChange).toBeNull();
  });
});

describe("somebody blocked", () => {
  it("is heard nowhere, and again when they are not blocked any more", async () => {
    const ines = lan.join("Ines");
    lan.pass(1_500);
    await mara.call("people.block", { peer: jon.identity.peerId, blocked: true });
    const before = mara.events.length;
    await jon.say("#lobby", "listen all");
    const direct = await jon.say(at(mara), "listen");
    await jon.call("rooms.create", { name: "plot", visibility: "private" });
    await jon.call("rooms.invite", { room: "#plot", peer: mara.identity.peerId });
    await ines.say("#lobby", "good morning");
    lan.pass(20_000);
    expect(await mara.texts("#lobby")).toEqual(["good morning"]);
    expect(await mara.texts(at(jon))).toEqual([]);
    expect((await mara.call("messages.search", { query: "listen" })).messages).toEqual([]);
    expect((await mara.call("rooms.list", {})).rooms.map(({ name }) => name)).toEqual(["lobby"]);
    expect((await mara.call("rooms.list", {})).rooms[0]?.unread).toBe(1);
    expect(mara.events.slice(before).filter((event) => event.event === "messageAdded")).toHaveLength(1);
    expect(await jon.message(at(mara), direct)).toMatchObject({ state: "queued" });
    expect(await refusal(mara.say(at(jon), "no"))).toMatch(/^blocked/u);
    // The others hear both.
    expect(new Set(await ines.texts("#lobby"))).toEqual(new Set(["listen all", "good morning"]));

    await mara.call("people.block", { peer: jon.identity.peerId, blocked: false });
    lan.pass(40_000);
    expect(new Set(await mara.texts("#lobby"))).toEqual(new Set(["listen all", "good morning"]));
    expect(await mara.texts(at(jon))).toEqual(["listen"]);
  });

  it("stays blocked after a restart, and is let in again though away", async () => {
    await mara.call("people.block", { peer: jon.identity.peerId, blocked: true });
    const restart = (): void => {
      lan.kill(mara);
      lan.pass(10_000);
      mara = lan.join("Mara", { identity: mara.identity, contacts: mara.contacts });
    };
    restart();
    lan.pass(2_000);
    expect(await seen(mara, jon)).toMatchObject({ online: true, blocked: true });
    await jon.say(at(mara), "listen");
    await jon.say("#lobby", "listen all");
    lan.pass(20_000);
    expect([await mara.texts(at(jon)), await mara.texts("#lobby")]).toEqual([[], []]);
    lan.kill(jon);
    restart();
    expect(await seen(mara, jon)).toBeUndefined();
    await mara.call("people.block", { peer: jon.identity.peerId, blocked: false });
    lan.join("Jon", { identity: jon.identity });
    lan.pass(2_000);
    expect(await seen(mara, jon)).toMatchObject({ online: true, blocked: false });
  });

  it("cannot be oneself, nor somebody of whom nothing is known", async () => {
    const block = (peer: string): Promise<string> => refusal(mara.call("people.block", { peer, blocked: true }));
    expect(await block(mara.identity.peerId)).toMatch(/^unknownPeer: That is you/u);
    expect(await block("a".repeat(32))).toMatch(/^unknownPeer/u);
  });

  it("goes without a word", async () => {
    await mara.call("people.block", { peer: jon.identity.peerId, blocked: true });
    const before = notes(mara).length;
    jon.driver.enqueue({ type: "stopRequested" });
    lan.pass(10_000);
    expect((await seen(mara, jon))?.online).toBe(false);
    expect(
      notes(mara)
        .slice(before)
        .filter((text) => text.includes("Jon")),
    ).toEqual([]);
  });

  it("comes without a word", async () => {
    await mara.call("people.block", { peer: jon.identity.peerId, blocked: true });
    const before = notes(mara).filter((text) => text === "Jon is here").length;
    lan.cutBetween([mara], [jon]);
    lan.pass(10_000);
    lan.healBetween([mara], [jon]);
    lan.sightAgain();
    lan.pass(30_000);
    expect((await seen(mara, jon))?.online).toBe(true);
    expect(notes(mara).filter((text) => text === "Jon is here")).toHaveLength(before);
  });
});
