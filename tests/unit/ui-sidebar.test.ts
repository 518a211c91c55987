import { describe, expect, it } from "vitest";
import { buildSidebar, nextStop, unreadTotal, walkOf } from "../../src/ui/model/sidebar.ts";
import { peerView, roomView } from "./ui-support.ts";

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));

const sidebar = buildSidebar(
  [
    roomView("zoo", { unread: 2 }),
    roomView("art"),
    roomView("lobby"),
    roomView("elsewhere", { joined: false }),
    roomView("secret", { joined: false, invitedBy: "mara", visibility: "private" }),
  ],
  [peerView("b", "Pat"), peerView("c", "Ann", { online: false, unread: 1 }), peerView("a", "Pat"), peerView("d", "Bea")],
  compare,
);

describe("the sidebar", () => {
  it("puts the lobby first, then rooms and people by name, ties by id, those away last", () => {
    expect(sidebar.rooms.map(({ roomId }) => roomId)).toEqual(["lobby", "art", "zoo"]);
    expect(sidebar.here.map(({ peerId }) => peerId)).toEqual(["d", "a", "b"]);
    expect(sidebar.away.map(({ peerId }) => peerId)).toEqual(["c"]);
  });

  it("puts the blocked at the end, here or not, and still counts them as here", () => {
    const blocked = { blocked: true };
    const some = buildSidebar(
      [roomView("lobby")],
      [
        peerView("a", "Abe", blocked),
        peerView("b", "Bea"),
        peerView("c", "Cy", { ...blocked, online: false }),
        peerView("d", "Di", { online: false }),
      ],
      compare,
    );
    expect(some.here.map(({ name }) => name)).toEqual(["Bea"]);
    expect(some.away.map(({ name }) => name)).toEqual(["Di"]);
    expect(some.blocked.map(({ name }) => name)).toEqual(["Abe", "Cy"]);
    expect(some.hereCount).toBe(2);
    expect(walkOf(some).map(({ id }) => id)).toEqual(["lobby", "@b", "@d", "@a", "@c"]);
  });

  it("keeps invitations and other public rooms apart from one's own", () => {
    expect(sidebar.invitations.map(({ roomId }) => roomId)).toEqual(["secret"]);
    expect(sidebar.otherRooms.map(({ roomId }) => roomId)).toEqual(["elsewhere"]);
  });

  it("is walked round, and from unread to unread", () => {
    const walk = walkOf(sidebar);
    expect(nextStop(walk, "zoo", 1)).toBe("@d");
    expect(nextStop(walk, "@c", 1)).toBe("lobby");
    expect(nextStop(walk, "lobby", -1)).toBe("@c");
    expect(nextStop(walk, "lobby", 1, ({ unread }) => unread > 0)).toBe("zoo");
    expect(nextStop(walk, "zoo", 1, ({ unread }) => unread > 0)).toBe("@c");
    expect(nextStop(walk, "not there", 1)).toBe("lobby");
    expect(nextStop(walk, "not there", -1)).toBe("@c");
    expect(nextStop([], "lobby", 1)).toBeUndefined();
  });

  it("counts what is unread in all of it", () => {
    expect(unreadTotal(walkOf(sidebar))).toBe(3);
  });
});
