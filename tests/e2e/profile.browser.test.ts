/** What is kept on this computer: how it is protected, and how to be rid of it. */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { axeScript, findViolations } from "./support/accessibility.ts";
import { widths } from "./support/chat-window.ts";
import { patience } from "./support/real-peer.ts";
import { prepareStage } from "./support/stage.ts";

const stage = prepareStage();
const folder = join(import.meta.dirname, "../../artifacts/screenshots");
mkdirSync(folder, { recursive: true });

test.each(Object.values(widths))("a passphrase is set, changed and refused, and everything wiped, at %i px", async (width) => {
  const peer = await stage.network.join({ name: "Ada", kept: true });
  const window = await stage.open(peer, { width, initScript: axeScript, mayComplain: /WebSocket|ERR_CONNECTION/u });
  await window.composer.waitFor();
  if (width === widths.narrow) await window.button("Back").click();
  await window.button("Settings").click();
  const dialog = window.dialog("Settings");
  await dialog.getByText("but without a passphrase").waitFor();
  await dialog.getByRole("button", { name: "Set a passphrase" }).click();
  await dialog.getByLabel("New passphrase").fill("over the hills");
  await dialog.getByLabel("Once more").fill("over the hill");
  await dialog.getByText("The two are not the same yet.").waitFor();
  await dialog.getByLabel("Once more").fill("over the hills");
  for (const colorScheme of ["light", "dark"] as const) {
    await window.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    expect(await findViolations(window.page)).toEqual([]);
    await window.page.screenshot({ path: join(folder, `profile-${width}-${colorScheme}.png`) });
  }
  await window.press("Enter");
  await dialog.getByText("Your passphrase alone opens them.").waitFor();
  await dialog.getByRole("button", { name: "Change passphrase" }).click();
  await dialog.getByLabel("Present passphrase").fill("under the hills");
  await dialog.getByLabel("New passphrase").fill("far away");
  await dialog.getByLabel("Once more").fill("far away");
  await window.press("Enter");
  await dialog.getByText("not this profile's passphrase").waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();

  await dialog.getByRole("button", { name: "Wipe everything…" }).click();
  await dialog.getByText("destroyed at once, for good").waitFor();
  expect(existsSync(join(peer.dataDir, "keys.json"))).toBe(true);
  await dialog.getByRole("button", { name: "Wipe everything now" }).click();
  await vi.waitFor(() => expect(peer.isRunning).toBe(false), patience);
  expect(existsSync(join(peer.dataDir, "keys.json"))).toBe(false);
  expect(existsSync(join(peer.dataDir, "vault.db"))).toBe(false);
});

test("a guest is told that nothing is kept", async () => {
  const window = await stage.open(await stage.network.join({ name: "Ada" }));
  await window.composer.waitFor();
  await window.button("Settings").click();
  await window.dialog("Settings").getByText("nothing stays here after you quit").waitFor();
});
