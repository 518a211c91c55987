/** Writing by keyboard: marks, lists, code, emoji by name; what is typed is what one would expect. */
import { expect, test, vi } from "vitest";
import { patience } from "./support/real-peer.ts";
import { prepareStage } from "./support/stage.ts";

const stage = prepareStage();

test("marks, lists and code are written by keys, and undone by one", async () => {
  const window = await stage.open((await stage.network.gather("Ada", "Mara"))[0]!);
  const { composer } = window;
  await composer.waitFor();
  const value = () => composer.inputValue();
  await composer.focus();
  await window.type("ready now");
  await window.press("Control+Shift+ArrowLeft", "Control+b");
  expect(await value()).toBe("ready **now**");
  await window.press("Control+i");
  expect(await value()).toBe("ready ***now***");
  await window.press("Control+i", "Control+b");
  expect(await value()).toBe("ready now");
  await window.press("Control+Shift+x");
  expect(await value()).toBe("ready ~~now~~");
  await window.press("Control+z");
  expect(await value()).toBe("ready now");

  await composer.fill("");
  await window.type("- [x] one");
  await window.press("Shift+Enter");
  await window.type("two");
  await window.press("Shift+Enter", "Shift+Enter");
  await window.type("end");
  expect(await value()).toBe("- [x] one\n- [ ] two\nend");

  await composer.fill("");
  await window.press("Control+Shift+c");
  await window.type("let a;");
  await window.press("Enter");
  await window.type("let b;");
  expect(await value()).toBe("```\nlet a;\nlet b;\n```");
  await window.press("Control+End", "Enter");
  await window.message("let a;").locator("pre", { hasText: "let b;" }).waitFor();
  expect(await value()).toBe("");
});

test("emoji come by name, in the message as in the completion", async () => {
  const [self, mara] = await stage.network.gather("Ada", "Mara");
  const window = await stage.open(self!);
  const { composer } = window;
  await composer.waitFor();
  await composer.focus();
  await window.type("done ");
  await vi.waitFor(async () => {
    await composer.fill("done :tad");
    expect(await window.page.getByRole("option", { name: "🎉 tada" }).count()).toBe(1);
  }, patience);
  await window.press("Enter");
  expect(await composer.inputValue()).toBe("done 🎉 ");
  await window.type("and :+1:");
  expect(await composer.inputValue()).toBe("done 🎉 and 👍");
  await window.press("Control+z");
  expect(await composer.inputValue()).toBe("done 🎉 and :+1:");
  await window.press("Enter");
  await window.message("done 🎉 and 👍").waitFor();
  await vi.waitFor(async () => {
    const { messages } = await mara!.call("messages.list", { in: "#lobby" });
    expect(messages.map(({ text }) => text)).toContain("done 🎉 and 👍");
  }, patience);

  await composer.fill(":heart: :wave:");
  await window.press("Enter");
  const large = window.message("❤️ 👋").locator(".text-emoji");
  await large.waitFor();
  await composer.fill("`:tada:` at 10:30:");
  await window.press("Enter");
  await window.message(":tada: at 10:30:").waitFor();
});

test("the list of keys says how to format", async () => {
  const window = await stage.open((await stage.network.gather("Ada", "Mara"))[0]!);
  await window.composer.waitFor();
  await window.press("Control+/");
  const list = window.dialog("Keyboard");
  await list.getByText("Hidden until somebody looks").waitFor();
  await list.getByText("Struck through", { exact: true }).waitFor();
});
