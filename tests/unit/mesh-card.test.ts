import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Card, cardSchema, checkCard, formatAddress, parseAddress, signCard } from "../../src/mesh/card.ts";
import { addressesMax, nameCharsMax } from "../../src/mesh/limits.ts";
import { aboutOf, cardOf, identityFromKeys, person, placeOf, signatures } from "./mesh-fixture.ts";

const check = (card: Card) => checkCard(card, signatures, identityFromKeys);
const turned = (bytes: Uint8Array): Uint8Array => bytes.map((byte, place) => (place === 0 ? byte ^ 1 : byte));

describe("a card", () => {
  it("holds as it was signed", () => {
    expect(check(cardOf(1))?.identity.peerId).toBe(person(1).peerId);
    expect(check(cardOf(1))?.addresses).toEqual([placeOf(1)]);
  });

  const card = cardOf(1);
  const tampered: Record<keyof Card, Card> = {
    signKey: { ...card, signKey: person(2).signKey },
    agreeKey: { ...card, agreeKey: person(2).agreeKey },
    binding: { ...card, binding: turned(card.binding) },
    name: { ...card, name: "Eve" },
    named: { ...card, named: false },
    revision: { ...card, revision: 2 },
    prekey: { ...card, prekey: turned(card.prekey) },
    instance: { ...card, instance: "f".repeat(16) },
    addresses: { ...card, addresses: ["10.0.0.66:80"] },
    signature: { ...card, signature: turned(card.signature) },
  };
  it.each(Object.keys(tampered) as (keyof Card)[])("is refused with another %s", (field) => {
    expect(check(tampered[field])).toBeUndefined();
  });

  it("of two identities mixed is refused", () => {
    const { signKey, agreeKey, binding } = cardOf(2);
    expect(check({ ...card, signKey, agreeKey, binding })).toBeUndefined();
  });

  it("is always one that others accept, whatever its owner is called and wherever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), fc.nat({ max: 20 }), (name, count) => {
        const addresses = Array.from({ length: count }, (_, index) => placeOf(index));
        const made = signCard(person(1), signatures, aboutOf(1, { name, addresses }));
        expect(cardSchema.safeParse(made).success).toBe(true);
        expect(check(made)).toBeDefined();
        expect(made.addresses.length).toBe(Math.min(count, addressesMax));
      }),
    );
    expect(cardOf(1, { name: "x".repeat(500) }).name).toHaveLength(nameCharsMax);
    expect(cardOf(1, { name: " \u0000\n " }).name).toBe("Someone");
  });

  it.each(["Ada\nleft", "Ada\u202E", "Ada\u0007", " Ada", ""])("whose name would play tricks on a screen (%j) is refused", (name) => {
    const honest = cardOf(1, { name: "Ada" });
    expect(check({ ...honest, name })).toBeUndefined();
    expect(cardOf(1, { name: name || "Ada" }).name).toMatch(/^Ada/);
  });
});

describe("an address in words", () => {
  it.each([
    ["10.0.0.1:80", { host: "10.0.0.1", port: 80 }],
    ["[fe80::1%eth0]:47474", { host: "fe80::1%eth0", port: 47_474 }],
    ["desk.local:1", { host: "desk.local", port: 1 }],
  ])("%s", (text, address) => {
    expect(parseAddress(text)).toEqual(address);
    expect(formatAddress(address)).toBe(text);
  });

  it.each(["10.0.0.1", "10.0.0.1:0", "10.0.0.1:65536", "a b:1", "fe80::1:80", "[]:1", ":1", ""])("%j is none", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});
