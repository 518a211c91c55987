import { describe, expect, it } from "vitest";
import { complete, completionAt } from "../../src/ui/model/completion.ts";
import { createLinkFinder } from "../../src/ui/model/links.ts";
import { type Piece, splitText } from "../../src/ui/model/rich-text.ts";

const findLinks = createLinkFinder((url) => (URL.canParse(url) ? new URL(url) : undefined));
const names = { self: "Sam", others: ["Mara", "Mara Lind", "健二"] };
const say = (piece: Piece) =>
  piece.kind === "text"
    ? piece.text
    : piece.kind === "link"
      ? `<${piece.link.url}>`
      : piece.kind === "mention" && piece.isSelf
        ? `[me ${piece.text}]`
        : `[${piece.text}]`;
const split = (text: string) => splitText(text, names, findLinks).map(say);

describe("links", () => {
  it("are http and https, and bare hosts; never anything that runs", () => {
    expect(split("see https://example.com/a?b=1.")).toEqual(["see ", "<https://example.com/a?b=1>", "."]);
    expect(split("see example.com")).toEqual(["see ", "<http://example.com/>"]);
    for (const text of [
      "javascript:alert(1)",
      "data:text/html,x",
      "file:///etc/passwd",
      "ftp://example.com/x",
      "mailto:a@example.com",
      "vbscript:x",
    ]) {
      expect(split(text).join(""), text).toBe(text);
    }
  });

  it("name the host that is really asked for", () => {
    const [plain] = findLinks("https://example.com");
    const [disguised] = findLinks("https://\u0430pple.com/x");
    expect([plain?.host, plain?.disguised]).toEqual(["example.com", false]);
    expect([disguised?.host, disguised?.disguised]).toEqual(["xn--pple-43d.com", true]);
  });

  it("show letters that would turn the text round as their codes", () => {
    const [link] = findLinks("https://example.com/\u202egpj.exe");
    expect(link?.text).toBe("https://example.com/%E2%80%AEgpj.exe");
  });

  it("leave markup as text", () => {
    expect(split("<img src=x onerror=alert(1)>")).toEqual(["<img src=x onerror=alert(1)>"]);
  });
});

describe("mentions", () => {
  it("take the longest name, in any case, at the beginning of a word", () => {
    expect(split("@sam and @Mara Lind, ask @mara")).toEqual(["[me @sam]", " and ", "[@Mara Lind]", ", ask ", "[@mara]"]);
    expect(split("@everyone, lunch")).toEqual(["[me @everyone]", ", lunch"]);
    expect(split("mail@sam @samuel @健二")).toEqual(["mail@sam @samuel ", "[@健二]"]);
  });
});

describe("completion", () => {
  const people = ["Mara Lind", "Jon", "Ann Mason"];

  it("offers names that begin so, then those with a word that does", () => {
    expect(completionAt("hi @m", 5, people)).toEqual({ start: 3, names: ["Mara Lind", "Ann Mason"] });
    expect(completionAt("@", 1, people)?.names).toEqual(people);
    expect(completionAt("@mara l", 7, people)?.names).toEqual(["Mara Lind"]);
  });

  it("stays away from addresses and finished words", () => {
    expect(completionAt("mail@j", 6, people)).toBeUndefined();
    expect(completionAt("@jon ", 5, people)).toBeUndefined();
    expect(completionAt("@jon", 4, people)).toBeUndefined();
    expect(completionAt("@zed", 4, people)).toBeUndefined();
    expect(completionAt("no", 2, people)).toBeUndefined();
  });

  it("puts the name and one space where the caret was", () => {
    expect(complete("hi @m there", 5, 3, "@Mara Lind")).toEqual({ text: "hi @Mara Lind there", caret: 14 });
  });
});
