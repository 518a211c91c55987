/** A guest leaves nothing: the whole file system and shared memory, before and after. */
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ApiCalls } from "./api-calls.ts";
import { filesBelow, tracesInFiles } from "./disk-traces.ts";
import { labForEachTest } from "./lab.ts";
import type { LabPeer } from "./lab-peer.ts";
import type { Host } from "./lan.ts";
import { Watched } from "./overlay.ts";
import { createMark } from "./traces.ts";

/** Where guests' folders are; what earlier ones left there, a guest would remove. */
const guests = join(tmpdir(), `earshot-${userInfo().uid}`);
const program = join(import.meta.dirname, "../../dist/earshot.mjs");

describe("a guest", () => {
  const lab = labForEachTest();
  const watched: Watched[] = [];
  afterEach(async () => {
    for (const each of watched.splice(0)) await each.end();
  });

  function watch(machine: Host, ...words: string[]): Watched {
    const each = new Watched(machine.namespace, words, [guests]);
    watched.push(each);
    return each;
  }

  /** Started as people do, in its default place; talks with Ben in private and in a room of their own. */
  async function guestThatTalks(ben: LabPeer, mark: string): Promise<Watched> {
    const machine = lab().lan.host("guest");
    const guest = watch(machine, process.execPath, program, "run", "--headless", "--json", "--name", mark);
    const ready = JSON.parse(await guest.line((line) => line.includes('"event":"ready"'))) as { peerId: string };
    const pid = await guest.pid();
    const calls = new ApiCalls(machine.namespace, join(`/proc/${pid}/root`, guests, `guest-${pid}`));
    await calls.ready;
    await ben.sees([{ peerId: ready.peerId } as LabPeer], (peer) => peer.link === "direct", "the guest");
    await calls.call("messages.send", { to: `@${ben.peerId}`, text: `to Ben: ${mark}` });
    await ben.shows(`@${ready.peerId}`, [`to Ben: ${mark}`]);
    const { roomId } = await ben.call("rooms.create", { name: `den-${mark}`, visibility: "private" });
    await ben.call("rooms.invite", { room: roomId, peer: ready.peerId });
    await guest.line((line) => line.includes(roomId));
    await calls.call("rooms.join", { room: roomId });
    await calls.call("messages.send", { to: roomId, text: `to the room: ${mark}` });
    await ben.shows(roomId, [`to the room: ${mark}`]);
    expect(tracesInFiles(filesBelow(guest.layer()), [mark]), "while it runs").toEqual({});
    expect(filesBelow(guest.layer()).length, "it has the file of its API's token").toBeGreaterThan(0);
    calls.end();
    return guest;
  }

  it("that quits leaves no file, no folder and no shared memory, and has changed none", async () => {
    const ben = await lab().start("ben");
    const guest = await guestThatTalks(ben, createMark());
    await guest.signal("SIGTERM");
    expect(await guest.left()).toEqual([]);
  });

  it("that is killed leaves the file of its API's token, nothing of what was said", async () => {
    const mark = createMark();
    const ben = await lab().start("ben");
    const guest = await guestThatTalks(ben, mark);
    const pid = await guest.pid();
    await guest.signal("SIGKILL");
    const left = await guest.left();
    expect(left.filter((path) => path.endsWith("/api.json"))).toHaveLength(1);
    const folder = join(guests, `guest-${pid}`);
    for (const path of left) expect([guests, folder, join(folder, "api.json")]).toContain(path);
  });

  it("would be found out: what a program leaves, changes or removes is seen, wherever it is", async () => {
    const leave =
      "echo a > /tmp/new; mkdir /var/tmp/empty; echo b >> /etc/hostname; rm /etc/hosts; echo c > /dev/shm/shared; echo d > /srv/gone; rm /srv/gone";
    const planted = watch(lab().lan.host("planted"), "bash", "-c", leave);
    expect((await planted.left()).sort()).toEqual(["/dev/shm/shared", "/etc/hostname", "/etc/hosts", "/tmp/new", "/var/tmp/empty"]);
  });
});
