/** A conversation as a file: whole, in order, and harmless to look at. */
import { describe, expect, it } from "vitest";
import type { MessageView } from "../../src/api/contract.ts";
import {
  type Calendar,
  conversationAsJson,
  conversationAsMarkdown,
  type ExportedConversation,
  harmless,
  readConversation,
} from "../../src/api/conversation-export.ts";
import { messageView } from "./ui-support.ts";

const calendar: Calendar = { day: (at) => `day ${Math.floor(at / 1_000)}`, time: (at) => `00:0${at % 1_000}` };
const exported = (messages: readonly MessageView[], leftOut = 0): ExportedConversation => ({
  title: "#tea",
  exportedAt: 9_000,
  exportedBy: "Ada",
  messages,
  leftOut,
});
const inThread = (root: string, inRoom = false) => ({ thread: { root, inRoom, follows: true } });

/** Answers `messages.list` as the peer does, two at a time. */
function clientOf(all: readonly MessageView[]): Parameters<typeof readConversation>[0] {
  return {
    call: async (method, params) => {
      expect(method).toBe("messages.list");
      const { thread, before } = params as { thread?: string; before?: string };
      const list = all.filter((one) => (thread === undefined ? one.thread?.inRoom !== false : one.thread?.root === thread));
      const end = before === undefined ? list.length : list.findIndex(({ messageId }) => messageId === before);
      return { messages: list.slice(Math.max(0, end - 2), end), hasMore: end > 2 } as never;
    },
  };
}

describe("reading", () => {
  it("takes everything, answers after what they answer, once, and leaves out what disappears", async () => {
    const all = [
      messageView({ messageId: "1", replies: 3 }),
      messageView({ messageId: "2", ...inThread("1") }),
      messageView({ messageId: "3" }),
      messageView({ messageId: "4", ...inThread("1", true) }),
      messageView({ messageId: "5", ...inThread("1") }),
      messageView({ messageId: "6", expiresAt: 5 }),
      messageView({ messageId: "7" }),
    ];
    const { messages, leftOut } = await readConversation(clientOf(all), "#tea");
    expect(messages.map(({ messageId }) => messageId)).toEqual(["1", "2", "5", "3", "4", "7"]);
    expect(leftOut).toBe(1);
    expect(await readConversation(clientOf([]), "#tea")).toEqual({ messages: [], leftOut: 0 });
  });
});

describe("as JSON", () => {
  it("says what stands there and nothing that does not", () => {
    const said = messageView({ messageId: "1", text: "hi", sentAt: 0, editedAt: 1_000, reactions: [{ emoji: "👍", from: ["b"] }] });
    const gone = messageView({ messageId: "2", text: "", sentAt: 0, deleted: true, replyTo: "1" });
    const { messages, ...rest } = JSON.parse(conversationAsJson(exported([said, gone], 2)));
    expect(rest).toEqual({
      format: "earshot conversation",
      version: 1,
      conversation: "#tea",
      exportedAt: "1970-01-01T00:00:09.000Z",
      exportedBy: "Ada",
      leftOut: 2,
    });
    expect(messages[0]).toMatchObject({ id: "1", text: "hi", sentAt: "1970-01-01T00:00:00.000Z", editedAt: "1970-01-01T00:00:01.000Z" });
    expect(messages[0]).toHaveProperty("reactions", [{ emoji: "👍", from: ["b"] }]);
    expect(Object.keys(messages[1]).sort()).toEqual(["deleted", "from", "fromName", "id", "replyTo", "sentAt", "text"]);
  });
});

describe("as Markdown", () => {
  it("can be read as it is", () => {
    const messages = [
      messageView({ messageId: "1", fromName: "Ben *B*", text: "**plan**\n- tea", sentAt: 1_001, replies: 1 }),
      messageView({ messageId: "2", fromName: "Cid", text: "yes", sentAt: 2_002, ...inThread("1") }),
      messageView({ messageId: "3", fromName: "Cid", text: "", sentAt: 2_003, deleted: true, replyTo: "1" }),
    ];
    expect(conversationAsMarkdown(exported(messages, 1), calendar)).toBe(
      [
        "# #tea",
        "",
        "Exported by Ada, day 9, 00:00: 3 messages. 1 message that will disappear is left out.",
        "",
        "## day 1",
        "",
        "**Ben \\*B\\*** · 00:01",
        "",
        "> **plan**",
        "> - tea",
        "",
        "> **Cid** · day 2, 00:02",
        ">",
        "> > yes",
        "",
        "## day 2",
        "",
        "**Cid** · 00:03 · in reply to Ben \\*B\\*",
        "",
        "> *Deleted*",
        "",
      ].join("\n"),
    );
  });

  it.each([
    ["<script>alert(1)</script>", "&lt;script>alert(1)&lt;/script>"],
    ["<!-- x --><?php", "&lt;!-- x -->&lt;?php"],
    ["![](http://tracker)", "\\![](http://tracker)"],
    ["[x](javascript:alert(1))", "[x\\](javascript:alert(1))"],
    ["[x](\tjavascript:alert(1))", "[x\\](\tjavascript:alert(1))"],
    ["[x](&#106;avascript:alert(1))", "[x\\](&amp;#106;avascript:alert(1))"],
    ["[x]: data:text/html,x", "[x\\]: data:text/html,x"],
    ["[x](https://a.example)", "[x](https://a.example)"],
    ["a < b && c", "a < b && c"],
    ["one\r\ntwo\rthree", "one\ntwo\nthree"],
  ])("%j is written as %j", (text, written) => expect(harmless(text)).toBe(written));
});
