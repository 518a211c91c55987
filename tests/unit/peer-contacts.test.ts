/** Who is known: bounded, kept, and whose name it is. */
import { describe, expect, it } from "vitest";
import type { Millis, PeerId } from "../../src/ids.ts";
import { Contacts } from "../../src/peer/contacts.ts";
import { contactsMax, keyChangesMax } from "../../src/peer/limits.ts";

const wallNow = (): Millis => 5 as Millis;
const id = (name: string | number): PeerId => `peer ${name}` as PeerId;
const kept = (contacts: Contacts): [string, Uint8Array][] =>
  contacts.takeRecords().flatMap(({ key, value }) => (value === undefined ? [] : [[key, value]]));

describe("contacts", () => {
  it("come back as they were kept, and what is no contact is left out", () => {
    const contacts = new Contacts(wallNow, []);
    contacts.meet(id("mara"), "Mara");
    contacts.verify(id("jon"), "Jon", true);
    contacts.block(id("eve"), true);
    const records = kept(contacts);
    expect(contacts.takeRecords()).toEqual([]);
    const again = new Contacts(wallNow, [...records, ["peer x", Uint8Array.of(1, 2, 3)]]);
    expect(again.of(id("mara"))).toEqual({ name: "Mara", isVerified: false, isBlocked: false });
    expect(again.of(id("jon"))).toEqual({ name: "Jon", isVerified: true, isBlocked: false });
    expect(again.of(id("eve"))).toEqual({ name: undefined, isVerified: false, isBlocked: true });
    expect(again.keyChange(id("new"), "MARA")).toEqual({ previous: id("mara"), wasVerified: false, since: 5 });
    expect(again.keyChange(id("x"), "Ines")).toBeUndefined();
  });

  it("follow whoever renames themselves, as long as the name is free", () => {
    const contacts = new Contacts(wallNow, []);
    contacts.meet(id(1), "Mara");
    contacts.meet(id(1), "Mara B.");
    expect(contacts.keyChange(id(2), "Mara")).toBeUndefined();
    contacts.meet(id(2), "Mara");
    contacts.meet(id(1), "Mara");
    expect(contacts.of(id(1)).name).toBe("Mara B.");
    expect(contacts.keyChange(id(1), "Mara")?.previous).toBe(id(2));
    contacts.accept(id(1), "Mara");
    expect([contacts.keyChange(id(1), "Mara"), contacts.keyChange(id(2), "Mara")]).toEqual([undefined, undefined]);
  });

  it("are bounded; whoever is verified or blocked stays", () => {
    const contacts = new Contacts(wallNow, []);
    contacts.verify(id("first"), "First", true);
    contacts.block(id("second"), true);
    for (let n = 0; n < contactsMax + 10; n += 1) contacts.meet(id(n), `Person ${n}`);
    const records = contacts.takeRecords();
    expect(records.filter(({ value }) => value !== undefined)).toHaveLength(contactsMax);
    expect(contacts.of(id("first")).isVerified && contacts.of(id("second")).isBlocked).toBe(true);
    expect(contacts.of(id(0)).name).toBeUndefined();
    for (let n = 0; n < keyChangesMax + 10; n += 1) contacts.keyChange(id(`liar ${n}`), "First");
    expect(contacts.keyChange(id("liar 0"), "First")).toMatchObject({ previous: id("first") });
  });
});
