/** Two whole peers, connected in virtual time. The shortest way to see how the core is used. */
import { expect, it } from "vitest";
import { VirtualLan } from "../sim/virtual-lan.ts";

it("two peers find each other, agree on a host, and talk in the lobby, in a room and in private", async () => {
  const lan = new VirtualLan(1);
  const mara = lan.join("Mara");
  const jon = lan.join("Jon");
  lan.pass(1_000);

  expect((await mara.call("peers.list", {})).peers).toMatchObject([{ name: "Jon", online: true, link: "direct" }]);
  expect((await jon.call("host.get", {})).hostId).toBe((await mara.call("host.get", {})).hostId);

  const hello = await mara.say("#lobby", "Hello Jon");
  await jon.say("#lobby", "Hello Mara");
  await mara.call("rooms.create", { name: "design", visibility: "public" });
  lan.pass(500);
  await jon.call("rooms.join", { room: "#design" });
  await jon.say("#design", "In here");
  await jon.say(`@${mara.identity.peerId}`, "Just us");
  lan.pass(500);

  expect(await jon.texts("#lobby")).toEqual(await mara.texts("#lobby"));
  expect(new Set(await mara.texts("#lobby"))).toEqual(new Set(["Hello Jon", "Hello Mara"]));
  expect(await mara.texts("#design")).toEqual(["In here"]);
  expect(await mara.texts(`@${jon.identity.peerId}`)).toEqual(["Just us"]);
  expect(await mara.message("#lobby", hello)).toMatchObject({ state: "delivered", receivedBy: [jon.identity.peerId] });
});
