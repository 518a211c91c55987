/** Talking: what others say, what becomes of one's own words, rooms, drafts and links. */
import type { WebSocketRoute } from "playwright-core";
import { expect, test, vi } from "vitest";
import { freePort, patience } from "./support/real-peer.ts";
import { prepareStage } from "./support/stage.ts";

const stage = prepareStage();

test("a message from elsewhere appears with its author, and elsewhere in the window as unread", async () => {
  const [self, ben] = await stage.network.gather("Ada", "Ben");
  const window = await stage.open(self!);
  await window.row("Ben").waitFor();
  await ben!.say("#lobby", "Is anybody there?");
  await window.message("Is anybody there?").getByText("Ben", { exact: true }).waitFor();
  // It counts as unread until the peer has heard that it was seen.
  await vi.waitFor(async () => expect(await window.page.title()).toBe("Earshot"), patience);

  for (const text of ["Just to you", "and one more"]) await ben!.say(`@${self!.peerId}`, text);
  await window.row("Ben").getByText("2 unread").waitFor();
  await vi.waitFor(async () => expect(await window.page.title()).toBe("(2) Earshot"), patience);
  await window.page.getByRole("status").getByText("Ben: and one more").waitFor({ state: "attached" });

  await window.row("Ben").click();
  await window.message("Just to you").waitFor();
  await window.messages.getByText("New", { exact: true }).waitFor();
  const lines = await window.messages
    .locator("[data-unread], [data-message]")
    .evaluateAll((elements) => elements.map((line) => line.hasAttribute("data-unread")));
  expect(lines).toEqual([true, false, false]);
  await vi.waitFor(async () => expect(await window.page.title()).toBe("Earshot"), patience);
  await window.row("Ben").getByText("unread").waitFor({ state: "detached" });
});

test("what was missed is shown from where it begins, and stays unread until it has been seen", async () => {
  const [self, ben] = await stage.network.gather("Ada", "Ben");
  const window = await stage.open(self!);
  for (let line = 1; line <= 60; line += 1) await ben!.say(`@${self!.peerId}`, `line ${line} of many`);
  await window.row("Ben").getByText("60 unread").waitFor();
  await window.row("Ben").click();
  await window.message("line 1 of many").waitFor();
  const isInView = (text: string) =>
    window.message(text).evaluate((line) => {
      const { top, bottom } = line.getBoundingClientRect();
      const box = line.closest("[role=log]").getBoundingClientRect();
      return top >= box.top && bottom <= box.bottom;
    });
  expect(await isInView("line 1 of many")).toBe(true);
  expect(await isInView("line 60 of many")).toBe(false);
  await window.row("Ben").getByText("60 unread").waitFor();
  await window.button("Go to 60 new messages").click();
  await vi.waitFor(async () => expect(await isInView("line 60 of many")).toBe(true), patience);
  await window.row("Ben").getByText("unread").waitFor({ state: "detached" });
});

test("a room: created, joined by somebody else, its members, and a mention", async () => {
  const [self, ben] = await stage.network.gather("Ada", "Ben");
  const window = await stage.open(self!);
  await window.button("Create a room").click();
  await window.dialog("Create a room").getByLabel("Name").fill("design");
  await window.dialog("Create a room").getByLabel("Topic (optional)").fill("Sketches and opinions");
  await window.press("Enter");
  await window.conversation.getByRole("heading", { name: "design", exact: true }).first().waitFor();
  await window.conversation.getByText("This is the beginning of #design.").waitFor();
  await vi.waitFor(async () => expect(await window.focused()).toBe("Message #design"), patience);

  await vi.waitFor(async () => {
    const { rooms } = await ben!.call("rooms.list", {});
    expect(rooms).toContainEqual(expect.objectContaining({ name: "design", topic: "Sketches and opinions", joined: false }));
  }, patience);
  await ben!.call("rooms.join", { room: "#design" });
  await window.button("2 people").waitFor();
  await window.aside.getByRole("list", { name: "Members" }).getByRole("button", { name: "Ben" }).waitFor();

  await window.row("lobby").click();
  await ben!.say("#design", "What do you think, @Ada?");
  await window.row("design").getByText("1 unread, one names you").waitFor();
  await window.row("design").click();
  await window.message("What do you think, @Ada?").waitFor();

  await window.button("Leave room").click();
  await window.dialog("Leave #design?").getByRole("button", { name: "Leave room" }).click();
  await window.composer.and(window.page.getByLabel("Message #lobby")).waitFor();
  await window.button("1 more room").click();
  await window.button("Join #design").click();
  await window.composer.and(window.page.getByLabel("Message #design")).waitFor();
});

