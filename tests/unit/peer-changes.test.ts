/** What a view is told of acknowledgements that come one after the other. */
import { expect, it } from "vitest";
import { VirtualLan } from "../sim/virtual-lan.ts";

const peers = 12;

it("a message acknowledged by many is told of a few times, the last of them complete", async () => {
  const lan = new VirtualLan(3);
  const author = lan.join("Mara");
  for (let i = 1; i < peers; i++) lan.join(`Peer ${i}`);
  lan.pass(3_000);

  const told: number[] = [];
  author.driver.subscribe((event) => {
    if (event.event === "messageChanged") told.push(event.message.receivedBy.length);
  });
  await author.say("#lobby", "Hello all");
  lan.pass(3_000);

  expect(told.at(-1)).toBe(peers - 1);
  expect(told.length).toBeLessThan(peers / 2);
});

it("the first acknowledgement is told of at once", async () => {
  const lan = new VirtualLan(4);
  const mara = lan.join("Mara");
  const jon = lan.join("Jon");
  lan.pass(3_000);

  let toldAt: number | undefined;
  const saidAt = lan.network.now();
  mara.driver.subscribe((event) => {
    if (event.event === "messageChanged") toldAt ??= lan.network.now();
  });
  await mara.say(`@${jon.identity.peerId}`, "Just us");
  lan.pass(1_000);

  expect((toldAt ?? Number.POSITIVE_INFINITY) - saidAt).toBeLessThan(100);
});
