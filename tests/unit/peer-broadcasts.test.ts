/** What whole peers make of a broadcast that its sender's neighbour can open, and of one that nobody can. */
import { beforeEach, describe, expect, it } from "vitest";
import type { HostStats } from "../../src/api/contract.ts";
import { createNetworkSealing, deriveNetwork } from "../../src/crypto/index.ts";
import { createNodeSignatures } from "../../src/crypto/signatures.node.ts";
import type { LogId, Millis, RoomId } from "../../src/ids.ts";
import { decodeFrame, type Frame } from "../../src/mesh/frames.ts";
import { badRate } from "../../src/mesh/limits.ts";
import { decodeNews, encodeNews } from "../../src/mesh/news.ts";
import { addressed, addressee } from "../../src/peer/control.ts";
import { signEvent } from "../../src/rooms/event.ts";
import { encodePayload } from "../../src/rooms/payload.ts";
import { VirtualLan, type VirtualPeer } from "../sim/virtual-lan.ts";
import { Flooder, flooderAddress } from "../support/mesh-flooder.ts";
import { bytesFrom, createRandom } from "../support/random.ts";

const signatures = createNodeSignatures();
const roomId = "lobby" as RoomId;
const spam = "buy one, get two";

let random: (length: number) => Uint8Array;
let lan: VirtualLan;
/** Linked to Mara alone. */
let stranger: Flooder;
let mara: VirtualPeer;
let jon: VirtualPeer;
/** Who sent the post of that nonce to whom it was not sent by the stranger. */
let passedOn: string[];

beforeEach(() => {
  random = bytesFrom(createRandom(8));
  lan = new VirtualLan(7);
  mara = lan.join("Mara");
  jon = lan.join("Jon");
  lan.network.block(flooderAddress, jon.address);
  stranger = new Flooder(lan, 9);
  lan.pass(2_000);
  stranger.dial(mara);
  lan.pass(1_000);
  expect(stranger.links).toBe(1);
  passedOn = [];
  lan.tap = (peer, order) => {
    const frame = order.type === "sendFrame" ? decodeFrame(order.bytes) : undefined;
    if (frame?.t === "ihave" || (frame?.t === "gossip" && decodeNews(frame.body)?.k === "post")) passedOn.push(`${peer.name} ${frame.t}`);
  };
});

/** A message of the stranger as everybody would believe it. */
function message(): Uint8Array {
  const { signSeed, signKey, agreeKey, binding, peerId } = stranger.identity;
  const at = Date.UTC(2026, 0, 1) as Millis;
  const body = { kind: "message", text: spam } as const;
  const log = { roomId, author: peerId, logId: "0123456789abcdef" as LogId, seq: 1, prev: new Uint8Array(0), clock: at, at };
  const { bytes } = signEvent(signatures, signSeed, { ...log, body });
  const authors = [{ signKey, agreeKey, binding }];
  return addressed(addressee.rooms, encodePayload({ k: "events", roomId, authors, events: [bytes], floors: [] }));
}

const sealedFor = (network: string): Uint8Array => createNetworkSealing(deriveNetwork({ name: network }).secret, random).seal(message());
const post = (sealed: Uint8Array): Frame => ({ t: "gossip", hops: 0, body: encodeNews({ k: "post", sealed }) });
const stats = (peer: VirtualPeer): Promise<HostStats> => peer.call("host.stats", {});

it("a broadcast that opens is shown, and passed on", async () => {
  stranger.flood(() => post(sealedFor("test")));
  lan.pass(500);
  expect(await mara.texts("#lobby")).toEqual([spam]);
  expect(await jon.texts("#lobby")).toEqual([spam]);
  expect(passedOn).toEqual(["Mara gossip"]);
});

describe.each([
  { what: "sealed with another network's key", sealed: () => sealedFor("another") },
  { what: "garbage of a length that a seal has", sealed: () => random(sealedFor("test").length) },
  { what: "garbage of any length", sealed: () => random(200) },
  {
    what: "altered on the way",
    sealed: () => {
      const sealed = sealedFor("test");
      sealed[40] = (sealed[40] ?? 0) ^ 1;
      return sealed;
    },
  },
])("a broadcast that does not open ($what)", ({ sealed }) => {
  it("is neither shown nor passed on, and is counted where it came from", async () => {
    const before = await stats(mara);
    const others = await stats(jon);
    stranger.flood(() => post(sealed()));
    lan.pass(1_000);
    expect(await mara.texts("#lobby")).toEqual([]);
    expect(await jon.texts("#lobby")).toEqual([]);
    expect(passedOn).toEqual([]);
    expect((await stats(mara)).refused).toEqual({ ...before.refused, badFrames: before.refused.badFrames + 1 });
    expect((await stats(jon)).refused).toEqual(others.refused);
    expect(stranger.links).toBe(1);
  });

  it("stops nothing, and whoever sends many is named and cut off", async () => {
    for (let sent = 0; sent <= badRate.burst + 50; sent += 1) {
      stranger.flood(() => post(sealed()));
      if (sent % 50 === 0) await mara.say("#lobby", `still here, ${sent}`);
      lan.pass(1);
    }
    lan.pass(1_000);
    const said = [0, 50, 100, 150, 200, 250].map((sent) => `still here, ${sent}`);
    expect(await mara.texts("#lobby")).toEqual(said);
    expect(await jon.texts("#lobby")).toEqual(said);
    expect(stranger.links).toBe(0);
    const { floods } = await stats(mara);
    expect(floods).toMatchObject([{ peerId: stranger.identity.peerId, name: "Flooder", reportedBy: null }]);
    expect(floods[0]?.dropped).toBeGreaterThan(badRate.burst);
    expect((await mara.call("peers.list", {})).peers.find(({ name }) => name === "Jon")).toMatchObject({ online: true, link: "direct" });
  });
});
