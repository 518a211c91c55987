import { describe, expect, it } from "vitest";
import * as contract from "../../src/api/contract.ts";
import { failureWords } from "../../src/ui/failure.ts";
import * as limits from "../../src/ui/limits.ts";
import { formatBytes, groupId, utf8Bytes } from "../../src/ui/model/amounts.ts";
import { hueOf, initialsOf } from "../../src/ui/model/avatar.ts";
import { describeDelivery } from "../../src/ui/model/delivery.ts";
import { rankByQuery } from "../../src/ui/model/jump.ts";
import { commandOf } from "../../src/ui/model/shortcuts.ts";
import { strings } from "../../src/ui/strings.ts";
import { accountStrings } from "../../src/ui/strings-account.ts";
import { actStrings } from "../../src/ui/strings-acts.ts";
import { ownStrings } from "../../src/ui/strings-own.ts";
import { placeStrings } from "../../src/ui/strings-places.ts";
import { threadStrings } from "../../src/ui/strings-threads.ts";
import { messageView } from "./ui-support.ts";

describe("the page's bounds", () => {
  it("are the contract's where the contract has them", () => {
    expect(limits.textBytesMax).toBe(contract.textBytesMax);
    expect(limits.nameCharsMax).toBe(contract.nameCharsMax);
    expect(limits.roomNameCharsMax).toBe(contract.roomNameCharsMax);
    expect(limits.topicCharsMax).toBe(contract.topicCharsMax);
    expect(limits.renderedStep * 2).toBeLessThan(limits.renderedMessagesMax);
    expect(limits.revealPageMessages).toBeLessThanOrEqual(contract.listLimitMax);
    expect(limits.renderedMessagesMax).toBeLessThanOrEqual(limits.rememberedMessagesMax);
  });
});

/** Where "link" is what people click, not what peers have. */
const linksOfTheWeb = /has:link|Copy link|link text|Link to this message|or a link to it/gu;

describe("words on the screen", () => {
  it("hold no jargon, no exclamation mark and no apology", () => {
    const said: string[] = [];
    const collect = (value: unknown): void => {
      if (typeof value === "string") said.push(value);
      else if (typeof value === "function") collect((value as (...args: unknown[]) => unknown)(2, 3, "x"));
      else if (typeof value === "object" && value !== null) Object.values(value).forEach(collect);
    };
    for (const words of [strings, actStrings, threadStrings, placeStrings, ownStrings, accountStrings]) collect(words);
    expect(said.length).toBeGreaterThan(150);
    for (const text of said)
      expect(text.replace(linksOfTheWeb, "")).not.toMatch(/\b(peers?|links?|linked|mesh|terms?|SDP|ICE|relay(ed)?|sorry|oops)\b|!/iu);
  });

  it("say what has become of a message, with names", () => {
    const nameOf = (id: string) => id.toUpperCase();
    const of = (change: Parameters<typeof messageView>[0]) => describeDelivery(messageView(change), nameOf);
    expect(of({ messageId: "1", state: "held", receivedBy: ["a", "b"], readers: 5, heldBy: 2 })).toEqual({
      mark: "held",
      count: 2,
      words: "Delivered to 2 of 5: A and B. Held by 2 others until they come; you may leave",
    });
    expect(of({ messageId: "1", state: "held", readers: 1, heldBy: 3 })).toMatchObject({
      count: undefined,
      words: expect.stringMatching(/^Held by 3/u),
    });
    expect(of({ messageId: "1", state: "queued", readers: 1, heldBy: 1 }).words).toMatch(/^Only one other/u);
    expect(of({ messageId: "1", state: "queued", readers: 1, notHeld: "full" }).words).toMatch(/as much as they can/u);
    expect(of({ messageId: "1", state: "delivered", receivedBy: ["a", "b"], readBy: ["b"], readers: 2 }).words).toBe(
      "Delivered to A and B. Read by B",
    );
    expect(of({ messageId: "1", state: "delivered", receivedBy: ["a", "b", "c", "d", "e", "f", "g"], readers: 7 }).words).toBe(
      "Delivered to A, B, C, D, E and 2 more",
    );
    expect(of({ messageId: "1", state: "queued", readers: 2 }).words).toMatch(/^Waiting/u);
  });

  it("say why a call failed: the API's own words, or that it is gone", () => {
    expect(failureWords({ code: "nameTaken", message: "There is a room of this name." })).toBe("There is a room of this name.");
    expect(failureWords({ code: "disconnected", message: "socket" })).toBe(strings.failures.unreachable);
    expect(failureWords(undefined)).toBe(strings.failures.unknown);
  });

  it("write sizes and identities as people read them", () => {
    expect(formatBytes(918_000, "en-GB")).toBe("918 kB");
    expect(formatBytes(1_250_000, "en-GB")).toBe("1.3 MB");
    expect(groupId("abcdefghij")).toBe("abcd efgh ij");
    expect(utf8Bytes("aé健😀")).toBe(new TextEncoder().encode("aé健😀").length);
  });
});

describe("a face", () => {
  it("has the same colour everywhere and at most two letters", () => {
    expect(hueOf("m".repeat(32))).toBe(hueOf("m".repeat(32)));
    expect(["Mara Lind", "jon", "健二", "Ana-Maria da Silva", "☕", "!!"].map(initialsOf)).toEqual(["ML", "J", "健", "AS", "?", "?"]);
  });
});

describe("jump", () => {
  const labels = ["#design", "#lobby", "Jon and Ann", "Mara Lind", "Aïcha", "#de-signed-off"];
  const find = (query: string) => rankByQuery(labels, (label) => label, query, 10).map(({ item }) => item);

  it("finds by letters in order, beginnings of words first", () => {
    expect(find("ml")).toEqual(["Mara Lind"]);
    expect(find("#des")[0]).toBe("#design");
    expect(find("aicha")).toEqual(["Aïcha"]);
    expect(find("zzz")).toEqual([]);
    expect(find("")).toEqual(labels);
    expect(rankByQuery(["Jon and Ann"], (label) => label, "an", 1)[0]?.matched).toEqual([4, 5]);
  });
});

describe("keys", () => {
  const press = (key: string, held: string, isMac = false) =>
    commandOf(
      {
        key,
        ctrlKey: held.includes("ctrl"),
        metaKey: held.includes("meta"),
        altKey: held.includes("alt"),
        shiftKey: held.includes("shift"),
      },
      isMac,
    );

  it("mean what the list of shortcuts says, on each platform", () => {
    expect(press("k", "ctrl")).toBe("jump");
    expect(press("k", "meta", true)).toBe("jump");
    expect(press("k", "ctrl", true)).toBeUndefined();
    expect(press("/", "ctrl shift")).toBe("shortcuts");
    expect(press("ArrowDown", "alt")).toBe("nextConversation");
    expect(press("ArrowUp", "alt shift")).toBe("previousUnread");
    expect(press("Escape", "")).toBe("back");
    expect(press("k", "")).toBeUndefined();
  });
});
