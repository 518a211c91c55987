/** Four people in an office on a usual morning: the conversation in which the window is measured, pictured and looked at. */

import { vi } from "vitest";
import { patience, type RealNetwork, type RealPeer } from "./real-peer.ts";

export interface Office {
  /** Through whose window one looks. */
  readonly self: RealPeer;
  readonly mara: RealPeer;
  readonly jon: RealPeer;
  readonly ines: RealPeer;
}

export async function openOffice(network: RealNetwork): Promise<Office> {
  const [self, mara, jon, ines] = await network.gather("Amara Diallo", "Mara Lind", "Jon", "Inês Carvalho");
  const office = { self: self!, mara: mara!, jon: jon!, ines: ines! };
  await makeHost(office);
  await furnish(office);
  await talk(office);
  return office;
}

/** The host's panel belongs to the host. */
async function makeHost({ self, ...others }: Office): Promise<void> {
  const { hostId } = await self.call("host.get", {});
  const host = Object.values(others).find(({ peerId }) => peerId === hostId);
  if (host !== undefined) await host.call("host.handOff", { to: self.peerId });
  await vi.waitFor(async () => {
    for (const peer of [self, ...Object.values(others)]) {
      if ((await peer.call("host.get", {})).hostId !== self.peerId) throw new Error("the host's role is still elsewhere");
    }
  }, patience);
}

async function furnish({ self, mara, jon, ines }: Office): Promise<void> {
  const { roomId: design } = await mara.call("rooms.create", { name: "design", visibility: "public", topic: "Sketches and opinions" });
  const { roomId: lunch } = await jon.call("rooms.create", { name: "lunch", visibility: "public", topic: "Where and when" });
  await ines.call("rooms.create", { name: "workshop", visibility: "public", topic: "Tools, keys, what is broken" });
  const { roomId: board } = await self.call("rooms.create", { name: "board", visibility: "private", topic: "" });
  await self.call("rooms.invite", { room: board, peer: mara.peerId });
  await join(design, self, jon, ines);
  await join(lunch, self);
}

async function join(room: string, ...peers: readonly RealPeer[]): Promise<void> {
  for (const peer of peers) await vi.waitFor(() => peer.call("rooms.join", { room }), patience);
}

async function talk({ self, mara, jon, ines }: Office): Promise<void> {
  const everybody = [self, mara, jon, ines];
  const say = async (who: RealPeer, to: string, text: string, replyTo?: string): Promise<string> => {
    const messageId = await who.say(to, text, replyTo);
    // The next one answers what has been read.
    const readers = to.startsWith("@") ? [] : everybody.filter((peer) => peer !== who && (to === "#lobby" || peer === self));
    await Promise.all(readers.map((peer) => peer.received(to, text)));
    return messageId;
  };
  await say(mara, "#lobby", "Good morning. The projector in room 2 is fixed.");
  await say(jon, "#lobby", "Thank you! Then we can have the review there after all.");
  await say(jon, "#lobby", "I put today's plan on http://files.office.example/plan. Shout if something clashes.");
  const cable = await say(ines, "#lobby", "Has anybody seen the long network cable? The one with the blue tape.");
  await say(self, "#lobby", "On the shelf behind the printer, I think", cable);
  await say(ines, "#lobby", "Found it, thanks");
  await say(
    mara,
    "#lobby",
    "@Amara Diallo could you bring the sketches at ten? I would like to go through the empty states first, then the settings page, and leave the icons for Thursday.",
  );
  await say(
    self,
    "#lobby",
    "Will do. Two of them changed since yesterday:\n– the first start asks one question only\n– the details say how somebody is reached",
  );
  await say(jon, "#lobby", "Coffee in five minutes, who is in?");
  await say(mara, `@${self.peerId}`, "Do you have a minute before the review?");
  await self.received(`@${mara.peerId}`, "Do you have a minute before the review?");
  await self.say(`@${mara.peerId}`, "Sure. Your desk or mine?");
  await mara.received(`@${self.peerId}`, "Sure. Your desk or mine?");
  await mara.say(`@${self.peerId}`, "Mine, I will make tea");
  await self.received(`@${mara.peerId}`, "Mine, I will make tea");
  await say(jon, "#lunch", "Noodles or the canteen?");
  await say(jon, "#lunch", "I vote for noodles");
  await say(ines, `@${self.peerId}`, "The cable is back on its shelf");
  await self.received(`@${ines.peerId}`, "The cable is back on its shelf");
}
