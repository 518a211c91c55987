/**
 * A disk in virtual time behind the port of a profile's store. What is saved can be read at once, and survives a crash
 * only when it has been synced, a while later and in the order of the saves.
 */
import type { KeptRecord } from "../../src/peer/index.ts";
import type { KeptEvent, KeptEventKey, KeptRooms } from "../../src/rooms/index.ts";
import type { IdentitySecrets, ProfileStore, StoredProfile } from "../../src/store/index.ts";
import { archiveOf, rowPlace } from "../support/written-rows.ts";

export interface DiskPorts {
  /** Calls once, after so many virtual milliseconds. */
  readonly after: (ms: number, run: () => void) => void;
  /** How long the next sync takes. */
  readonly syncMs: () => number;
}

/** A profile's store, and the records and events that its peer has kept. */
export interface DiskStore extends ProfileStore {
  records(table: KeptRecord["table"]): [string, Uint8Array][];
  saveRecords(records: readonly KeptRecord[]): void;
  appendEvents(events: readonly KeptEvent[]): void;
  rewriteEvents(events: readonly KeptEvent[]): void;
  deleteEvents(keys: readonly KeptEventKey[]): void;
  rooms(): KeptRooms;
}

/** What has been written at a place; undefined deletes. */
interface Write {
  readonly place: string;
  readonly what: KeptRecord | KeptEvent | undefined;
  /** Only where there is something. */
  readonly isAgain?: boolean;
}

interface Save {
  readonly content: StoredProfile;
  readonly writes: readonly Write[];
  readonly done: () => void;
}

export class VirtualDisk {
  readonly #ports: DiskPorts;
  #synced: StoredProfile = { identity: undefined, name: undefined, remembered: [] };
  #written: StoredProfile = this.#synced;
  readonly #syncedPlaces = new Map<string, KeptRecord | KeptEvent>();
  #writtenPlaces = new Map<string, KeptRecord | KeptEvent>();
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
    const keep = (writes: readonly Write[]): void => {
      if (isClosed || boot !== this.#boot) return;
      write(this.#writtenPlaces, writes);
      void this.#queue(writes);
    };
    return {
      load: async () => structuredClone(this.#written),
      saveIdentity: ({ signSeed, agreeSecret }: IdentitySecrets) => save({ identity: { signSeed, agreeSecret } }),
      saveName: (name) => save({ name }),
      saveRemembered: (remembered) => save({ remembered }),
      records: (of) => this.#records(of),
      saveRecords: (records) =>
        keep(records.map((record) => ({ place: `${record.table} ${record.key}`, what: record.value === undefined ? undefined : record }))),
      appendEvents: (events) => keep(events.map((event) => ({ place: placeOf(event), what: event }))),
      rewriteEvents: (events) => keep(events.map((event) => ({ place: placeOf(event), what: event, isAgain: true }))),
      deleteEvents: (keys) => keep(keys.map((key) => ({ place: placeOf(key), what: undefined }))),
      rooms: () => {
        const events = [...this.#writtenPlaces.values()].flatMap((what) => ("table" in what ? [] : what));
        return {
          records: this.#records("rooms"),
          roomIds: new Set(events.map(({ roomId }) => roomId)),
          // So few that what memory does not hold is met in every run.
          tail: { events: 12, slack: 4, recent: 6, recentRoomMin: 12 },
          archive: archiveOf(() => this.#events()),
        };
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
    this.#writtenPlaces = new Map(this.#syncedPlaces);
  }

  #save(change: Partial<StoredProfile>): Promise<void> {
    this.#written = { ...this.#written, ...change };
    return this.#queue([]);
  }

  *#events(): Generator<KeptEvent> {
    for (const what of this.#writtenPlaces.values()) if (!("table" in what)) yield what;
  }

  #records(of: KeptRecord["table"]): [string, Uint8Array][] {
    return [...this.#writtenPlaces.values()].flatMap((what) =>
      "table" in what && what.table === of && what.value !== undefined ? [[what.key, what.value]] : [],
    );
  }

  #queue(writes: readonly Write[]): Promise<void> {
    const content = this.#written;
    return new Promise((done) => {
      this.#unsynced.push({ content, writes, done });
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
      for (const { content, writes, done } of batch) {
        this.#synced = content;
        write(this.#syncedPlaces, writes);
        done();
      }
      this.#sync();
    });
  }
}

const placeOf = (key: KeptEventKey): string => `event ${rowPlace(key)}`;

/** An event that is there already is left as it is. */
function write(into: Map<string, KeptRecord | KeptEvent>, writes: readonly Write[]): void {
  for (const { place, what, isAgain } of writes) {
    if (what === undefined) into.delete(place);
    else if (isAgain === true && into.has(place)) into.set(place, what);
    else if (isAgain !== true && ("table" in what || !into.has(place))) into.set(place, what);
  }
}
