/** By the command line: who it is, a known name with a new key, and somebody blocked. */
import { describe, expect, it } from "vitest";
import { allLinked, labForEachTest } from "./lab.ts";
import type { LabPeer } from "./lab-peer.ts";

/** Longer than a post that is repeated for want of an answer takes to come. */
const silenceMs = 4_000;

describe("people", () => {
  const lab = labForEachTest();

  const call = (by: LabPeer, method: string, params: object): unknown => {
    const { status, out, complaint } = by.command("call", method, JSON.stringify(params));
    if (status !== 0) throw new Error(complaint);
    return JSON.parse(out);
  };

  it("compare the same digits, and each marks the other as verified", async () => {
    const [ada, ben] = await lab().meet("ada", "ben");
    const numbers = [call(ada, "people.safetyNumber", { peer: ben.peerId }), call(ben, "people.safetyNumber", { peer: ada.peerId })] as {
      digits: string;
      qr: string;
    }[];
    expect(numbers[0]).toEqual(numbers[1]);
    expect(numbers[0]?.digits).toMatch(/^(\d{5} ){11}\d{5}$/u);
    for (const [self, other] of [
      [ada, ben],
      [ben, ada],
    ] as const) {
      call(self, "people.verify", { peer: other.peerId, verified: true, scanned: numbers[0]?.qr });
      await self.sees([other], (peer) => peer.verified, "verified");
      expect(self.command("peers").out).toContain("verified");
    }
    expect(() => call(ada, "people.verify", { peer: ben.peerId, verified: true, scanned: "EARSHOT-SAFETY-1:00" })).toThrow(
      /^safetyNumberDiffers/u,
    );
  });

  it("a guest that comes back under its name has a new key: shown, written to only when accepted", async () => {
    const [ada, ben] = await lab().meet("ada", "ben");
    expect(ben.command("send", `@${ada.peerId}`, "it is me").status).toBe(0);
    await ada.shows(`@${ben.peerId}`, ["it is me"]);
    await ben.kill("SIGKILL");
    const other = await lab().start(ben.host);
    expect(other.peerId).not.toBe(ben.peerId);
    await allLinked([ada, other]);
    await ada.sees([other], (peer) => peer.keyChange?.previous === ben.peerId, "that the key is new");
    await ada.event((event) => event.event === "logged" && event.entry.kind === "keyChanged", "that it is noted");
    expect(ada.command("peers").out).toContain("key is new");

    const refused = ada.command("send", `@${other.peerId}`, "for ben alone");
    expect([refused.status, refused.complaint]).toEqual([1, expect.stringMatching(/^keyChanged: ben's key is new/u)]);
    call(ada, "people.acceptKey", { peer: other.peerId });
    await ada.sees([other], (peer) => peer.keyChange === null, "that the key is accepted");
    expect(ada.command("send", `@${other.peerId}`, "there you are").status).toBe(0);
    // Everything that ever came, so that what was refused would be here, too.
    await other.shows(`@${ada.peerId}`, ["there you are"]);
  });

  it("somebody blocked is heard nowhere until they are not any more, and is not told", async () => {
    const [ada, ben] = await lab().meet("ada", "ben");
    call(ada, "people.block", { peer: ben.peerId, blocked: true });
    const before = ada.events.length;
    for (const to of [`@${ada.peerId}`, "#lobby"]) expect(ben.command("send", to, "listen").status).toBe(0);
    await ada.say("#lobby", "a good morning");
    await ben.shows("#lobby", ["listen", "a good morning"]);
    await new Promise((resolve) => setTimeout(resolve, silenceMs));
    const added = ada.events.slice(before).flatMap(({ event }) => (event.event === "messageAdded" ? [event.message.text] : []));
    expect(added).toEqual(["a good morning"]);
    expect(ada.command("peers").out).toContain("blocked");
    expect(call(ben, "peers.list", {})).toMatchObject({ peers: [{ blocked: false, online: true }] });
    call(ada, "people.block", { peer: ben.peerId, blocked: false });
    await ada.shows(`@${ben.peerId}`, ["listen"]);
    await ada.shows("#lobby", ["listen", "a good morning"]);
  });
});
