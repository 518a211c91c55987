/** What people see of keys: nothing, or that something is being repaired. */
import { describe, expect, it } from "vitest";
import type { SealedCopy, Sealing } from "../../src/crypto/ports.ts";
import { VirtualLan, type VirtualPeer } from "../sim/virtual-lan.ts";
import { sealingThrough } from "../support/sealing.ts";

/** A sealing whose copies go through `change`. */
const copies =
  (change: (copies: SealedCopy[]) => SealedCopy[]) =>
  (sealing: Sealing): Sealing => ({
    ...sealingThrough(sealing),
    seal: (audience, plaintext, now) => change(sealing.seal(audience, plaintext, now)),
  });

const senderFrame = 3;
const isForRoom = ({ sealed }: SealedCopy): boolean => sealed[0] === senderFrame;

async function three(lan: VirtualLan, change: (copies: SealedCopy[]) => SealedCopy[]): Promise<[VirtualPeer, VirtualPeer, VirtualPeer]> {
  const mara = lan.join("Mara", { spoil: copies(change) });
  const [jon, ines] = [lan.join("Jon"), lan.join("Ines")];
  lan.pass(1_500);
  await mara.call("rooms.create", { name: "design", visibility: "public" });
  lan.pass(500);
  for (const peer of [jon, ines]) await peer.call("rooms.join", { room: "#design" });
  lan.pass(3_000);
  return [mara, jon, ines];
}

const waiting = async (peer: VirtualPeer): Promise<readonly string[] | undefined> =>
  (await peer.call("rooms.list", {})).rooms.find(({ name }) => name === "design")?.waitingFor;

describe("the keys of a room", () => {
  it("that were lost are asked for: the room says for whom it waits, then shows the message, once", async () => {
    const lan = new VirtualLan(3);
    let isLosing = false;
    const [mara, jon, ines] = await three(lan, (sealed) => {
      const isSpoken = isLosing && sealed.some(isForRoom);
      if (isSpoken) isLosing = false;
      // The keys are lost; what they open is not.
      return isSpoken ? sealed.filter(isForRoom) : sealed;
    });
    isLosing = true;
    await mara.say("#design", "Who sees this?");
    lan.pass(2);
    expect([await waiting(jon), await waiting(ines)]).toEqual([[mara.identity.peerId], [mara.identity.peerId]]);
    expect(jon.events.some((event) => event.event === "roomChanged" && event.room.waitingFor.length === 1)).toBe(true);
    lan.pass(40_000);
    expect([await waiting(jon), await waiting(ines)]).toEqual([[], []]);
    await mara.say("#design", "And this?");
    lan.pass(2_000);
    for (const peer of [jon, ines]) expect(await peer.texts("#design")).toEqual(["Who sees this?", "And this?"]);
  });

  it("go to those who are in it, and change when somebody leaves", async () => {
    const lan = new VirtualLan(4);
    const frames: Uint8Array[] = [];
    const [mara, jon, ines] = await three(lan, (sealed) => {
      for (const copy of sealed) if (isForRoom(copy)) frames.push(copy.sealed);
      return sealed;
    });
    const keyId = (): string => Buffer.from(frames.at(-1)?.subarray(1, 17) ?? []).toString("hex");
    await mara.say("#design", "one");
    const before = keyId();
    await mara.say("#design", "two");
    expect(keyId()).toBe(before);
    const tom = lan.join("Tom");
    lan.pass(1_500);
    await tom.call("rooms.join", { room: "#design" });
    lan.pass(1_000);
    await mara.say("#design", "three");
    expect(keyId()).toBe(before);
    await ines.call("rooms.leave", { room: "#design" });
    lan.pass(1_000);
    await mara.say("#design", "four");
    expect(keyId()).not.toBe(before);
    lan.pass(1_000);
    expect(await jon.texts("#design")).toEqual(["one", "two", "three", "four"]);
    expect(await tom.texts("#design")).toContain("four");
  });
});
