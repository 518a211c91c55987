/** Messages that disappear, as people see them: set in the details, marked, said in a line, and gone. */
import { expect, test, vi } from "vitest";
import { axeScript } from "./support/accessibility.ts";
import { widths } from "./support/chat-window.ts";
import { look } from "./support/look.ts";
import { patience } from "./support/real-peer.ts";
import { prepareStage } from "./support/stage.ts";

const stage = prepareStage();

test.each(Object.values(widths))("it is set, seen and over, at %i px", async (width) => {
  const [self, mara] = await stage.network.gather("Ada", "Mara");
  const window = await stage.open(self!, { width, initScript: axeScript });
  await window.composer.waitFor();
  if (width === widths.narrow) await window.button("Back").click();
  await window.row("Mara").click();
  if (width !== widths.wide) await window.button("Details").click();
  await window.page.getByLabel("Disappearing messages").selectOption("1 day");
  await vi.waitFor(async () => expect((await self!.call("peers.list", {})).peers[0]?.timerMs).toBe(86_400_000), patience);
  await vi.waitFor(async () => expect((await mara!.call("peers.list", {})).peers[0]?.timerMs).toBe(86_400_000), patience);
  await look(window, "timer-set");
  if (width !== widths.wide) await window.aside.getByRole("button", { name: width === widths.narrow ? "Back" : "Close" }).click();
  await window.conversation.getByText("You set messages to disappear after 1 day").waitFor();
  await window.conversation.getByText("Messages disappear after 1 day").waitFor({ state: "attached" });

  await mara!.say(`@${self!.peerId}`, "The code is 4711");
  await window.message("The code is 4711").getByText("Disappears in 1 day").waitFor({ state: "attached" });
  await window.composer.fill("I have written it down");
  await window.press("Enter");
  await window.message("I have written it down").getByText("Disappears in 1 day").waitFor({ state: "attached" });
  await look(window, "timer");

  await mara!.call("messages.setTimer", { in: `@${self!.peerId}`, afterMs: 5_000 });
  await window.conversation.getByText("set messages to disappear after 5 seconds").waitFor();
  await mara!.say(`@${self!.peerId}`, "Blink and it is gone");
  await window.message("Blink and it is gone").waitFor();
  await window.message("Blink and it is gone").waitFor({ state: "detached", timeout: 15_000 });
  await window.message("The code is 4711").waitFor();
});
