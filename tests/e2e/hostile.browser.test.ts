/** What is known to have become code elsewhere, in a real page: no element but the formatting's, and no code that runs. */
import { expect, test, vi } from "vitest";
import { heavyTexts, hostileTexts } from "../support/hostile-texts.ts";
import { patience } from "./support/real-peer.ts";
import { prepareStage } from "./support/stage.ts";

const stage = prepareStage();
const allowed =
  "div,span,bdi,strong,em,s,code,pre,a,button,ul,ol,li,blockquote,hr,section,table,thead,tbody,tr,th,td,figure,figcaption,svg,path,rect,circle";
/** Reading, drawing and colouring the heaviest takes 0.1 s here. */
const drawMsMax = 1_000;

test("hostile messages are text in the page", async () => {
  const [self, mara] = await stage.network.gather("Ada", "Mara");
  const window = await stage.open(self!);
  await window.composer.waitFor();
  await window.page.evaluate(() => {
    for (const name of ["alert", "prompt", "confirm", "msgbox"]) {
      (globalThis as Record<string, unknown>)[name] = () => console.error(`${name} was called`);
    }
  });
  for (const [at, text] of hostileTexts.entries()) await mara!.say("#lobby", `${text}\n\nend-${at}`);
  await window.message(`end-${hostileTexts.length - 1}`).waitFor();
  const wrong = await window.messages.locator("article .text *").evaluateAll(
    (elements, tags) =>
      elements.flatMap((element) => {
        const isWrong =
          !element.matches(tags) ||
          [...element.attributes].some(
            ({ name, value }) =>
              /^on|^style$|^src|^xlink|^formaction$/u.test(name) || (name === "href" && !/^https?:\/\/[a-z]/u.test(value)),
          );
        return isWrong ? [element.outerHTML] : [];
      }),
    allowed,
  );
  const texts = await window.messages
    .locator("article .text")
    .evaluateAll((elements) => elements.map((element) => element.textContent ?? ""));
  expect(wrong).toEqual([]);
  expect(texts).toHaveLength(hostileTexts.length);
  const lettersOf = (text: string) => (text.match(/\p{L}/gu) ?? []).join("");
  for (const [at, text] of hostileTexts.entries()) {
    const shown = texts.find((one) => one.endsWith(`end-${at}`)) ?? "";
    // The words that a link stands behind are not shown with its address.
    for (const word of text.replace(/\]\(https?:\S*/gu, "] ").match(/\p{L}{2,}/gu) ?? []) expect(lettersOf(shown), text).toContain(word);
  }
});

test("heavy messages hold the page for a moment only", async () => {
  const [self, mara] = await stage.network.gather("Ada", "Mara");
  const window = await stage.open(self!);
  await window.composer.waitFor();
  for (const [at, text] of heavyTexts.entries()) {
    await window.page.evaluate(() => {
      const state = globalThis as unknown as { longest: number; watching: boolean };
      if (!state.watching)
        new PerformanceObserver((list) => {
          for (const { duration } of list.getEntries()) state.longest = Math.max(state.longest, duration);
        }).observe({ entryTypes: ["longtask"] } as never);
      state.watching = true;
      state.longest = 0;
    });
    await mara!.say("#lobby", text);
    await vi.waitFor(async () => expect(await window.messages.getByRole("article").count()).toBe(at + 1), patience);
    const longest = await window.page.evaluate(
      () => new Promise<number>((resolve) => setTimeout(() => resolve((globalThis as unknown as { longest: number }).longest), 100)),
    );
    expect(longest, text.slice(0, 40)).toBeLessThan(drawMsMax);
    if (longest > 200) console.log(`${longest.toFixed(0)} ms: ${text.slice(0, 24)}`);
  }
});
