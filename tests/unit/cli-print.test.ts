import { describe, expect, it } from "vitest";
import type { PeerView, RoomView } from "../../src/api/contract.ts";
import { formatPeers, formatPeople, formatRooms, printable } from "../../src/cli/print.ts";
import { resolveRecipient } from "../../src/cli/recipient.ts";

function peer(name: string, letter: string, more: Partial<PeerView> = {}): PeerView {
  return {
    peerId: letter.repeat(32),
    name,
    online: true,
    link: "direct",
    via: null,
    address: "10.0.0.2:47474",
    linkedSince: 1,
    isHost: false,
    verified: false,
    blocked: false,
    keyChange: null,
    nameClash: false,
    forked: false,
    timerMs: null,
    keepMs: null,
    unread: 0,
    lastMessageAt: null,
    ...more,
  };
}

describe("tables", () => {
  it("of people say how they are linked", () => {
    const people = [
      peer("Ada", "a", { isHost: true, verified: true }),
      peer("Bob", "b", { link: "relayed", via: "a".repeat(32), address: null }),
      peer("Eve", "e", { online: false, link: "none", address: null, nameClash: true, blocked: true }),
    ];
    expect(formatPeers(people).split("\n")).toEqual([
      "name                          address                         id",
      `Ada           direct          10.0.0.2:47474  host  verified  @${"a".repeat(32)}`,
      `Bob           relayed by Ada                                  @${"b".repeat(32)}`,
      `Eve (eeeeee)  away                                  blocked   @${"e".repeat(32)}`,
    ]);
    const keyChange = { previous: "a".repeat(32), wasVerified: true, since: 1 };
    expect(formatPeers([peer("Ada", "d", { keyChange })])).toContain("their key is new");
    expect(formatPeers([])).toBe("Nobody else is here yet.");
  });

  it("of all one knows show who is blocked and away", () => {
    const known = (name: string, letter: string, online: boolean, verified: boolean, blocked: boolean) => ({
      peerId: letter.repeat(32),
      name,
      online,
      verified,
      blocked,
    });
    expect(formatPeople([known("Ada", "a", true, true, false), known("Eve\u001b[2J", "e", false, true, true)]).split("\n")).toEqual([
      "name                     id",
      `Ada      here  verified  @${"a".repeat(32)}`,
      `Eve�[2J  away  blocked   @${"e".repeat(32)}`,
    ]);
    expect(formatPeople([])).toBe("Nobody is known yet.");
  });

  it("of rooms say whether you are in", () => {
    const room: RoomView = {
      roomId: "r",
      name: "design",
      topic: "",
      visibility: "private",
      history: "all",
      hasUntold: false,
      missing: 0,
      joined: false,
      invitedBy: "a".repeat(32),
      memberCount: 3,
      timerMs: null,
      keepMs: null,
      unread: 2,
      mentioned: false,
      waitingFor: [],
      keyChanges: [],
      lastMessageAt: null,
    };
    expect(formatRooms([room])).toContain("#design  invited  private  3        2");
  });

  it("let no name move the cursor or turn the text around", () => {
    expect(printable("A\u001b[2Jda\u202e\n")).toBe("A\ufffd[2Jda\ufffd\ufffd");
    expect(formatPeers([peer("\u001b]0;x\u0007", "a")])).toContain("\ufffd]0;x\ufffd");
  });
});

describe("whom `send` means", () => {
  const people = [peer("Ada", "a"), peer("ada", "b"), peer("Bob", "c"), peer("Bob", "d")];

  it.each([
    ["#lobby", "#lobby"],
    ["@Ada", `@${"a".repeat(32)}`],
    ["@ada", `@${"b".repeat(32)}`],
    [`@${"c".repeat(32)}`, `@${"c".repeat(32)}`],
    [`@${"z".repeat(32)}`, `@${"z".repeat(32)}`],
  ])("%s is %s", (to, resolved) => expect(resolveRecipient(to, people)).toEqual({ ok: true, to: resolved }));

  it("is asked back where a name is nobody's or several people's", () => {
    expect(resolveRecipient("@Eve", people)).toMatchObject({ ok: false, message: expect.stringContaining("nobody here is called Eve") });
    const several = resolveRecipient("@Bob", people);
    expect(several).toMatchObject({ ok: false, message: expect.stringContaining("2 people are called Bob") });
    expect(several).toMatchObject({ message: expect.stringContaining(`@${"d".repeat(32)}`) });
    expect(resolveRecipient("@ADA", people)).toMatchObject({ ok: false, message: expect.stringContaining("2 people") });
  });
});