test("a private room reaches only who was invited", async () => {
  const [self, ben, cleo] = await stage.network.gather("Ada", "Ben", "Cleo");
  const window = await stage.open(self!);
  const { roomId } = await ben!.call("rooms.create", { name: "board", visibility: "private" });
  await ben!.call("rooms.invite", { room: roomId, peer: self!.peerId });
  await window.sidebar.getByText("from Ben").waitFor();
  await window.button("Join #board").click();
  // Until the room stands open, the composer is still the lobby's.
  await window.page.getByRole("textbox", { name: "Message #board" }).waitFor();
  await window.write("I am in");
  await ben!.received(roomId, "I am in");
  expect((await cleo!.call("rooms.list", {})).rooms.map(({ name }) => name)).toEqual(["lobby"]);
});

test("a direct message waits for somebody who is away, says so, and is delivered when he is back", async () => {
  const self = await stage.network.join({ name: "Ada" });
  const ben = await stage.network.join({ name: "Ben", kept: true });
  await stage.network.settled();
  const window = await stage.open(self);
  await window.row("Ben").click();
  await window.conversation.getByText("Only you and Ben can read this.").waitFor();
  await window.write("You are here");
  const answered = window.message("You are here");
  await answered.getByText("Delivered to Ben").waitFor({ state: "attached" });

  await ben.stop();
  await window.conversation.getByText("Ben is away. What you write waits until they come.").waitFor();
  await window.write("You are away");
  const waiting = window.message("You are away");
  await waiting.getByText("Waiting on this computer: too few others are here to hold it until they come").waitFor({ state: "attached" });
  await waiting.hover();
  await waiting.focus();
  await waiting.getByText("Waiting on this computer: too few others are here to hold it until they come").waitFor();

  await ben.start();
  await waiting.getByText("Delivered to Ben").waitFor({ state: "attached" });
  expect(await ben.received(`@${self.peerId}`, "You are away")).toMatchObject({ fromName: "Ada" });
});

test("a message to a room says whom it has reached, until it has reached all", async () => {
  const self = await stage.network.join({ name: "Ada" });
  const ben = await stage.network.join({ name: "Ben" });
  const cleo = await stage.network.join({ name: "Cleo", kept: true });
  await stage.network.settled();
  const { roomId } = await self.call("rooms.create", { name: "design", visibility: "public" });
  for (const peer of [ben, cleo]) await vi.waitFor(() => peer.call("rooms.join", { room: roomId }), patience);
  const window = await stage.open(self);
  await window.row("design").click();
  await window.button("3 people").waitFor();
  await cleo.stop();
  await window.row("Cleo").getByText("away").waitFor({ state: "attached" });

  await window.write("The sketches are on the wall");
  const sent = window.message("The sketches are on the wall");
  await sent.getByText("Delivered to 1 of 2: Ben").waitFor({ state: "attached" });
  await cleo.start();
  await sent.getByText(/^Delivered to (Ben and Cleo|Cleo and Ben)$/u).waitFor({ state: "attached" });
  await cleo.received(roomId, "The sketches are on the wall");
});

test("drafts stay with their conversation, and the search finds what was said", async () => {
  const [self, ben] = await stage.network.gather("Ada", "Ben");
  const window = await stage.open(self!);
  await window.write("The cable lies behind the printer");
  await ben!.received("#lobby", "The cable lies behind the printer");
  await window.composer.fill("half a thought");
  await window.row("Ben").click();
  expect(await window.composer.inputValue()).toBe("");
  await window.composer.fill("another one");
  await window.row("lobby").click();
  await vi.waitFor(async () => expect(await window.composer.inputValue()).toBe("half a thought"), patience);
  await window.row("Ben").click();
  await vi.waitFor(async () => expect(await window.composer.inputValue()).toBe("another one"), patience);

  await window.press("Control+f");
  await window.type("PRINTER cable");
  await window.aside.getByText("In Ben").waitFor({ state: "attached" });
  await window.aside.getByText("Everywhere").click();
  await window.aside.getByRole("list", { name: "Results" }).getByText("The cable lies behind the printer").click();
  await window.message("The cable lies behind the printer").waitFor();
});

