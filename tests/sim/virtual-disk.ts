/**
 * A disk in virtual time behind the port of a profile's store. What is saved can be read at once, and survives a crash
 * only when it has been synced, a while later and in the order of the saves.
 */
import type { KeptRecord } from "../../src/peer/index.ts";
import type { IdentitySecrets, ProfileStore, StoredProfile } from "../../src/store/index.ts";

export interface DiskPorts {
  /** Calls once, after so many virtual milliseconds. */
  readonly after: (ms: number, run: () => void) => void;
  /** How long the next sync takes. */
  readonly syncMs: () => number;
}

/** A profile's store, and the records that its peer has kept. */
export interface DiskStore extends ProfileStore {
  records(table: KeptRecord["table"]): [string, Uint8Array][];
  saveRecords(records: readonly KeptRecord[]): void;
}

interface Save {
  readonly content: StoredProfile;
  readonly records: readonly KeptRecord[];
  readonly done: () => void;
}

export class VirtualDisk {
  readonly #ports: DiskPorts;
  #synced: StoredProfile = { identity: undefined, name: undefined, remembered: [] };
  #written: StoredProfile = this.#synced;
  readonly #syncedRecords = new Map<string, KeptRecord>();
  #writtenRecords = new Map<string, KeptRecord>();
  #unsynced: Save[] = [];
  #isSyncing = false;
  #boot = 0;

  constructor(ports: DiskPorts) {
    this.#ports = ports;
  }

  /** The store of one process. */
  open(): DiskStore {
    const boot = this.#boot;
    let isClosed = false;
    const save = (change: Partial<StoredProfile>): Promise<void> =>
      isClosed || boot !== this.#boot ? Promise.resolve() : this.#save(structuredClone(change));
    return {
      load: async () => structuredClone(this.#written),
      saveIdentity: ({ signSeed, agreeSecret }: IdentitySecrets) => save({ identity: { signSeed, agreeSecret } }),
      saveName: (name) => save({ name }),
      saveRemembered: (remembered) => save({ remembered }),
      records: (of) => [...this.#writtenRecords.values()].flatMap(({ table, key, value }) => (table === of && value ? [[key, value]] : [])),
      saveRecords: (records) => {
        if (isClosed || boot !== this.#boot) return;
        write(this.#writtenRecords, records);
        void this.#queue(records);
      },
      close: async () => {
        isClosed = true;
      },
    };
  }

  /** The machine goes down: what was not synced is gone, and nobody hears that it was saved. */
  crash(): void {
    this.#boot += 1;
    this.#unsynced = [];
    this.#isSyncing = false;
    this.#written = this.#synced;
    this.#writtenRecords = new Map(this.#syncedRecords);
  }

  #save(change: Partial<StoredProfile>): Promise<void> {
    this.#written = { ...this.#written, ...change };
    return this.#queue([]);
  }

  #queue(records: readonly KeptRecord[]): Promise<void> {
    const content = this.#written;
    return new Promise((done) => {
      this.#unsynced.push({ content, records, done });
      this.#sync();
    });
  }

  #sync(): void {
    if (this.#isSyncing || this.#unsynced.length === 0) return;
    this.#isSyncing = true;
    const boot = this.#boot;
    const batch = this.#unsynced;
    this.#unsynced = [];
    this.#ports.after(this.#ports.syncMs(), () => {
      if (boot !== this.#boot) return;
      this.#isSyncing = false;
      for (const { content, records, done } of batch) {
        this.#synced = content;
        write(this.#syncedRecords, records);
        done();
      }
      this.#sync();
    });
  }
}

function write(into: Map<string, KeptRecord>, records: readonly KeptRecord[]): void {
  for (const record of records) {
    const name = `${record.table} ${record.key}`;
    if (record.value === undefined) into.delete(name);
    else into.set(name, record);
  }
}
