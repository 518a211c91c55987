/** What this person has chosen, in one record of the table "settings"; what it does not name is as in a new profile. */
import { decode, encode } from "cborg";
import { type Settings, settingsSchema } from "../api/contract.ts";
import type { KeptRecord } from "./effect.ts";

const key = "own";
const first: Settings = { readReceipts: true, typing: true };
const kept = settingsSchema.partial();

export class OwnSettings {
  #settings: Settings;
  #hasChanged = false;

  /** @param records of the table "settings" */
  constructor(records: Iterable<readonly [string, Uint8Array]>) {
    this.#settings = first;
    for (const [name, value] of records) if (name === key) this.#settings = { ...first, ...decodeSettings(value) };
  }

  get all(): Settings {
    return this.#settings;
  }

  set(changes: Partial<Settings>): void {
    this.#settings = { ...this.#settings, ...changes };
    this.#hasChanged = true;
  }

  takeRecords(): KeptRecord[] {
    const records: KeptRecord[] = this.#hasChanged ? [{ table: "settings", key, value: encode(this.#settings) }] : [];
    this.#hasChanged = false;
    return records;
  }
}

/** Undefined for what no version writes. */
export function decodeSettings(bytes: Uint8Array): Partial<Settings> | undefined {
  try {
    const { data } = kept.safeParse(decode(bytes, { strict: true }));
    return data === undefined
      ? undefined
      : (Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined)) as Partial<Settings>);
  } catch {
    return undefined;
  }
}