test("while the peer does not answer, a text is kept, and sent when the person says so", async () => {
  const [self, ben] = await stage.network.gather("Ada", "Ben");
  const window = await stage.open(self!, { mayComplain: /WebSocket/ });
  let isCut = false;
  const routes = new Set<WebSocketRoute>();
  await window.page.routeWebSocket(/\/api$/u, (route) => {
    if (isCut) return void route.close();
    route.connectToServer();
    routes.add(route);
  });
  await window.page.reload();
  await window.row("Ben").waitFor();

  isCut = true;
  for (const route of routes) await route.close();
  const banner = window.page.getByRole("status").getByText("Earshot on this computer does not answer");
  await banner.waitFor();
  await window.write("Did this arrive?");
  await window.messages.getByText("Not sent. Earshot on this computer does not answer.").waitFor();
  await window.messages.getByText("Did this arrive?").waitFor();
  await ben!.say("#lobby", "said meanwhile");

  isCut = false;
  await banner.waitFor({ state: "hidden" });
  await window.message("said meanwhile").waitFor();
  await window.button("Edit").click();
  expect(await window.composer.inputValue()).toBe("Did this arrive?");
  isCut = true;
  for (const route of routes) await route.close();
  await banner.waitFor();
  await window.composer.press("Enter");
  await window.button("Try again").waitFor();
  isCut = false;
  await banner.waitFor({ state: "hidden" });
  await window.button("Try again").click();
  expect(await ben!.received("#lobby", "Did this arrive?")).toMatchObject({ fromName: "Ada" });
  await window.button("Try again").waitFor({ state: "hidden" });
});

test("when the peer was killed the window says so, and after a new start that it needs to be opened again", async () => {
  const self = await stage.network.join({ name: "Ada", kept: true, uiPort: await freePort() });
  // A request that was under way when the peer died is cut off, one that follows is refused.
  const window = await stage.open(self, { mayComplain: /WebSocket|ERR_CONNECTION_(REFUSED|RESET|CLOSED)|ERR_EMPTY_RESPONSE|401/ });
  await window.composer.waitFor();
  await self.kill();
  await window.page.getByRole("status").getByText("Earshot on this computer does not answer").waitFor();
  await window.composer.fill("not lost");
  await self.start();
  await window.page.getByText("This page has lost its key. Open it again from Earshot.").waitFor();
  expect(await window.composer.inputValue()).toBe("not lost");
});

test("what others write is text; only http and https become links, and nothing leaves the page", async () => {
  const self = await stage.network.join({ name: "Ada" });
  const mallory = await stage.network.join({ name: "<b>Mallory</b>" });
  await stage.network.settled();
  const window = await stage.open(self);
  const hostile = [
    '<img src="https://example.com/x.png" onerror="alert(1)">',
    "<script>document.title = 'taken'</script>",
    "javascript:alert(1) and data:text/html,<b>hi</b> and file:///etc/passwd",
    "[click](javascript:alert(1)) ![](https://example.com/pixel.png)",
    "&lt;b&gt; &amp; {{7*7}} \u202egnp.exe",
  ];
  for (const text of hostile) await mallory.say("#lobby", text);
  await mallory.say("#lobby", "see https://example.com/a?b=1&c=<d> and http://127.0.0.1:1/ today");
  await window.message("see https://example.com/a").waitFor();
  for (const text of hostile)
    await vi.waitFor(async () => expect(await window.messages.locator(".text").allTextContents()).toContain(text), patience);
  expect(await window.row("<b>Mallory</b>").or(window.sidebar.getByText("<b>Mallory</b>")).first().isVisible()).toBe(true);

  const links = await window.messages
    .getByRole("link")
    .evaluateAll((elements) => elements.map((link) => [link.getAttribute("href"), link.getAttribute("target"), link.getAttribute("rel")]));
  for (const [href, target, rel] of links) {
    expect(href).toMatch(/^https?:\/\//u);
    expect([target, rel]).toEqual(["_blank", "noreferrer noopener"]);
  }
  expect(links.map(([href]) => href)).toEqual(expect.arrayContaining(["https://example.com/pixel.png", "http://127.0.0.1:1/"]));
  expect(await window.messages.locator("img, script, iframe, b, style").count()).toBe(0);
  expect(await window.page.title()).toBe("Earshot");
});
