/** Sessions and keys that are lost or old, in real processes: the conversation goes on by itself, both ways. */
import { cpSync, rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { allLinked, labForEachTest, report } from "./lab.ts";
import type { LabPeer } from "./lab-peer.ts";
import type { Host } from "./lan.ts";

/** What was said while keys were missing is brought again by the room; a person would wait so long. */
const repairMaxMs = 15_000;

describe("a conversation goes on", () => {
  const lab = labForEachTest();
  let said = 0;

  /** Something new in private and in the room, both ways; how long the last of it took. */
  async function talk(ada: LabPeer, ben: LabPeer, roomId: string): Promise<number> {
    const startedAt = performance.now();
    for (const [from, to] of [
      [ada, ben],
      [ben, ada],
    ] as const) {
      for (const conversation of ["private", "room"] as const) {
        said += 1;
        const text = `${said}: ${from.name} to ${to.name}`;
        await from.say(conversation === "room" ? roomId : `@${to.peerId}`, text);
        await to.event((event) => event.event === "messageAdded" && event.message.text === text, text);
      }
    }
    return performance.now() - startedAt;
  }

  /** Ada keeps a profile; Ben and Cleo are guests; all three share a private room. */
  async function three(): Promise<{ ada: LabPeer; ben: LabPeer; start: () => Promise<LabPeer>; profileDir: string; roomId: string }> {
    const profileDir = lab().profileDir();
    const machine: Host = lab().lan.host("ada");
    const start = (): Promise<LabPeer> => lab().startAs(machine, { name: "ada", args: [], profileDir });
    const [ada, ben, cleo] = await Promise.all([start(), lab().start("ben"), lab().start("cleo")]);
    await allLinked([ada, ben, cleo]);
    const { roomId } = await ben.call("rooms.create", { name: "den", visibility: "private" });
    for (const peer of [ada, cleo]) {
      await ben.call("rooms.invite", { room: roomId, peer: peer.peerId });
      await peer.until("rooms.list", {}, ({ rooms }) => rooms.some((room) => room.roomId === roomId), "the invitation");
      await peer.call("rooms.join", { room: roomId });
    }
    await Promise.all(
      [ada, ben, cleo].map((peer) => peer.until("rooms.members", { room: roomId }, ({ members }) => members.length === 3, "all members")),
    );
    return { ada, ben, start, profileDir, roomId };
  }

  /** Back among the others, and in the room again, whether it remembers it or not. */
  async function back(peer: LabPeer, ben: LabPeer, roomId: string): Promise<void> {
    await allLinked([peer, ben]);
    const { rooms } = await peer.call("rooms.list", {});
    if (rooms.some((room) => room.roomId === roomId && room.joined)) return;
    await ben.call("rooms.invite", { room: roomId, peer: peer.peerId });
    await peer.until("rooms.list", {}, (list) => list.rooms.some((room) => room.roomId === roomId), "the invitation");
    await peer.call("rooms.join", { room: roomId });
  }

  it("after a kill, with the sessions that were kept", async () => {
    const { ada, ben, start, roomId } = await three();
    await talk(ada, ben, roomId);
    await ada.kill("SIGKILL");
    const again = await start();
    expect(again.peerId).toBe(ada.peerId);
    await back(again, ben, roomId);
    const tookMs = await talk(again, ben, roomId);
    report("four messages after a kill", tookMs);
    expect(tookMs).toBeLessThan(repairMaxMs);
  });

  it("after an old vault was put back", async () => {
    const { ada, ben, start, profileDir, roomId } = await three();
    await talk(ada, ben, roomId);
    await ada.stop();
    const backup = lab().profileDir();
    cpSync(profileDir, backup, { recursive: true });
    const second = await start();
    await back(second, ben, roomId);
    for (let turn = 0; turn < 3; turn += 1) await talk(second, ben, roomId);
    await second.stop();
    rmSync(profileDir, { recursive: true });
    cpSync(backup, profileDir, { recursive: true });
    const third = await start();
    expect(third.peerId).toBe(ada.peerId);
    await back(third, ben, roomId);
    const tookMs = await talk(third, ben, roomId);
    report("four messages with an old vault", tookMs);
    expect(tookMs).toBeLessThan(repairMaxMs);
  });
});
