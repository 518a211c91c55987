/** What people keep for themselves: kept over a restart, bounded, and told to nobody. */
import { describe, expect, it } from "vitest";
import { draftsMax, keepsMax, scheduledMax, starsMax } from "../../src/peer/limits.ts";
import { OwnRecords } from "../../src/peer/own-records.ts";
import { VirtualLan, type VirtualPeer } from "../sim/virtual-lan.ts";

function pair(): { lan: VirtualLan; ada: VirtualPeer; ben: VirtualPeer } {
  const lan = new VirtualLan(7);
  const [ada, ben] = [lan.join("ada"), lan.join("ben")];
  lan.pass(3_000);
  return { lan, ada, ben };
}
const restarted = (lan: VirtualLan, one: VirtualPeer): VirtualPeer => lan.join(one.name, { identity: one.identity, own: one.own });
const last = async (one: VirtualPeer): Promise<{ messageId: string; text: string }> =>
  (await one.call("messages.list", { in: "#lobby" })).messages.at(-1) ?? { messageId: "", text: "" };

describe("drafts", () => {
  it("are there after a restart, and gone when they are empty", async () => {
    const { lan, ada, ben } = pair();
    await ada.call("drafts.set", { in: "#lobby", text: "half a tho", replyTo: "x/y/1" });
    await ada.call("drafts.set", { in: `@${ben.identity.peerId}`, text: "dear" });
    await ada.call("drafts.set", { in: `@${ben.identity.peerId}`, text: "" });
    const again = restarted(lan, ada);
    expect((await again.call("drafts.list", {})).drafts).toEqual([
      { in: "lobby", text: "half a tho", replyTo: "x/y/1", at: expect.any(Number) },
    ]);
    await expect(ada.call("drafts.set", { in: "#lobby", text: "x".repeat(70_000) })).rejects.toThrow(/^textTooLong/);
    await expect(ada.call("drafts.set", { in: "#nowhere", text: "x" })).rejects.toThrow(/^unknownRoom/);
  });
});

describe("stars", () => {
  it("are one's own, and go with their message", async () => {
    const { lan, ada, ben } = pair();
    await ben.call("messages.send", { to: "#lobby", text: "keep this" });
    lan.pass(200);
    const { messageId } = await last(ada);
    await ada.call("messages.star", { messageId, on: true });
    lan.pass(500);
    expect((await ada.call("messages.get", { messageId })).message.starred).toBe(true);
    expect((await ben.call("messages.get", { messageId })).message.starred).toBe(false);
    expect((await ada.call("messages.starred", {})).messages.map(({ text }) => text)).toEqual(["keep this"]);
    await expect(ada.call("messages.star", { messageId: "no/such/1", on: true })).rejects.toThrow(/^unknownMessage/);
    await ben.call("messages.delete", { messageId });
    lan.pass(200);
    expect((await ada.call("messages.starred", {})).messages).toEqual([]);
    await expect(ada.call("messages.star", { messageId, on: true })).rejects.toThrow(/^deleted/);
  });
});

describe("unread", () => {
  it("counts again from a message on", async () => {
    const { lan, ada, ben } = pair();
    for (const text of ["one", "two @ada", "three"]) await ben.call("messages.send", { to: "#lobby", text });
    await ada.call("messages.send", { to: "#lobby", text: "mine" });
    lan.pass(500);
    await ada.call("messages.markRead", { in: "#lobby" });
    const { messages } = await ada.call("messages.list", { in: "#lobby" });
    const lobby = async () => (await ada.call("rooms.list", {})).rooms[0];
    await ada.call("messages.markUnread", { messageId: messages.find(({ text }) => text.startsWith("two"))?.messageId ?? "" });
    expect(await lobby()).toMatchObject({ unread: 2, mentioned: true });
    await ada.call("messages.markUnread", { messageId: messages.find(({ text }) => text === "three")?.messageId ?? "" });
    expect(await lobby()).toMatchObject({ unread: 1, mentioned: false });
    await ada.call("messages.markRead", { in: "#lobby" });
    expect(await lobby()).toMatchObject({ unread: 0 });
  });
});

