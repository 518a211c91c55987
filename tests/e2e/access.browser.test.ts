/** For everybody: no violation that axe knows of, everything by keyboard, and room enough on a narrow screen. */
import { expect, test, vi } from "vitest";
import { axeScript, findViolations } from "./support/accessibility.ts";
import { type ChatWindow, widths } from "./support/chat-window.ts";
import { openOffice } from "./support/office.ts";
import { patience } from "./support/real-peer.ts";
import { prepareStage } from "./support/stage.ts";
import { views } from "./support/views.ts";

const stage = prepareStage();

/** In both themes: colours change, and with them the contrast. */
async function violationsIn(window: ChatWindow, view: string): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await window.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    found.push(...(await findViolations(window.page)).map((violation) => `${view}, ${colorScheme}: ${violation}`));
  }
  return found;
}

test.each([widths.wide, widths.narrow])("axe finds no violation at %i px", async (width) => {
  const office = await openOffice(stage.network);
  const window = await stage.open(office.self, { width, initScript: axeScript });
  await window.composer.waitFor();
  const found: string[] = [];
  for (const view of views) {
    await view.show(window);
    found.push(...(await violationsIn(window, view.name)));
    await view.leave(window);
  }
  expect(found).toEqual([]);
});

test.each([widths.wide, widths.narrow])("axe finds no violation at the first start and alone at %i px", async (width) => {
  const window = await stage.open(await stage.network.join(), { width, initScript: axeScript });
  await window.dialog("What should people call you?").waitFor();
  const found = await violationsIn(window, "first start");
  await window.type("Ada");
  await window.press("Enter");
  await window.conversation.getByRole("heading", { name: "Nobody else is here yet" }).waitFor();
  found.push(...(await violationsIn(window, "alone")));
  expect(found).toEqual([]);
});

test("by keyboard: jump, next conversation, next unread, search, shortcuts, Escape", async () => {
  const { self, jon } = await openOffice(stage.network);
  const window = await stage.open(self);
  const isIn = (label: string) => vi.waitFor(async () => expect(await window.focused()).toBe(`Message ${label}`), patience);
  await isIn("#lobby");

  await window.press("Control+k");
  await window.dialog("Jump to").waitFor();
  await window.type("desi");
  await window.page.getByRole("option", { name: "#design" }).waitFor();
  await window.press("Enter");
  await isIn("#design");
  await window.press("Control+k");
  await window.type("workshop");
  await window.press("Enter");
  await vi.waitFor(async () => expect(await window.focused()).toBe("Join #workshop"), patience);
  await window.press("Enter");
  await isIn("#workshop");
  await window.press("Control+k");
  await window.type("design");
  await window.press("Enter");
  await isIn("#design");
  await window.press("Control+k");
  await window.type("jon");
  await window.press("Escape");
  await isIn("#design");

  await window.press("Alt+ArrowDown");
  await isIn("#lunch");
  // Read once it has been seen, not once it is open.
  await window
    .row("lunch")
    .getByText(/unread/)
    .waitFor({ state: "detached" });
  await window.press("Alt+ArrowUp", "Alt+ArrowUp");
  await isIn("#board");
  await jon.say(`@${self.peerId}`, "psst");
  await window.row("Jon").getByText("1 unread").waitFor();
  await window.press("Alt+Shift+ArrowDown");
  await isIn("Inês Carvalho");
  await window.press("Alt+Shift+ArrowDown");
  await isIn("Jon");

  await window.press("Control+f");
  await vi.waitFor(async () => expect(await window.focused()).toBe("Search messages"), patience);
  await window.press("Escape");
  await isIn("Jon");
  await window.press("Control+/");
  await window.dialog("Keyboard").waitFor();
  await window.press("Escape");
  await window.dialog("Keyboard").waitFor({ state: "hidden" });
  await isIn("Jon");

  // From writing to the messages and along them; R replies.
  await window.press("Shift+Tab");
  await window.press("ArrowUp");
  expect(await window.focused()).toMatch(/^Jon, /u);
  await window.press("r");
  await isIn("Jon");
  await window.conversation.getByText("Replying to Jon").waitFor();
  await window.press("Escape");
  await window.conversation.getByText("Replying to Jon").waitFor({ state: "hidden" });
});

test("the focus is always to be seen, wherever Tab leads", async () => {
  const { self } = await openOffice(stage.network);
  const window = await stage.open(self);
  await window.row("Jon").waitFor();
  const unseen: string[] = [];
  const seen = new Set<string>();
  for (let step = 0; step < 60; step += 1) {
    await window.press("Tab");
    const stop = window.page.locator(":focus");
    // Between the last stop and the first one it is on none.
    if ((await stop.count()) === 0) continue;
    const { name, visible } = await stop.evaluate((element) => {
      const view = element.ownerDocument.defaultView;
      const isDrawn = (one: typeof element) => {
        const style = view.getComputedStyle(one);
        return style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 1;
      };
      // The frame around the composer shows the focus of the field, by its colour.
      const frame = element.matches("textarea") ? element.closest(".composer-box") : null;
      const colour = () => view.getComputedStyle(frame).borderTopColor;
      const framedAs = frame === null ? "" : colour();
      if (frame !== null) element.blur();
      const isFramed = frame !== null && colour() !== framedAs;
      if (frame !== null) element.focus();
      // A segment shows that of its hidden radio button.
      const beside = element.nextElementSibling;
      const text = `${element.tagName} ${element.getAttribute("aria-label") ?? element.textContent}`;
      return { name: text, visible: isDrawn(element) || isFramed || (beside !== null && isDrawn(beside)) };
    });
    if (seen.has(name)) continue;
    seen.add(name);
    if (!visible) unseen.push(name);
  }
  expect(unseen).toEqual([]);
  expect(seen.size).toBeGreaterThan(12);
});

test("a narrow screen shows one pane at a time, and nothing scrolls sideways", async () => {
  const { self, jon } = await openOffice(stage.network);
  const window = await stage.open(self, { width: widths.narrow });
  await window.composer.waitFor();
  await jon.say("#lobby", `${"endless".repeat(40)} https://example.com/${"path/".repeat(40)}`);
  await window.message("endless").waitFor();
  const panes = async () => [await window.sidebar.isVisible(), await window.messages.isVisible(), await window.aside.isVisible()];
  const nothingWider = async () => {
    const wider = await window.page.locator("html").evaluate((root) => {
      const limit = root.clientWidth;
      return [root, ...root.querySelectorAll("body, body *")]
        .filter((element) => element.checkVisibility() && !element.matches(".visually-hidden, .visually-hidden *, code, svg *"))
        .filter((element) => element.getBoundingClientRect().right > limit + 1)
        .map((element) => `${element.tagName}.${element.className}`);
    });
    expect(wider).toEqual([]);
  };

  expect(await panes()).toEqual([false, true, false]);
  await nothingWider();
  await window.button("Details").click();
  expect(await panes()).toEqual([false, false, true]);
  await nothingWider();
  await window.aside.getByRole("button", { name: "Back" }).click();
  expect(await panes()).toEqual([false, true, false]);
  await window.button("Back").click();
  expect(await panes()).toEqual([true, false, false]);
  await nothingWider();
  await window.row("Jon").click();
  expect(await panes()).toEqual([false, true, false]);
  await nothingWider();
  await window.press("Escape");
  expect(await panes()).toEqual([true, false, false]);
});
