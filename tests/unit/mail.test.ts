/** Delivery while away: who is off is written to, the sender leaves, a holder is lost, and the message is there all the same. */
import { expect, it } from "vitest";
import { VirtualLan, type VirtualPeer } from "../sim/virtual-lan.ts";

/** Ada, and Bea who is out of reach of everybody; the others hold mail. */
function town(seed: number, others: number): { lan: VirtualLan; ada: VirtualPeer; bea: VirtualPeer; holders: VirtualPeer[] } {
  const lan = new VirtualLan(seed);
  const holders = Array.from({ length: others }, (_, at) => lan.join(`Holder ${at + 1}`));
  lan.pass(3_000);
  const ada = lan.join("Ada");
  const bea = lan.join("Bea");
  lan.pass(3_000);
  lan.cutBetween([bea], [ada, ...holders]);
  lan.pass(30_000);
  return { lan, ada, bea, holders };
}

it("reaches somebody who was away, though its sender has left and a holder is lost", async () => {
  const { lan, ada, bea, holders } = town(1, 3);
  const to = `@${bea.identity.peerId}`;
  const id = await ada.say(to, "For later");
  expect(await ada.message(to, id)).toMatchObject({ state: "queued", heldBy: 0 });
  lan.pass(1_000);
  expect(await ada.message(to, id)).toMatchObject({ state: "held", heldBy: 3, receivedBy: [] });
  lan.kill(ada);
  const [lost, ...left] = holders;
  if (lost !== undefined) lan.kill(lost);
  lan.pass(20_000);
  lan.healBetween([bea], left);
  lan.sightAgain();
  lan.pass(10_000);
  expect(await bea.texts(`@${ada.identity.peerId}`)).toEqual(["For later"]);
  const { messages } = await bea.call("messages.list", { in: `@${ada.identity.peerId}` });
  expect(messages).toMatchObject([{ fromName: "Ada", state: "delivered" }]);
});

it("says who has read a message, to those who say so themselves", async () => {
  const lan = new VirtualLan(2);
  const [ada, bea, cora] = [lan.join("Ada"), lan.join("Bea"), lan.join("Cora")];
  lan.pass(3_000);
  const to = `@${bea.identity.peerId}`;
  const id = await ada.say(to, "Seen?");
  lan.pass(1_000);
  expect(await ada.message(to, id)).toMatchObject({ state: "delivered", readBy: [] });
  await bea.call("messages.markRead", { in: `@${ada.identity.peerId}` });
  lan.pass(1_000);
  expect(await ada.message(to, id)).toMatchObject({ state: "read", readBy: [bea.identity.peerId] });
  const all = await ada.say("#lobby", "All of you?");
  lan.pass(1_000);
  await cora.call("messages.markRead", { in: "#lobby" });
  lan.pass(1_000);
  expect(await ada.message("#lobby", all)).toMatchObject({ state: "delivered", readBy: [cora.identity.peerId] });
});

it("says it afterwards to an author who was away while it was read", async () => {
  const { lan, ada, bea, holders } = town(3, 2);
  const to = `@${bea.identity.peerId}`;
  const id = await ada.say(to, "For later");
  lan.pass(1_000);
  lan.cutBetween([ada], holders);
  lan.pass(30_000);
  lan.healBetween([bea], holders);
  lan.sightAgain();
  lan.pass(10_000);
  expect(await bea.texts(`@${ada.identity.peerId}`)).toEqual(["For later"]);
  await bea.call("messages.markRead", { in: `@${ada.identity.peerId}` });
  lan.pass(1_000);
  expect(await ada.message(to, id)).toMatchObject({ state: "queued", heldBy: 0 });
  lan.healBetween([ada], [bea, ...holders]);
  lan.sightAgain();
  lan.pass(10_000);
  expect(await ada.message(to, id)).toMatchObject({ state: "read", readBy: [bea.identity.peerId] });
  for (const holder of holders)
    expect((await holder.call("host.stats", {})).mail).toEqual({ items: 0, bytes: 0, oldestAt: null, forPeople: 0 });
});

