/** The virtual disk behind the store's port: what is synced survives, what is not is lost. */
import { describe, expect, it } from "vitest";
import { VirtualDisk } from "./virtual-disk.ts";

interface Lab {
  readonly disk: VirtualDisk;
  /** Lets the sync under way end. */
  sync(): Promise<void>;
}

function createLab(): Lab {
  const due: (() => void)[] = [];
  const disk = new VirtualDisk({ after: (_ms, run) => void due.push(run), syncMs: () => 5 });
  return {
    disk,
    async sync() {
      due.shift()?.();
      await Promise.resolve();
    },
  };
}

const secrets = { signSeed: new Uint8Array(32).fill(1), agreeSecret: new Uint8Array(32).fill(2) };

describe("a virtual disk", () => {
  it("gives back what was saved, each part by itself", async () => {
    const { disk } = createLab();
    const store = disk.open();
    expect(await store.load()).toEqual({ identity: undefined, name: undefined, remembered: [] });
    void store.saveName("Ada");
    void store.saveIdentity(secrets);
    expect(await store.load()).toEqual({ identity: secrets, name: "Ada", remembered: [] });
  });

  it("resolves a save once it is synced, and keeps that through a crash", async () => {
    const { disk, sync } = createLab();
    let isSaved = false;
    void disk
      .open()
      .saveName("Ada")
      .then(() => {
        isSaved = true;
      });
    expect(isSaved).toBe(false);
    await sync();
    await Promise.resolve();
    expect(isSaved).toBe(true);
    disk.crash();
    expect((await disk.open().load()).name).toBe("Ada");
  });

  it("loses in a crash what was not synced, and never tells that it was saved", async () => {
    const { disk, sync } = createLab();
    void disk.open().saveName("Ada");
    await sync();
    let isSaved = false;
    void disk
      .open()
      .saveName("Eve")
      .then(() => {
        isSaved = true;
      });
    disk.crash();
    await sync();
    expect(isSaved).toBe(false);
    expect((await disk.open().load()).name).toBe("Ada");
  });

  it("takes nothing from a process that is no more", async () => {
    const { disk, sync } = createLab();
    const before = disk.open();
    disk.crash();
    await before.saveName("late");
    await sync();
    expect((await disk.open().load()).name).toBeUndefined();
  });

  it("takes keys back to what was synced", async () => {
    const { disk, sync } = createLab();
    const key = (value: number | undefined) =>
      ({ table: "sessions", key: "mara", value: value === undefined ? undefined : Uint8Array.of(value) }) as const;
    disk.open().saveRecords([key(1)]);
    await sync();
    disk.open().saveRecords([key(2)]);
    expect(disk.open().records("sessions")).toEqual([["mara", Uint8Array.of(2)]]);
    expect(disk.open().records("senderKeys")).toEqual([]);
    disk.crash();
    expect(disk.open().records("sessions")).toEqual([["mara", Uint8Array.of(1)]]);
    disk.open().saveRecords([key(undefined)]);
    expect(disk.open().records("sessions")).toEqual([]);
  });
});
