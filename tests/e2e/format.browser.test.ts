/** Messages as people format them, by keyboard and by mouse; and what is hostile stays text. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { axeScript } from "./support/accessibility.ts";
import { widths } from "./support/chat-window.ts";
import { look } from "./support/look.ts";
import { prepareStage } from "./support/stage.ts";

const stage = prepareStage("Harbour Street");

const plan = `## The pump
It is **ready**, ~~nearly~~ *almost*: see [the drawing](https://drawings.example/pump) and \`npm start\`.

> Does it leak?
> > It did
No more.
- [x] Seal
- [ ] Paint, ask @Mara
  1. red
  2. or blue
- The end: ||it was the *gasket*||`;
const code = `\`\`\`ts
// How long a link lasts
export function lasts(ms: number): string {
  return ms > 60_000 ? "long" : \`\${ms} ms\`;
}
\`\`\`
| part | bar | done |
|:-----|----:|:----:|
| seal | 4.5 | yes |
| [shop.example](https://evil.example) | 10 | |`;

test.each(Object.values(widths))("messages are formatted, at %i px", async (width) => {
  const [self, mara] = await stage.network.gather("Ada", "Mara");
  const window = await stage.open(self!, { width, initScript: axeScript });
  await window.composer.waitFor();
  await mara!.say("#lobby", plan);
  await mara!.say("#lobby", code);
  const first = window.message("The pump");
  await window.message("How long").locator(".code-keyword").first().waitFor();
  expect(await first.locator("strong").textContent()).toBe("ready");
  expect(await first.getByRole("link", { name: "the drawing" }).getAttribute("href")).toBe("https://drawings.example/pump");
  expect(await window.message("How long").getByRole("link").textContent()).toBe("shop.example (evil.example)");
  expect(await first.locator(".mention").textContent()).toBe("@Mara");
  await look(window, "format");

  const spoiler = first.getByRole("button", { name: "Hidden text. Show it" });
  await spoiler.focus();
  await window.press("Enter");
  await first.locator("em", { hasText: "gasket" }).waitFor();

  await window.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await window.message("How long").getByRole("button", { name: "Copy code" }).click();
  await window.message("How long").getByRole("button", { name: "Copied" }).waitFor();

  await first.focus();
  await window.press("r");
  await window.page.locator(".composer-reply", { hasText: "The pump" }).waitFor();
  expect(await window.page.locator(".composer-reply").textContent()).not.toContain("gasket");
});

test("the first page is at most 100 KB, and colours for code come when there is code", async () => {
  const [self, mara] = await stage.network.gather("Ada", "Mara");
  const window = await stage.open(self!);
  await window.composer.waitFor();
  const loaded = () => window.page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname));
  const first = ["/index.html", ...(await loaded()).filter((path) => path.startsWith("/assets/"))];
  const page = join(import.meta.dirname, "../../dist/page");
  const bytes = first.reduce((sum, path) => sum + gzipSync(readFileSync(join(page, path))).length, 0);
  expect(first.length).toBeGreaterThan(2);
  expect(bytes).toBeLessThan(100 * 1024);
  await mara!.say("#lobby", "```js\nlet a = 1;\n```");
  await window.message("let a").locator(".code-keyword").waitFor();
  expect((await loaded()).some((path) => path.includes("highlight"))).toBe(true);
});
