/** What somebody who comes into a private room is shown of what was said before, and that they are told so. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { axeScript, findViolations } from "./support/accessibility.ts";
import { widths } from "./support/chat-window.ts";
import { patience } from "./support/real-peer.ts";
import { prepareStage } from "./support/stage.ts";

const stage = prepareStage();
const folder = join(import.meta.dirname, "../../artifacts/screenshots");
mkdirSync(folder, { recursive: true });

test("a private room is made; whoever comes in later reads from then on", async () => {
  const [self, mara] = await stage.network.gather("Ada", "Mara");
  const maker = await stage.open(self!, { width: widths.wide, initScript: axeScript });
  await maker.composer.waitFor();
  await maker.button("Create a room").click();
  const dialog = maker.dialog("Create a room");
  await dialog.getByLabel("Name").fill("cellar");
  await dialog.getByText("Only people you invite").click();
  await dialog.getByLabel("Whoever comes later reads what was said before").waitFor();
  expect(await findViolations(maker.page)).toEqual([]);
  await maker.page.screenshot({ path: join(folder, "create-private-1440-light.png") });
  await dialog.getByRole("button", { name: "Create room" }).click();
  await dialog.waitFor({ state: "detached" });
  await maker.composer.fill("The key is under the mat");
  await maker.press("Enter");
  await maker.message("The key is under the mat").waitFor();

  const room = (await self!.call("rooms.list", {})).rooms.find(({ name }) => name === "cellar");
  expect(room).toMatchObject({ visibility: "private", history: "fromJoin", hasUntold: false });
  await self!.call("rooms.invite", { room: room!.roomId, peer: mara!.peerId });
  await vi.waitFor(
    async () => expect((await mara!.call("rooms.list", {})).rooms.map(({ roomId }) => roomId)).toContain(room!.roomId),
    patience,
  );
  await mara!.call("rooms.join", { room: room!.roomId });
  await vi.waitFor(async () => expect((await self!.call("rooms.members", { room: room!.roomId })).members).toHaveLength(2), patience);
  await self!.say(room!.roomId, "Welcome");
  const window = await stage.open(mara!, { width: widths.wide, initScript: axeScript });
  await window.composer.waitFor();
  await window.row("cellar").click();
  await window.message("Welcome").waitFor();
  await window.conversation.getByText("Earlier messages are not shown to you").waitFor();
  expect(await window.message("The key is under the mat").count()).toBe(0);
  expect(await findViolations(window.page)).toEqual([]);
  await window.page.screenshot({ path: join(folder, "newcomer-1440-light.png") });
});
