/** One flooder among thirty meshes: the others go on as if it were not there. */
import { describe, expect, it } from "vitest";
import type { PeerId } from "../../src/ids.ts";
import type { Frame } from "../../src/mesh/frames.ts";
import { encodeNews } from "../../src/mesh/news.ts";
import { Crowd, type CrowdPeer } from "../support/mesh-crowd.ts";
import { Flooder } from "../support/mesh-flooder.ts";

const peers = 30;
/** More would only take longer to simulate. */
const links = 3;
const seconds = 12;
const stepMs = 50;
/** Of each kind of word, each quarter of a second: one broadcast and one envelope. */
const talkEveryMs = 250;
/** It does not fall silent. */
const beatEveryMs = 1_000;
/** Honest words may wait for a graft where one copy of theirs was lost among the flood, but not for longer. */
const delayMaxMs = 1_500;

type Make = (to: PeerId, number: number, all: readonly CrowdPeer[], self: PeerId) => Frame;

interface Talk {
  readonly said: number;
  /** How long each copy took, in ms, in order. */
  readonly broadcastMs: number[];
  readonly envelopeMs: number[];
  /** Whom anybody calls a flooder. */
  readonly named: Set<PeerId>;
  /** The most frames that one honest peer sent in a step. */
  readonly framesMax: number;
  readonly linksLeft: number;
  readonly flooder: PeerId;
}

const encode = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const decode = (bytes: Uint8Array): string => String.fromCharCode(...bytes.subarray(0, 30));

/** `make` is undefined for a calm day. */
function talk(perSecond: number, make: Make | undefined): Talk {
  const crowd = new Crowd(21, 2);
  for (let i = 0; i < peers; i += 1) {
    crowd.join();
    crowd.pass(50);
  }
  crowd.pass(8_000);
  const flooder = new Flooder(crowd, 99);
  for (const peer of crowd.peers.slice(0, links)) flooder.dial(peer);
  crowd.pass(2_000);
  const named = new Set<PeerId>();
  const sentAt = new Map<string, number>();
  const broadcastMs: number[] = [];
  const envelopeMs: number[] = [];
  crowd.watch = (_, event) => {
    if (event.type === "flooded") named.add(event.flood.peerId);
    if (event.type !== "broadcastArrived" && event.type !== "arrived") return;
    const text = decode(event.type === "arrived" ? event.sealed : event.body);
    const at = sentAt.get(text);
    if (at !== undefined) (event.type === "arrived" ? envelopeMs : broadcastMs).push(crowd.now - at);
  };
  const framesNow = new Map<CrowdPeer, number>();
  let framesMax = 0;
  crowd.tap = (from) => framesNow.set(from, (framesNow.get(from) ?? 0) + 1);
  let said = 0;
  let number = 0;
  for (let at = 0; at < seconds * 1_000; at += stepMs) {
    for (let i = 0; make !== undefined && i < (perSecond * stepMs) / 1_000; i += 1) {
      flooder.flood((to) => make(to, number, crowd.peers, flooder.identity.peerId));
      number += 1;
    }
    if (at % beatEveryMs === 0) flooder.flood(() => ({ t: "prune" }));
    if (at % talkEveryMs === 0) {
      const author = crowd.peers[said % peers] as CrowdPeer;
      const reader = crowd.peers[(said * 7 + 11) % peers] as CrowdPeer;
      sentAt.set(`broadcast ${said}`, crowd.now);
      crowd.broadcast(author, encode(`broadcast ${said}`));
      if (reader !== author) {
        sentAt.set(`envelope ${said}`, crowd.now);
        crowd.send(author, reader.identity.peerId, encode(`envelope ${said}`));
      }
      said += 1;
    }
    framesNow.clear();
    crowd.pass(stepMs);
    framesMax = Math.max(framesMax, ...framesNow.values());
  }
  const linksLeft = flooder.links;
  crowd.pass(3_000);
  for (const { mesh } of crowd.peers) for (const { peerId } of mesh.reception.floods.list(crowd.now)) named.add(peerId);
  const sort = (list: number[]): number[] => list.sort((a, b) => a - b);
  return {
    said,
    broadcastMs: sort(broadcastMs),
    envelopeMs: sort(envelopeMs),
    named,
    framesMax,
    linksLeft,
    flooder: flooder.identity.peerId,
  };
}

const post = (number: number, salt = ""): Uint8Array =>
  encodeNews({ k: "post", sealed: encode(`flood ${number} ${salt}`.padEnd(400, "x")) });

describe("a flooder among thirty", () => {
  const calm = talk(0, undefined);

  it("who keeps quiet is nobody's trouble", () => {
    expect(calm.named).toEqual(new Set());
    expect(calm.linksLeft).toBe(links);
    expect(calm.broadcastMs).toHaveLength(calm.said * (peers - 1));
  });

  it.each([
    { what: "broadcasts of its own", perSecond: 200, make: (_, number) => ({ t: "gossip", hops: 0, body: post(number) }) },
    {
      what: "envelopes to be carried",
      perSecond: 2_000,

      make: (_, number, all, self) => ({ t: "envelope", from: self, to: idOf(all, number), hops: 0, sealed: encode("spam".padEnd(200)) }),
    },
    {
      what: "questions",
      perSecond: 100,

      make: (_, number, all) => ({ t: "want", peerIds: Array.from({ length: 40 }, () => idOf(all, number)) }),
    },
    { what: "digests", perSecond: 100, make: (_, number) => ({ t: "census", digest: [number, 7] }) },
  ] satisfies { what: string; perSecond: number; make: Make }[])(
    "$what, $perSecond a second: it is named and cut off, nobody else is, and the others' words arrive as before",
    ({ perSecond, make }) => {
      const flooded = talk(perSecond, make);
      const delay = (list: readonly number[], share: number): number => list[Math.floor(share * (list.length - 1))] ?? Number.NaN;
      console.log(
        `broadcasts ${flooded.broadcastMs.length} of ${calm.broadcastMs.length}, p50 ${delay(flooded.broadcastMs, 0.5)} ms, p99 ${delay(flooded.broadcastMs, 0.99)} ms ` +
          `(calm ${delay(calm.broadcastMs, 0.5)}, ${delay(calm.broadcastMs, 0.99)}); envelopes ${flooded.envelopeMs.length} of ${calm.envelopeMs.length}, ` +
          `p99 ${delay(flooded.envelopeMs, 0.99)} ms (calm ${delay(calm.envelopeMs, 0.99)}); at most ${flooded.framesMax} frames a step (calm ${calm.framesMax})`,
      );
      expect(flooded.named).toEqual(new Set([flooded.flooder]));
      expect(flooded.linksLeft).toBe(0);
      expect(flooded.broadcastMs).toHaveLength(calm.broadcastMs.length);
      expect(flooded.envelopeMs).toHaveLength(calm.envelopeMs.length);
      expect(delay(flooded.broadcastMs, 0.99)).toBeLessThan(delay(calm.broadcastMs, 0.99) + delayMaxMs);
      expect(delay(flooded.envelopeMs, 0.99)).toBeLessThan(delay(calm.envelopeMs, 0.99) + delayMaxMs);
    },
    120_000,
  );
});

function idOf(all: readonly CrowdPeer[], number: number): PeerId {
  return (all[number % all.length] as CrowdPeer).identity.peerId;
}