it("whoever switches read receipts off tells nobody, and is shown nobody's; switched on, all is as it was", async () => {
  const lan = new VirtualLan(4);
  const [ada, bea] = [lan.join("Ada"), lan.join("Bea")];
  lan.pass(3_000);
  const [toAda, toBea] = [`@${ada.identity.peerId}`, `@${bea.identity.peerId}`];
  expect(await bea.call("settings.set", { readReceipts: false })).toEqual({ readReceipts: false, typing: true });
  const fromAda = await ada.say(toBea, "Seen?");
  const fromBea = await bea.say(toAda, "And you?");
  lan.pass(1_000);
  await ada.call("messages.markRead", { in: toBea });
  await bea.call("messages.markRead", { in: toAda });
  lan.pass(1_000);
  expect(await ada.message(toBea, fromAda)).toMatchObject({ state: "delivered", readBy: [] });
  expect(await bea.message(toAda, fromBea)).toMatchObject({ state: "delivered", readBy: [] });
  const before = bea.events.length;
  await bea.call("settings.set", { readReceipts: true });
  expect(await bea.message(toAda, fromBea)).toMatchObject({ state: "read", readBy: [ada.identity.peerId] });
  expect(bea.events.slice(before)).toContainEqual(expect.objectContaining({ event: "messageChanged" }));
});

it("brings a large amount without flooding anybody, and says of what is too much that it waits", async () => {
  const { lan, ada, bea, holders } = town(5, 3);
  const to = `@${bea.identity.peerId}`;
  const numbers = Array.from({ length: 270 }, (_, number) => String(number));
  const read = async (): Promise<(string | undefined)[]> => (await bea.texts(`@${ada.identity.peerId}`)).map((text) => text.split(" ")[0]);
  for (const number of numbers) {
    await ada.say(to, `${number} `.padEnd(12_000, "x"));
    lan.pass(150);
  }
  lan.pass(5_000);
  const states = async (): Promise<string[]> =>
    (await ada.call("messages.list", { in: to, limit: 500 })).messages.map(({ state, notHeld }) => `${state} ${notHeld}`);
  expect(new Set(await states())).toEqual(new Set(["held null", "queued full"]));
  expect((await states()).indexOf("queued full")).toBe(256);
  lan.cutBetween([ada], holders);
  lan.pass(30_000);
  lan.healBetween([bea], holders);
  lan.sightAgain();
  lan.pass(30_000);
  expect(await read()).toEqual(numbers.slice(0, 256));
  for (const peer of [bea, ...holders]) expect((await peer.call("host.stats", {})).floods).toEqual([]);
  lan.healBetween([ada], [bea, ...holders]);
  lan.sightAgain();
  lan.pass(20_000);
  expect(await read()).toEqual(numbers);
  expect(new Set(await states())).toEqual(new Set(["delivered null"]));
}, 30_000);

it("brings nothing of what was taken back, or has disappeared, while it lay there", async () => {
  const { lan, ada, bea, holders } = town(6, 3);
  const to = `@${bea.identity.peerId}`;
  await ada.say(to, "Before");
  const id = await ada.say(to, "A slip");
  await ada.say(to, "After");
  lan.pass(1_000);
  await ada.call("messages.setTimer", { in: to, afterMs: 5_000 });
  await ada.say(to, "For a moment");
  await ada.call("messages.setTimer", { in: to, afterMs: null });
  await ada.say(to, "Later");
  await ada.call("messages.delete", { messageId: id });
  lan.pass(8_000);
  const { messages } = await ada.call("messages.list", { in: to });
  expect(new Set(messages.filter(({ notice }) => notice === null).map(({ state }) => state))).toEqual(new Set(["held"]));
  lan.cutBetween([ada], holders);
  lan.pass(30_000);
  lan.healBetween([bea], holders);
  lan.sightAgain();
  lan.pass(10_000);
  const shown = bea.events.flatMap((event) =>
    event.event === "messageAdded" && event.message.in.startsWith("@") && event.message.text !== "" ? [event.message.text] : [],
  );
  expect(shown).toEqual(["Before", "After", "Later"]);
});
