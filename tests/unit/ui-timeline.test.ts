import { describe, expect, it } from "vitest";
import { groupGapMs } from "../../src/ui/limits.ts";
import { createDateWords } from "../../src/ui/model/dates.ts";
import { buildTimeline, firstUnread, type Row } from "../../src/ui/model/timeline.ts";
import { messageView } from "./ui-support.ts";

const dates = createDateWords("en-GB", "Europe/Berlin");
/** 23:58 in Berlin. */
const lateEvening = Date.UTC(2026, 10, 22, 22, 58);
const minuteMs = 60_000;
const now = lateEvening + 30 * minuteMs;

const say = (row: Row) => {
  switch (row.kind) {
    case "day":
      return `-- ${row.label} --`;
    case "unread":
      return "-- new --";
    case "late":
      return `-- ${row.count} late --`;
    case "notice":
      return `* ${row.notice.text}`;
    case "timer":
      return `* ${row.message.fromName}: ${row.message.notice?.timerMs}`;
    case "message":
      return `${row.startsGroup ? `${row.message.fromName}: ` : "  "}${row.message.text}`;
  }
};

describe("the timeline", () => {
  it("says in a line of its own that somebody set when messages disappear", () => {
    const notice = { kind: "timer" as const, timerMs: 3_600_000 };
    const messages = [
      messageView({ messageId: "1", text: "one", sentAt: now }),
      messageView({ messageId: "2", text: "", sentAt: now, notice }),
      messageView({ messageId: "3", text: "two", sentAt: now }),
    ];
    const rows = buildTimeline({ messages, notices: [], unreadFrom: undefined, dates, now });
    expect(rows.map(say).slice(1)).toEqual(["Mara: one", "* Mara: 3600000", "Mara: two"]);
    expect(firstUnread(messages, 2, "self")).toBe("1");
  });

  it("says which came in after later ones had been read", () => {
    const messages = ["1", "2", "3", "4", "5"].map((messageId) => messageView({ messageId, text: messageId, sentAt: now }));
    const rows = buildTimeline({ messages, notices: [], unreadFrom: undefined, late: new Set(["2", "3", "5"]), dates, now });
    expect(rows.map(say).slice(1)).toEqual(["Mara: 1", "-- 2 late --", "Mara: 2", "  3", "Mara: 4", "-- 1 late --", "Mara: 5"]);
  });

  it("separates days at the reader's midnight and groups by author and time", () => {
    const rows = buildTimeline({
      messages: [
        messageView({ messageId: "1", text: "one", sentAt: lateEvening }),
        messageView({ messageId: "2", text: "two", sentAt: lateEvening + minuteMs }),
        messageView({ messageId: "3", text: "three", sentAt: lateEvening + 3 * minuteMs }),
        messageView({ messageId: "4", text: "four", from: "jon", fromName: "Jon", sentAt: lateEvening + 4 * minuteMs }),
        messageView({ messageId: "5", text: "five", from: "jon", fromName: "Jon", sentAt: lateEvening + 4 * minuteMs + groupGapMs }),
      ],
      notices: [{ id: "n", at: lateEvening + 3.5 * minuteMs, text: "Mara keeps the room list now" }],
      unreadFrom: "5",
      dates,
      now,
    });
    expect(rows.map(say)).toEqual([
      "-- Yesterday --",
      "Mara: one",
      "  two",
      "-- Today --",
      "Mara: three",
      "* Mara keeps the room list now",
      "Jon: four",
      "-- new --",
      "Jon: five",
    ]);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
  });

  it("begins a group at a reply, and at a clock that jumps back", () => {
    const rows = buildTimeline({
      messages: [
        messageView({ messageId: "1", text: "one", sentAt: now }),
        messageView({ messageId: "2", text: "two", sentAt: now, replyTo: "1" }),
        messageView({ messageId: "3", text: "three", sentAt: now - groupGapMs }),
      ],
      notices: [],
      unreadFrom: undefined,
      dates,
      now,
    });
    expect(rows.map(say)).toEqual(["-- Today --", "Mara: one", "Mara: two", "Mara: three"]);
  });

  it("finds the first unread message by counting others' messages from the end", () => {
    const messages = [
      messageView({ messageId: "1" }),
      messageView({ messageId: "2" }),
      messageView({ messageId: "3", from: "self" }),
      messageView({ messageId: "4" }),
    ];
    expect(firstUnread(messages, 2, "self")).toBe("2");
    expect(firstUnread(messages, 0, "self")).toBeUndefined();
    expect(firstUnread(messages, 9, "self")).toBe("1");
  });
});

describe("times in words", () => {
  it("says them as the reader's place does", () => {
    expect(dates.time(lateEvening)).toBe("23:58");
    expect(dates.day(Date.UTC(2026, 10, 20, 12), now)).toBe("Friday 20 November");
    expect(dates.day(Date.UTC(2024, 1, 29, 12), now)).toBe("29 February 2024");
    expect(dates.ago(now - 42 * minuteMs, now)).toBe("42 minutes ago");
    expect(dates.ago(now + minuteMs, now)).toBe("now");
  });
});
