/**
 * What a relay and a disk see. Three people talk, two of them only through the third; whatever is secret carries a mark. Then
 * every wire, and every file that has changed meanwhile, is searched for the marks in every encoding.
 */
import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { filesChangedSince, type Traces, tracesInFiles } from "./disk-traces.ts";
import { labForEachTest } from "./lab.ts";
import type { LabPeer } from "./lab-peer.ts";
import type { Host } from "./lan.ts";
import { createMark, findTracesUnpacked } from "./traces.ts";

interface Marks {
  /** Who reads it: two in private, or whoever is in the lobby. */
  readonly said: string;
  readonly room: string;
  readonly lobby: string;
  /** Of the people. */
  readonly name: string;
  readonly passphrase: string;
  readonly networkKey: string;
}

describe("of what is said, who says it and where", () => {
  const lab = labForEachTest();

  /** A machine whose person has a home of their own, so that nothing they leave is anywhere else. */
  function home(): { folder: string; env: Record<string, string> } {
    const folder = lab().profileDir();
    const inside = (name: string): string => {
      mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
      return join(folder, name);
    };
    const env = {
      HOME: folder,
      TMPDIR: inside("tmp"),
      XDG_CACHE_HOME: inside("cache"),
      XDG_CONFIG_HOME: inside("config"),
      XDG_DATA_HOME: inside("data"),
      XDG_STATE_HOME: inside("state"),
      XDG_RUNTIME_DIR: inside("runtime"),
    };
    return { folder, env };
  }

  async function talk(ada: LabPeer, ben: LabPeer, cleo: LabPeer, marks: Marks): Promise<void> {
    const throughCleo = (peer: { link: string; via: string | null }): boolean => peer.link === "relayed" && peer.via === cleo.peerId;
    await Promise.all([ada.sees([ben], throughCleo, "a way through Cleo"), ben.sees([ada], throughCleo, "a way through Cleo")]);
    await ada.say(`@${ben.peerId}`, `first ${marks.said}`);
    await ben.shows(`@${ada.peerId}`, [`first ${marks.said}`]);
    await ben.say(`@${ada.peerId}`, `second ${marks.said}`);
    await ada.shows(`@${ben.peerId}`, [`first ${marks.said}`, `second ${marks.said}`]);
    const { roomId } = await ada.call("rooms.create", { name: marks.room, visibility: "private", topic: `about ${marks.room}` });
    await ada.call("rooms.invite", { room: roomId, peer: ben.peerId });
    await ben.until("rooms.list", {}, ({ rooms }) => rooms.some((room) => room.roomId === roomId), "the invitation");
    await ben.call("rooms.join", { room: roomId });
    await ben.say(roomId, `third ${marks.said}`);
    await ada.shows(roomId, [`third ${marks.said}`]);
    await ada.say("#lobby", marks.lobby);
    await Promise.all([ben, cleo].map((peer) => peer.shows("#lobby", [marks.lobby])));
  }

  it("no wire, no disk and no relay has a trace; and the search finds what is planted on each", async () => {
    const marks: Marks = {
      said: createMark(),
      room: createMark(),
      lobby: createMark(),
      name: createMark(),
      passphrase: createMark(),
      networkKey: createMark(),
    };
    const all = Object.values(marks);
    const startedAt = Date.now();
    const { lan } = lab();
    const [left, right, middle] = [lan.host("left"), lan.host("right"), lan.host("middle")];
    lan.blockBetween(left, right);
    const [onWire, onLeft] = [await lan.capture(), await left.capture()];

    const [atAda, atBen, atCleo] = [home(), home(), home()];
    const homes = [atAda, atBen, atCleo].map(({ folder }) => folder);
    const profileDir = join(atAda.folder, "kept");
    const start = (host: Host, name: string, { env }: { env: Record<string, string> }, kept?: string): Promise<LabPeer> =>
      lab().startAs(host, {
        name,
        args: ["--log-level", "debug", "--network-key", marks.networkKey],
        env: kept === undefined ? env : { ...env, EARSHOT_PASSPHRASE: marks.passphrase },
        profileDir: kept,
      });
    const [ada, ben, cleo] = await Promise.all([
      start(left, `${marks.name} ada`, atAda, profileDir),
      start(right, `${marks.name} ben`, atBen),
      start(middle, "cleo", atCleo),
    ]);
    const places = [...homes, ada.dataDir, ben.dataDir, cleo.dataDir];
    await talk(ada, ben, cleo, marks);

    expect((await cleo.call("host.stats", {})).relayed.frames).toBeGreaterThan(2);
    const captures = [onWire.file, onLeft.file];
    const onDisk = (): Traces => {
      const files = filesChangedSince(startedAt, places).filter((file) => !captures.includes(file));
      return tracesInFiles(files, all);
    };
    expect(onDisk(), "while they run").toEqual({});

    // The third has what everybody may read, and nothing of the rest: neither sealed bytes' contents nor a name.
    const inMemory = (peer: LabPeer, mark: string): boolean => peer.holds(mark.slice(0, 7)) || peer.holds([...mark.slice(0, 7)].join("\0"));
    expect([marks.lobby, marks.said, marks.room].map((mark) => inMemory(cleo, mark))).toEqual([true, false, false]);
    expect([marks.lobby, marks.said, marks.room].map((mark) => inMemory(ben, mark))).toEqual([true, true, true]);

    const { peerId } = ada;
    await ada.kill("SIGKILL");
    expect(onDisk(), "after one was killed").toEqual({});
    const again = await start(left, `${marks.name} ada`, atAda, profileDir);
    expect(again.peerId).toBe(peerId);
    expect(readdirSync(profileDir)).toEqual(expect.arrayContaining(["keys.json", "vault.db"]));
    for (const peer of [again, ben, cleo]) {
      for (const mark of all) expect(findTracesUnpacked(mark, Buffer.from(peer.complaints)), "in the log").toEqual([]);
      await peer.stop();
    }
    expect(onDisk(), "after all have quit").toEqual({});

    const [wire, machine] = [await onWire.stop(), await onLeft.stop()];
    expect(wire.length).toBeGreaterThan(10_000);
    expect(wire.includes("_earshot")).toBe(true);
    for (const mark of all) expect(findTracesUnpacked(mark, wire), "on the wire").toEqual([]);
    // Between the window and the peer it stands in the clear, within the machine: so the search reads captures right.
    for (const mark of [marks.said, marks.room, marks.lobby, marks.name]) {
      expect(findTracesUnpacked(mark, machine), "within the machine").not.toEqual([]);
    }
  });

  it("a leak that is planted is found: on a wire, in a file, beside the files", async () => {
    const { lan } = lab();
    const [left, right] = [lan.host("left"), lan.host("right")];
    const mark = createMark();
    const startedAt = Date.now();
    const onWire = await lan.capture();
    const packet = (text: string): string => left.run("bash", "-c", `printf %s "$0" > /dev/udp/${right.address}/9`, text);
    packet("nothing of it");
    packet(Buffer.from(`so ${mark}`).toString("base64"));
    expect(findTracesUnpacked(mark, await onWire.stop())).toEqual(["base64"]);

    const { folder } = home();
    mkdirSync(join(folder, "deep", "er"), { recursive: true });
    const file = join(folder, "deep", "er", "log.bin");
    writeFileSync(file, Buffer.concat([Buffer.alloc(100_000), Buffer.from(mark, "utf16le")]));
    const beside = join("/dev/shm", `earshot-lab-${process.pid}-${randomUUID()}`);
    const named = join(folder, `room ${mark}`);
    writeFileSync(named, "");
    writeFileSync(beside, encodeURIComponent(mark));
    try {
      const found = tracesInFiles(filesChangedSince(startedAt, [folder]), [mark]);
      expect(Object.keys(found).sort()).toEqual([beside, file, named].sort());
    } finally {
      rmSync(beside);
    }
  });
});
