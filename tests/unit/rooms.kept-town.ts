/** A town in which everybody writes down what they keep, and can be restarted from it. */
import type { KeptChanges, KeptEvent, KeptRooms } from "../../src/rooms/index.ts";
import { tailBounds } from "../../src/rooms/timeline.ts";
import { archiveOf, rowPlace } from "../support/written-rows.ts";
import { type Citizen, Town } from "./rooms.town.ts";

/** A vault. */
export class Shelf implements KeptRooms {
  readonly archive = archiveOf(() => this.rows.values());
  tail = tailBounds;
  eventsMax = 1_000_000;
  readonly records = new Map<string, Uint8Array>();
  readonly rows = new Map<string, KeptEvent>();

  get roomIds(): string[] {
    return [...new Set([...this.rows.values()].map(({ roomId }) => roomId))];
  }

  events(roomId: string): KeptEvent[] {
    return [...this.rows.values()].filter((row) => row.roomId === roomId).reverse();
  }

  write({ records, gone, events, rewritten }: KeptChanges): void {
    for (const { key, value } of records) {
      if (value === undefined) this.records.delete(key);
      else this.records.set(key, value);
    }
    for (const key of gone) this.rows.delete(rowPlace(key));
    for (const event of rewritten) if (this.rows.has(rowPlace(event))) this.rows.set(rowPlace(event), event);
    for (const event of events) if (!this.rows.has(rowPlace(event))) this.rows.set(rowPlace(event), event);
  }
}

/** A town in which everybody has a shelf. */
export class KeptTown extends Town {
  tail = tailBounds;
  eventsMax = 1_000_000;
  readonly shelves = new Map<string, Shelf>();
  #starts = 1;

  override add(name: string, skewMs = 0, start = 1): Citizen {
    const shelf = this.shelves.get(name) ?? new Shelf();
    this.shelves.set(name, shelf);
    shelf.tail = this.tail;
    shelf.eventsMax = this.eventsMax;
    return super.add(name, skewMs, start, shelf);
  }

  override take(...[citizen, outcome]: Parameters<Town["take"]>): void {
    super.take(citizen, outcome);
    this.save(citizen);
  }

  save(citizen: Citizen, isLast = false): void {
    const kept = citizen.rooms.takeKept(this.millis, isLast);
    if (kept !== undefined) this.shelf(citizen).write(kept);
  }

  shelf({ name }: Citizen): Shelf {
    const shelf = this.shelves.get(name);
    if (shelf === undefined) throw new Error(`nobody is called ${name}`);
    return shelf;
  }

  stop(citizen: Citizen): void {
    this.unlinkAll(citizen);
    this.save(citizen, true);
    this.citizens.splice(this.citizens.indexOf(citizen), 1);
  }

  /** Nobody is linked to it yet. */
  start({ name }: Citizen): Citizen {
    return this.add(name, 0, ++this.#starts);
  }

  restart(citizen: Citizen): Citizen {
    this.stop(citizen);
    return this.start(citizen);
  }
}

export function kept(...names: string[]): { t: KeptTown; people: Citizen[] } {
  const t = new KeptTown();
  const people = names.map((name) => t.add(name));
  t.linkAll();
  if (people[0] !== undefined) t.elect(people[0]);
  t.settle();
  return { t, people };
}

export const direct = (a: Citizen, b: Citizen): string => (a.peerId < b.peerId ? `@${a.peerId}${b.peerId}` : `@${b.peerId}${a.peerId}`);
