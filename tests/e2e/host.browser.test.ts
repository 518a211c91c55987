/** The host on the screen: who it is, that it changed, its panel and the hand-off. */
import { expect, test, vi } from "vitest";
import { flood, flooderName } from "./support/flooder.ts";
import { patience, type RealPeer } from "./support/real-peer.ts";
import { prepareStage } from "./support/stage.ts";

const stage = prepareStage();

/** Who keeps the room list among newcomers is the network's choice; it is passed on to the one the test is about. */
async function gatherAround(host: string, ...others: readonly string[]): Promise<RealPeer[]> {
  const peers = await stage.network.gather(host, ...others);
  const [wanted] = peers;
  const { hostId } = await wanted!.call("host.get", {});
  if (hostId !== wanted!.peerId) await peers.find(({ peerId }) => peerId === hostId)!.call("host.handOff", { to: wanted!.peerId });
  await vi.waitFor(async () => {
    for (const peer of peers) expect((await peer.call("host.get", {})).hostId).toBe(wanted!.peerId);
  }, patience);
  return peers;
}

test("when the host is killed, the window says who keeps the room list now", async () => {
  const [ben, cleo, self] = await gatherAround("Ben", "Cleo", "Ada");
  const window = await stage.open(self!);
  await window.row("Ben").getByText("host").waitFor({ state: "attached" });
  await ben!.kill();
  await window.row("Ben").getByText("away").waitFor({ state: "attached" });
  const host = await vi.waitFor(async () => {
    const { hostId } = await self!.call("host.get", {});
    expect(hostId).not.toBe(ben!.peerId);
    return hostId;
  }, patience);
  if (host === self!.peerId) {
    await window.conversation.getByText("You keep the room list now").waitFor();
    await window.button("Host panel").waitFor();
  } else {
    await window.conversation.getByText("Cleo keeps the room list now").waitFor();
    await window.row("Cleo").getByText("host").waitFor({ state: "attached" });
  }
  await window.row("Ben").getByText("host").waitFor({ state: "detached" });
  await window.write("Still here?");
  await cleo!.received("#lobby", "Still here?");
});

test("the panel shows who is connected, the rooms, what was passed on and the log; hand-off moves the crown", async () => {
  const [self, ben, cleo] = await gatherAround("Ada", "Ben", "Cleo");
  await ben!.call("rooms.create", { name: "design", visibility: "public" });
  const window = await stage.open(self!);
  await window.button("Host panel").click();
  const panel = window.page.getByRole("region", { name: "Host panel" });
  const connected = panel.getByRole("list", { name: "Connected" });
  for (const peer of [ben!, cleo!]) {
    const { addresses } = await peer.call("session.get", {});
    const line = connected.getByRole("listitem").filter({ hasText: peer.name });
    await line.getByText(addresses[0] ?? "an address").waitFor();
  }
  await panel.getByRole("list", { name: "Rooms" }).getByText("#design").waitFor();
  await panel.getByText("Passed on", { exact: true }).waitFor();
  await panel.getByText("Turned away", { exact: true }).waitFor();
  await panel.getByRole("list", { name: "Comings and goings" }).getByText("Ben is here").waitFor();

  await panel.getByRole("button", { name: "Hand off to…" }).click();
  const dialog = window.dialog("Hand off the host's role");
  await dialog.getByRole("radio", { name: "Cleo" }).check();
  await dialog.getByRole("button", { name: "Hand off to Cleo" }).click();
  await dialog.waitFor({ state: "hidden" });
  await window.row("Cleo").getByText("host").waitFor({ state: "attached" });
  await panel.getByText("Cleo is the host now.").waitFor();
  await window.button("Host panel").waitFor({ state: "hidden" });
  await window.conversation.getByText("Cleo keeps the room list now").waitFor();
  for (const peer of [self!, ben!, cleo!]) {
    await vi.waitFor(async () => expect((await peer.call("host.get", {})).hostId).toBe(cleo!.peerId), patience);
  }
});

test("the host alone has nobody to hand off to", async () => {
  const self = await stage.network.join({ name: "Ada" });
  const window = await stage.open(self);
  await window.button("Host panel").click();
  const panel = window.page.getByRole("region", { name: "Host panel" });
  await panel.getByText("Nobody is here who could take over.").waitFor();
  expect(await panel.getByRole("button", { name: "Hand off to…" }).isDisabled()).toBe(true);
});

test("the panel tells of comings and goings as they happen", async () => {
  const [self] = await gatherAround("Ada", "Ben");
  const window = await stage.open(self!);
  await window.button("Host panel").click();
  const log = window.page.getByRole("region", { name: "Host panel" }).getByRole("list", { name: "Comings and goings" });
  const cleo = await stage.network.join({ name: "Cleo" });
  await log.getByText("Cleo is here").waitFor();
  await cleo.stop();
  await log.getByText("Cleo left").waitFor();
});

test("the panel says who sends too much, how much of it was ignored, and whose word that is", async () => {
  const [self, ben] = await gatherAround("Ada", "Ben");
  const window = await stage.open(self!);
  await window.button("Host panel").click();
  const panel = window.page.getByRole("region", { name: "Host panel" });
  const floods = panel.getByRole("list", { name: "Sending too much at once" });
  await panel.getByRole("list", { name: "Rooms" }).waitFor();
  expect(await floods.count()).toBe(0);

  await Promise.all([flood(stage.network, self!), flood(stage.network, ben!)]);
  const rows = floods.getByRole("listitem").filter({ hasText: flooderName });
  await rows.getByText(/^Ignored [\d,]+ times$/u).waitFor();
  await rows.getByText(/^Ignored [\d,]+ times, according to Ben$/u).waitFor();
  expect(await rows.count()).toBe(2);
  await panel.getByRole("note").getByText("What is too much is ignored, so that nobody else has to wait.").waitFor();
  const log = panel.getByRole("list", { name: "Comings and goings" });
  await log.getByText(`${flooderName} sends too much at once; what is too much is dropped`).waitFor();
  await log.getByText(`Ben says that ${flooderName} sends too much at once`).waitFor();

  await window.row("Ben").click();
  await window.write("Did you notice anything?");
  await ben!.received(`@${self!.peerId}`, "Did you notice anything?");
});
