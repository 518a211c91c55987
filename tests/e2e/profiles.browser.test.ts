/** Who logs in: asked by the window, before there is anybody. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { axeScript, findViolations } from "./support/accessibility.ts";
import { type ChatWindow, widths } from "./support/chat-window.ts";
import { prepareStage } from "./support/stage.ts";

const stage = prepareStage();
const folder = join(import.meta.dirname, "../../artifacts/screenshots");
mkdirSync(folder, { recursive: true });

async function looked(page: Page, name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    expect(await findViolations(page)).toEqual([]);
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
  }
}

const heading = (window: ChatWindow, name: string) => window.page.getByRole("heading", { name, level: 1 });
const radio = (window: ChatWindow, name: RegExp) => window.page.getByRole("radio", { name });

async function openSettings(window: ChatWindow, width: number): Promise<void> {
  await window.composer.waitFor();
  if (width === widths.narrow) await window.button("Back").click();
  await window.button("Settings").click();
}

test("a guest is one press of Enter", async () => {
  const ben = await stage.network.join({ name: "Ben" });
  const window = await stage.open(await stage.network.join({ asks: true }));
  await heading(window, "What should people call you?").waitFor();
  expect(await window.focused()).toBe("name");
  await window.type("Ada");
  await window.press("Enter");
  await window.row("Ben").waitFor();
  await window.composer.fill("Good morning");
  await window.press("Enter");
  expect(await ben.received("#lobby", "Good morning")).toMatchObject({ fromName: "Ada" });
});

test("nothing that a guest wrote or chose is there for the next", async () => {
  const peer = await stage.network.join({ asks: true });
  const window = await stage.open(peer);
  const theme = () => window.page.evaluate('[document.documentElement.dataset.theme, sessionStorage.getItem("earshot.theme")]');
  await heading(window, "What should people call you?").waitFor();
  await window.type("Ada");
  await window.press("Enter");
  await openSettings(window, widths.wide);
  await window.page.getByRole("radio", { name: "Dark" }).check();
  expect(await theme()).toEqual(["dark", "dark"]);
  await window.press("Escape");
  await window.composer.fill("half a secret");
  const left = window.page.waitForEvent("domcontentloaded");
  await peer.call("profiles.guest", { name: "Eve" });
  await left;
  await window.composer.waitFor();
  expect(await window.composer.inputValue()).toBe("");
  expect(await theme()).toEqual(["system", null]);
  expect(await peer.call("session.get", {})).toMatchObject({ name: "Eve" });
});

test.each(Object.values(widths))("a profile is kept, locked, refused and unlocked, at %i px", async (width) => {
  const peer = await stage.network.join({ asks: true });
  const window = await stage.open(peer, { width, initScript: axeScript });
  await heading(window, "What should people call you?").waitFor();
  await looked(window.page, `gate-enter-${width}`);
  await window.page.getByLabel("Your name").fill("Ada Lovelace");
  await radio(window, /Keep my profile here/u).check();
  await window.page.getByText("Without a passphrase").waitFor();
  await window.page.getByLabel("Passphrase").fill("over the hills");
  await window.page.getByLabel("Once more").fill("over the hill");
  await window.page.getByText("The two are not the same yet.").waitFor();
  expect(await window.button("Start talking").isDisabled()).toBe(true);
  await window.page.getByLabel("Once more").fill("over the hills");
  await looked(window.page, `gate-keep-${width}`);
  await window.press("Enter");
  await window.composer.waitFor();
  const { peerId } = await peer.call("session.get", {});
  await peer.call("messages.send", { to: "#lobby", text: "kept for later" });
  await window.message("kept for later").waitFor();

  await openSettings(window, width);
  await window.button("Log out…").click();
  await window.dialog("Log out").getByText("Your profile stays here").waitFor();
  await looked(window.page, `gate-logout-${width}`);
  await window.press("Enter");
  await heading(window, "Who are you?").waitFor();
  expect(await window.page.getByText("kept for later").count()).toBe(0);
  await looked(window.page, `gate-pick-${width}`);
  await window.press("Enter");
  await heading(window, "Ada-Lovelace").waitFor();
  expect(await window.focused()).toBe("passphrase");
  await window.type("under the hills");
  await window.press("Enter");
  await window.page.getByText("not this profile's passphrase").waitFor();
  await looked(window.page, `gate-unlock-${width}`);
  expect(await window.focused()).toBe("passphrase");
  await window.type("over the hills");
  await window.press("Enter");
  await window.message("kept for later").waitFor();
  expect((await peer.call("session.get", {})).peerId).toBe(peerId);
});

test.each(Object.values(widths))("a guest stays who they are when kept; and moves with a file and 24 words, at %i px", async (width) => {
  const peer = await stage.network.join({ asks: true });
  const window = await stage.open(peer, { width, initScript: axeScript });
  await heading(window, "What should people call you?").waitFor();
  await window.type("Ada");
  await window.press("Enter");
  await window.composer.waitFor();
  const { peerId } = await peer.call("session.get", {});
  await peer.call("messages.send", { to: "#lobby", text: "as a guest" });

  await openSettings(window, width);
  await window.button("Keep my profile…").click();
  await window.dialog("Keep your profile here").getByLabel("Passphrase").waitFor();
  await looked(window.page, `keep-${width}`);
  await window.button("Keep it").click();
  await window.dialog("Keep your profile here").waitFor({ state: "hidden" });
  await expect.poll(async () => await peer.call("session.get", {})).toMatchObject({ peerId, profile: "Ada" });

  if (width !== widths.narrow) await window.message("as a guest").waitFor();
  await window.button("Settings").click();
  await window.button("Take it along…").click();
  await window.button("Make the file").click();
  const exported = window.dialog("Take your profile along");
  await exported.getByRole("listitem").first().waitFor();
  const words = await exported.getByRole("listitem").allTextContents();
  expect(words).toHaveLength(24);
  await looked(window.page, `export-${width}`);
  const [download] = await Promise.all([
    window.page.waitForEvent("download"),
    exported.getByRole("link", { name: "Save the file" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("Ada.earshot-profile");
  const path = await download.path();
  await window.button("I have written them down").click();

  const elsewhere = await stage.open(await stage.network.join({ asks: true }), { width, initScript: axeScript });
  await elsewhere.button("Bring a profile from a file").click();
  await heading(elsewhere, "Bring a profile here").waitFor();
  await elsewhere.page.getByLabel("The file").setInputFiles(path);
  const phrase = elsewhere.page.getByLabel("Its 24 words");
  await phrase.fill([...words.slice(0, 23), "zebra"].join(" "));
  await elsewhere.page.getByText("24 of 24 words").waitFor();
  await elsewhere.button("Bring it here").click();
  await elsewhere.page.getByRole("alert").filter({ hasText: /\w/u }).waitFor();
  await looked(elsewhere.page, `bring-${width}`);
  await peer.call("profiles.logOut", {});
  await heading(window, "Who are you?").waitFor();
  await phrase.fill(words.map((word, place) => `${place + 1}. ${word}`).join("\n"));
  await elsewhere.button("Bring it here").click();
  await elsewhere.composer.waitFor();
});
