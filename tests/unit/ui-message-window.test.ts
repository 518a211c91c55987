import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rememberedMessagesMax } from "../../src/ui/limits.ts";
import {
  appendMessage,
  appendPage,
  emptyWindow,
  type MessageWindow,
  prependPage,
  renewEnd,
  replaceMessage,
} from "../../src/ui/model/message-window.ts";
import { messageView } from "./ui-support.ts";

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => messageView({ messageId: String(from + at), sentAt: from + at }));
const idsOf = (window: MessageWindow) => window.messages.map(({ messageId }) => messageId);
const windowOf = (from: number, to: number): MessageWindow => ({ messages: numbered(from, to), hasOlder: from > 0, hasNewer: false });

describe("the remembered part of a conversation", () => {
  it("takes a message once, at the end", () => {
    const first = appendMessage(windowOf(0, 2), messageView({ messageId: "2", sentAt: 2 }));
    expect(idsOf(first.window)).toEqual(["0", "1", "2"]);
    const again = appendMessage(first.window, messageView({ messageId: "2", sentAt: 2, text: "edited" }));
    expect(idsOf(again.window)).toEqual(["0", "1", "2"]);
    expect(again.window.messages[2]?.text).toBe("edited");
  });

  it("suspects its end when a message was written before the last one", () => {
    expect(appendMessage(windowOf(0, 5), messageView({ messageId: "late", sentAt: 2 })).suspect).toBe(true);
    expect(appendMessage(windowOf(0, 5), messageView({ messageId: "next", sentAt: 9 })).suspect).toBe(false);
  });

  it("does not tear a hole: while its end is elsewhere, new messages wait to be read", () => {
    const window = { ...windowOf(0, 3), hasNewer: true };
    expect(appendMessage(window, messageView({ messageId: "9", sentAt: 9 })).window).toBe(window);
  });

  it("puts the newest page in place of its end, in the API's order", () => {
    const [a, b, c] = numbered(2, 5);
    const page = [a, messageView({ messageId: "late", sentAt: 2 }), b, c].filter((message) => message !== undefined);
    expect(idsOf(renewEnd(windowOf(0, 5), page, true))).toEqual(["0", "1", "2", "late", "3", "4"]);
    expect(idsOf(renewEnd(windowOf(0, 5), numbered(90, 93), true))).toEqual(["90", "91", "92"]);
  });

  it("goes on after its last message, and knows whether that is the end", () => {
    const window = appendPage({ ...windowOf(5, 8), hasNewer: true }, numbered(7, 12), false);
    expect(idsOf(window)).toEqual(["5", "6", "7", "8", "9", "10", "11"]);
    expect([window.hasOlder, window.hasNewer]).toEqual([true, false]);
  });

  it("is bounded whatever comes, never holds one twice, and knows where it was cut", () => {
    const act = fc.oneof(
      fc.record({ type: fc.constant("append" as const), id: fc.nat(9_999) }),
      fc.record({ type: fc.constant("prepend" as const), id: fc.nat(9_999), length: fc.integer({ min: 0, max: 2_000 }) }),
      fc.record({ type: fc.constant("after" as const), id: fc.nat(9_999), length: fc.integer({ min: 0, max: 2_000 }) }),
      fc.record({ type: fc.constant("renew" as const), id: fc.nat(9_999), length: fc.integer({ min: 1, max: 500 }) }),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 12 }), (acts) => {
        let window = emptyWindow;
        for (const step of acts) {
          if (step.type === "append") window = appendMessage(window, messageView({ messageId: String(step.id), sentAt: step.id })).window;
          else if (step.type === "prepend") window = prependPage(window, numbered(step.id, step.id + step.length), false);
          else if (step.type === "after") window = appendPage(window, numbered(step.id, step.id + step.length), true);
          else window = renewEnd(window, numbered(step.id, step.id + step.length), true);
          expect(window.messages.length).toBeLessThanOrEqual(rememberedMessagesMax);
          expect(new Set(idsOf(window)).size).toBe(window.messages.length);
        }
      }),
      { numRuns: 50 },
    );
    const full = prependPage(windowOf(3_000, 6_000), numbered(2_000, 3_000), true);
    expect([full.messages.length, full.hasOlder, full.hasNewer]).toEqual([rememberedMessagesMax, true, true]);
    expect(replaceMessage(full, messageView({ messageId: "gone" }))).toBe(full);
  });
});