describe("messages to be sent later", () => {
  it("are sent when it is time", async () => {
    const { lan, ada, ben } = pair();
    await ada.call("messages.send", { to: "#lobby", text: "now" });
    const { sentAt } = (await ada.call("messages.list", { in: "#lobby" })).messages[0] ?? { sentAt: 0 };
    await ada.call("messages.schedule", { to: "#lobby", text: "in an hour", at: sentAt + 3_600_000 });
    const { scheduleId } = await ada.call("messages.schedule", { to: "#lobby", text: "never", at: sentAt + 3_700_000 });
    expect((await ada.call("messages.scheduled", {})).scheduled.map(({ text }) => text)).toEqual(["in an hour", "never"]);
    await ada.call("messages.unschedule", { scheduleId });
    lan.pass(3_500_000);
    expect((await last(ben)).text).toBe("now");
    lan.pass(200_000);
    expect((await last(ben)).text).toBe("in an hour");
    expect((await ada.call("messages.scheduled", {})).scheduled).toEqual([]);
    expect(ada.events.some((event) => event.event === "scheduledSent" && event.dueAt === sentAt + 3_600_000)).toBe(true);
    await expect(ada.call("messages.unschedule", { scheduleId })).rejects.toThrow(/^unknownSchedule/);
    await expect(ada.call("messages.schedule", { to: "#lobby", text: "x", at: sentAt })).rejects.toThrow(/^invalidParams/);
    const far = { to: "#lobby", text: "x", at: sentAt + 400 * 86_400_000 };
    await expect(ada.call("messages.schedule", far)).rejects.toThrow(/^invalidParams/);
  });

  it("are sent at the next start where their time passed meanwhile, and kept where they cannot be", async () => {
    const { lan, ada, ben } = pair();
    await ada.call("messages.send", { to: "#lobby", text: "now" });
    const { sentAt } = (await ada.call("messages.list", { in: "#lobby" })).messages[0] ?? { sentAt: 0 };
    const { roomId } = await ada.call("rooms.create", { name: "tea", visibility: "private" });
    await ada.call("messages.schedule", { to: "#lobby", text: "late", at: sentAt + 60_000 });
    await ada.call("messages.schedule", { to: roomId, text: "to a room that will be gone", at: sentAt + 60_000 });
    const own = new Map(ada.own);
    ada.driver.enqueue({ type: "stopRequested" });
    lan.pass(120_000);
    const again = lan.join("ada", { identity: ada.identity, own });
    lan.pass(5_000);
    expect((await last(ben)).text).toBe("late");
    const { scheduled } = await again.call("messages.scheduled", {});
    expect(scheduled).toMatchObject([{ text: "to a room that will be gone", problem: expect.stringContaining("no such room") }]);
  });
});

describe("typing", () => {
  it("is told to those who are here, now and then, unless one does not want it", async () => {
    const { lan, ada, ben } = pair();
    const heard = (): number => ben.events.filter((event) => event.event === "typing" && event.peerId === ada.identity.peerId).length;
    for (let i = 0; i < 10; i++) {
      await ada.call("conversations.typing", { in: "#lobby" });
      lan.pass(500);
    }
    expect(heard()).toBe(2);
    await ada.call("conversations.typing", { in: `@${ben.identity.peerId}` });
    lan.pass(500);
    expect(ben.events.at(-1)).toMatchObject({ event: "typing", in: `@${ada.identity.peerId}` });
    await ben.call("settings.set", { typing: false });
    lan.pass(5_000);
    await ada.call("conversations.typing", { in: "#lobby" });
    lan.pass(500);
    expect(heard()).toBe(3);
    expect(ada.own.size).toBe(0);
  });

  it("is not told in a large room", async () => {
    const lan = new VirtualLan(9);
    const all = Array.from({ length: 21 }, (_, n) => lan.join(`p${n}`));
    lan.pass(8_000);
    await all[0]?.call("conversations.typing", { in: "#lobby" });
    lan.pass(500);
    expect(all[1]?.events.some(({ event }) => event === "typing")).toBe(false);
  });
});

it("all of it is bounded", () => {
  const records = new OwnRecords([]);
  const id = (n: number) => `x/${n}` as never;
  for (let n = 0; n < draftsMax + 5; n++) records.setDraft(id(n), { text: "x", at: n });
  expect([records.drafts.size, records.drafts.has(id(0))]).toEqual([draftsMax, false]);
  for (let n = 0; n < starsMax; n++) expect(records.setStar(id(n), n)).toBe(true);
  expect(records.setStar("more", 1)).toBe(false);
  for (let n = 0; n < scheduledMax; n++) records.setScheduled(id(n), { roomId: "lobby", text: "x", at: 1 });
  expect(records.setScheduled("more", { roomId: "lobby", text: "x", at: 1 })).toBe(false);
  for (let n = 0; n < keepsMax; n++) records.setKeepMs(id(n), 86_400_000);
  expect(records.setKeepMs("more" as never, 86_400_000)).toBe(false);
  const again = new OwnRecords(records.takeRecords().flatMap(({ key, value }) => (value === undefined ? [] : [[key, value] as const])));
  expect([again.drafts.size, again.stars, again.scheduled.size, again.keepMs(id(3))]).toEqual([
    draftsMax,
    records.stars,
    scheduledMax,
    86_400_000,
  ]);
});
