/** Who logs in, in the desktop's window; and what is left on disk of whom. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Desktop, openDesktop, root } from "./support/desktop.ts";
import { startKeyring } from "./support/desktop-keyring.ts";

const artifacts = join(root, "artifacts");
const quiet = ["--interface", "lo", "--no-mdns"];
const patience = { timeout: 10_000, interval: 50 };

let desktop: Desktop;
beforeEach(async () => {
  desktop = await openDesktop();
});
afterEach(() => desktop.stop());

const profileDir = (name: string) => join(desktop.directory, "home/.local/share/earshot/profiles", name);

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}

const heading = (page: Page, name: string) => page.getByRole("heading", { name, level: 1 });

test("asks at the start; a guest who logs in and quits leaves no file behind", async () => {
  const { page, quit } = await desktop.launch(...quiet);
  await heading(page, "What should people call you?").waitFor();
  mkdirSync(artifacts, { recursive: true });
  await page.screenshot({ path: join(artifacts, "desktop-gate.png") });
  await page.keyboard.type("Ada");
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "Message #lobby" }).waitFor();
  await page.screenshot({ path: join(artifacts, "desktop-guest.png") });
  await quit();
  await vi.waitFor(() => expect(filesIn(join(desktop.directory, "tmp"))).toEqual([]), patience);
  expect(filesIn(join(desktop.directory, "home"))).toEqual([]);
});

test("keeps a profile that is made in the window, saves it as a file, and opens it after a restart with its passphrase", async () => {
  const first = await desktop.launch(...quiet);
  await heading(first.page, "What should people call you?").waitFor();
  await first.page.getByLabel("Your name").fill("Ada");
  await first.page.getByRole("radio", { name: /Keep my profile here/u }).check();
  // Without a keychain in this session none is offered.
  expect(await first.page.getByRole("checkbox").count()).toBe(0);
  await first.page.getByLabel("Passphrase").fill("over the hills");
  await first.page.getByLabel("Once more").fill("over the hills");
  await first.page.keyboard.press("Enter");
  const composer = first.page.getByRole("textbox", { name: "Message #lobby" });
  await composer.fill("kept for later");
  await first.page.keyboard.press("Enter");
  await first.page.getByRole("article").getByText("kept for later").waitFor();

  const saved = join(desktop.directory, "saved.earshot-profile");
  await first.app.evaluate(({ session }, path) => {
    session.fromPartition("window", { cache: false }).on("will-download", (_event, item) => item.setSavePath(path));
  }, saved);
  await first.page.getByRole("button", { name: "Settings" }).click();
  await first.page.getByRole("button", { name: "Take it along…" }).click();
  await first.page.getByRole("button", { name: "Make the file" }).click();
  await first.page.getByRole("link", { name: "Save the file" }).click();
  await vi.waitFor(() => expect(existsSync(saved) ? statSync(saved).size : 0).toBeGreaterThan(200), patience);
  await first.quit();

  const again = await desktop.launch(...quiet);
  await again.page.getByRole("button", { name: /^Ada/u }).click();
  await heading(again.page, "Ada").waitFor();
  await again.page.keyboard.type("over the hills");
  await again.page.keyboard.press("Enter");
  await again.page.getByRole("article").getByText("kept for later").waitFor();
  await again.quit();
});

test("a profile that is wiped when it is quit takes what the window kept of it along", async () => {
  const { page, quit } = await desktop.launch(...quiet, "--profile", "ada", "--name", "Ada");
  await page.getByRole("main").waitFor();
  expect(filesIn(join(profileDir("ada"), "window")).length).toBeGreaterThan(0);
  await desktop.earshot("call", "profile.setWipeOnQuit", '{"on": true}', "--profile", "ada");
  await quit();
  await vi.waitFor(() => expect(existsSync(profileDir("ada")) ? filesIn(profileDir("ada")) : []).toEqual([]), patience);
});

test("a wipe from the command line ends the window, and nothing of the profile is left", async () => {
  const { app, page } = await desktop.launch(...quiet, "--profile", "ada", "--name", "Ada");
  await page.getByRole("main").waitFor();
  const ended = new Promise((resolve) => app.process().once("exit", resolve));
  await desktop.earshot("wipe", "--profile", "ada", "--yes");
  expect(await ended).toBe(0);
  await vi.waitFor(() => expect(existsSync(profileDir("ada")) ? filesIn(profileDir("ada")) : []).toEqual([]), patience);
});

test("a profile opens by the system's keyring, without a question, and by nothing else", async () => {
  const keyring = await startKeyring(desktop.env);
  try {
    const first = await desktop.launchWithKeyring(keyring.env, ...quiet);
    await heading(first.page, "What should people call you?").waitFor();
    await first.page.getByLabel("Your name").fill("Ada");
    await first.page.getByRole("radio", { name: /Keep my profile here/u }).check();
    await first.page.getByRole("checkbox", { name: /keychain/u }).check();
    await first.page.screenshot({ path: join(artifacts, "desktop-keychain.png") });
    await first.page.keyboard.press("Enter");
    const composer = first.page.getByRole("textbox", { name: "Message #lobby" });
    await composer.fill("kept by the keyring");
    await first.page.keyboard.press("Enter");
    await first.page.getByRole("article").getByText("kept by the keyring").waitFor();
    await first.quit();
    const keys = JSON.parse(readFileSync(join(profileDir("Ada"), "keys.json"), "utf8")) as { slots: { kind: string }[] };
    expect(keys.slots.map(({ kind }) => kind)).toEqual(["keychain"]);

    const again = await desktop.launchWithKeyring(keyring.env, ...quiet);
    await again.page.getByRole("button", { name: /^Ada/u }).click();
    await again.page.getByRole("article").getByText("kept by the keyring").waitFor();
    await again.quit();
  } finally {
    await keyring.stop();
  }
  const without = await desktop.launch(...quiet);
  await without.page.getByRole("button", { name: /^Ada/u }).click();
  await without.page.getByText("opens with the system's keychain").waitFor();
  await without.quit();
});
