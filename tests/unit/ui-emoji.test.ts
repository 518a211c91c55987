import { describe, expect, it } from "vitest";
import { findEmoji, isEmojiAlone, replaceShortcodes, shortcodeAt, unpackEmoji, withTone } from "../../src/ui/model/emoji.ts";
import { packedEmoji } from "../../src/ui/model/emoji-data.ts";

const book = unpackEmoji(packedEmoji);

describe("the book", () => {
  it("has nine groups and a name for each, once", () => {
    expect(book.groups.map(({ name }) => name)).toHaveLength(9);
    const all = book.groups.flatMap(({ emoji }) => emoji);
    expect(all.length).toBeGreaterThan(1_800);
    expect(book.named.size).toBe(all.flatMap(({ names }) => names).length);
    for (const { emoji, names } of all) expect(names[0], emoji).toMatch(/^[a-z0-9_+-]{1,40}$/u);
  });

  it("knows which have tones", () => {
    const toned = (name: string, tone: number) => withTone(book.named.get(name)!, tone);
    expect(toned("+1", 3)).toBe("👍🏽");
    expect(toned("v", 5)).toBe("✌🏿");
    expect(toned("tada", 3)).toBe("🎉");
    expect(toned("woman_technologist", 1)).toBe("👩🏻‍💻");
    expect(toned("couple", 2)).toBe("👫");
    expect(toned("+1", 0)).toBe("👍");
  });

  it("finds names first, then words", () => {
    const found = (asked: string) => findEmoji(book, asked, 3).map(({ emoji }) => emoji);
    expect(found("tada")).toEqual(["🎉"]);
    expect(found("Heart")[0]).toBe("❤️");
    expect(found("thumbs up")).toEqual([]);
    expect(found("thumbsup")).toEqual(["👍"]);
    expect(found("birthday")[0]).toBe("🎂");
    expect(found("zzz")[0]).toBe("💤");
    expect(found("")).toEqual([]);
  });
});

describe("what is typed", () => {
  it.each([
    ["done :tada: :+1:", "done 🎉 👍🏽"],
    ["`:tada:` ```\n:tada:", "`:tada:` ```\n:tada:"],
    ["at 10:30: and :nothing:", "at 10:30: and :nothing:"],
    ["https://a.example/:tada:/x", "https://a.example/:tada:/x"],
  ])("%s", (typed, sent) => expect(replaceShortcodes(typed, book, 3)).toBe(sent));

  it("is completed behind a colon and two letters, not in code or times", () => {
    const at = (text: string) => shortcodeAt(text, text.length);
    expect(at("hi :ta")).toEqual({ start: 3, typed: "ta" });
    expect(at("**:TA")).toEqual({ start: 2, typed: "ta" });
    for (const text of [":t", "10:30", "`a :ta", "```\n:ta", "http://ta", ":ta da"]) expect(at(text), text).toBeUndefined();
  });
});

describe("emoji alone", () => {
  it.each(["👍", "👍🏽 🎉", "👩🏻‍💻❤️🇩🇪", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"])("%s is", (text) => expect(isEmojiAlone(text)).toBe(true));
  it.each(["", "a", "1", "#", "12", "👍👍👍👍", "👍 ok", "©"])("%s is not", (text) => expect(isEmojiAlone(text)).toBe(false));
});
