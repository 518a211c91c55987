import { describe, expect, it } from "vitest";
import type { PeerId } from "../../src/ids.ts";
import { checkCard } from "../../src/mesh/card.ts";
import { knownPeersMax, neighboursMax } from "../../src/mesh/limits.ts";
import { Neighbourhood } from "../../src/mesh/neighbourhood.ts";
import { cardOf, identityFromKeys, person, signatures } from "./mesh-fixture.ts";

const self = person(0).peerId;
const [a, b, c, far] = [1, 2, 3, 9].map((number) => person(number).peerId) as [PeerId, PeerId, PeerId, PeerId];
const known = (number: number, changes = {}) => checkCard(cardOf(number, changes), signatures, identityFromKeys)!;

function withNeighbours(...linked: PeerId[]): Neighbourhood {
  const here = new Neighbourhood(self);
  for (const peerId of linked) here.linked(peerId);
  return here;
}

describe("the next hop", () => {
  it("is the peer itself where there is a link", () => {
    const here = withNeighbours(a, b);
    here.neighbourUp(a, b);
    expect(here.nextHop(b, a, undefined)).toBe(b);
  });

  it("is the host where it is linked to the peer, else the first neighbour by id that is, else the host", () => {
    const here = withNeighbours(c, b, a);
    for (const neighbour of [c, b]) here.neighbourUp(neighbour, far);
    expect(here.nextHop(far, c, undefined)).toBe(c);
    expect(here.nextHop(far, a, undefined)).toBe(b);
    here.neighbourDown(b, far);
    here.neighbourDown(c, far);
    expect(here.nextHop(far, a, undefined)).toBe(a);
    expect(here.nextHop(far, self, undefined)).toBeUndefined();
  });

  it("is never where the frame came from", () => {
    const here = withNeighbours(a, b);
    here.neighbourUp(a, far);
    expect(here.nextHop(far, a, a)).toBeUndefined();
    expect(here.nextHop(a, b, a)).toBeUndefined();
    here.neighbourUp(b, far);
    expect(here.nextHop(far, a, a)).toBe(b);
  });
});

describe("who is reachable", () => {
  it("what a neighbour said counts only while the link to it is open, and anew on the next", () => {
    const here = withNeighbours(a);
    here.neighbourUp(a, far);
    expect(here.isReachable(far)).toBe(true);
    here.linked(a);
    expect(here.isReachable(far)).toBe(false);
    here.neighbourUp(a, far);
    here.unlinked(a);
    expect(here.isReachable(far)).toBe(false);
    here.neighbourUp(a, far);
    expect(here.isReachable(far)).toBe(false);
  });

  it("a neighbour may name no more than its share", () => {
    const here = withNeighbours(a);
    for (let i = 0; i < 2 * neighboursMax; i += 1) here.neighbourUp(a, `${i}`.padEnd(32, "x") as PeerId);
    let believed = 0;
    for (let i = 0; i < 2 * neighboursMax; i += 1) if (here.isReachable(`${i}`.padEnd(32, "x") as PeerId)) believed += 1;
    expect(believed).toBe(neighboursMax);
  });
});

describe("cards kept", () => {
  it("a newer one replaces an older, never the other way", () => {
    const here = new Neighbourhood(self);
    expect(here.learn(known(1, { revision: 5 }))).toBe("newer");
    expect(here.learn(known(1, { revision: 4, name: "old" }))).toBe("old");
    expect(here.known(a)?.card.revision).toBe(5);
  });

  it("the very same card is known again without a check, another one is not", () => {
    const here = new Neighbourhood(self);
    here.learn(known(1));
    expect(here.sameAs(cardOf(1))?.identity.peerId).toBe(a);
    expect(here.sameAs({ ...cardOf(1), name: "Eve" })).toBeUndefined();
    expect(here.sameAs(cardOf(1, { revision: 2 }))).toBeUndefined();
  });

  it("a flood of strangers does not make us forget somebody we have met", () => {
    const here = withNeighbours(a);
    here.learn(known(1));
    here.unlinked(a);
    const stranger = known(9);
    for (let i = 0; i < 2 * knownPeersMax; i += 1) {
      const signature = new Uint8Array(64);
      new DataView(signature.buffer).setUint32(0, i);
      here.learn({ ...stranger, card: { ...stranger.card, signature }, identity: { ...stranger.identity, peerId: `${i}` as PeerId } });
    }
    expect([...here.knownPeers()]).toHaveLength(knownPeersMax);
    expect(here.known(a)).toBeDefined();
  });
});
