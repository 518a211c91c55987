/** From nothing to talking, without a pointer. */
import { expect, test, vi } from "vitest";
import { patience } from "./support/real-peer.ts";
import { prepareStage } from "./support/stage.ts";

const stage = prepareStage();

test("first start to first message by keyboard alone", async () => {
  const ben = await stage.network.join({ name: "Ben" });
  const self = await stage.network.join();
  const window = await stage.open(self);
  await window.dialog("What should people call you?").waitFor();
  expect(await window.focused()).toBe("name");

  // What the computer proposes is chosen, so that typing replaces it.
  await window.type("Ada");
  await window.press("Enter");
  await window.dialog("What should people call you?").waitFor({ state: "hidden" });
  await vi.waitFor(async () => expect(await window.focused()).toBe("Message #lobby"), patience);
  expect(await self.call("session.get", {})).toMatchObject({ name: "Ada", named: true });

  await window.row("Ben").waitFor();
  await window.type("Good morning");
  await window.press("Enter");
  expect(await ben.received("#lobby", "Good morning")).toMatchObject({ from: self.peerId, fromName: "Ada" });
  await window.message("Good morning").getByText("Delivered to Ben").waitFor({ state: "attached" });
  expect(await window.composer.inputValue()).toBe("");
  expect(await window.focused()).toBe("Message #lobby");
});

test("the name one chose stands in the list of people as well", async () => {
  const window = await stage.open(await stage.network.join(), { width: 1440 });
  const members = window.page.getByRole("list", { name: "Members" });
  await window.dialog("What should people call you?").waitFor();
  await members.getByText("(you)").waitFor();
  await window.type("Ada");
  await window.press("Enter");
  await members.getByText("Ada", { exact: true }).waitFor();
});

test("the first dialog has to be answered, and says what stays on the computer", async () => {
  const self = await stage.network.join();
  const window = await stage.open(self);
  const dialog = window.dialog("What should people call you?");
  await dialog.waitFor();
  await dialog.getByText(stage.network.name).waitFor();
  await dialog.getByText("You are a guest on this computer").waitFor();
  await window.press("Escape", "Escape");
  expect(await dialog.isVisible()).toBe(true);
  await window.press("Control+k");
  expect(await window.page.getByRole("dialog").count()).toBe(1);
  await dialog.getByRole("textbox").fill("   ");
  expect(await window.button("Start talking").isDisabled()).toBe(true);
});

test("alone: it says what to do, and somebody who comes appears by himself", async () => {
  const self = await stage.network.join({ name: "Ada" });
  const window = await stage.open(self);
  await window.conversation.getByRole("heading", { name: "Nobody else is here yet" }).waitFor();
  const { addresses } = await self.call("session.get", {});
  await window.conversation.getByText(addresses[0] ?? "an address").waitFor();
  await window.sidebar.getByText("Nobody else here yet").waitFor();

  await stage.network.join({ name: "Ben" });
  await window.row("Ben").waitFor();
  await window.sidebar.getByText("2 people here").waitFor();
  await window.conversation.getByRole("heading", { name: "Nobody else is here yet" }).waitFor({ state: "hidden" });
});

test("the key of the API leaves the address, and the page can be loaded again", async () => {
  const self = await stage.network.join({ name: "Ada" });
  const window = await stage.open(self);
  await window.composer.waitFor();
  expect(window.page.url()).toBe(`${self.url}/`);
  await window.page.reload();
  await window.composer.waitFor();
});

test("a page without its key says so", async () => {
  const self = await stage.network.join({ name: "Ada" });
  const window = await stage.open(self);
  await window.composer.waitFor();
  const stranger = await stage.open(Object.assign(Object.create(self), { token: "wrong" }), { mayComplain: /401|Authentication failed/ });
  await stranger.page.getByText("This page has lost its key").waitFor();
  expect(await stranger.page.getByText("lobby").count()).toBe(0);
});
