import { describe, expect, it } from "vitest";
import { createIdentity } from "../../src/crypto/index.ts";
import type { PublicIdentity } from "../../src/crypto/ports.ts";
import { createNodeSignatures } from "../../src/crypto/signatures.node.ts";
import type { Address, ConnectionId, Millis } from "../../src/ids.ts";
import type { TransportInput } from "../../src/mesh/transport.ts";
import { createVirtualNetwork, type VirtualNetwork } from "../../src/mesh/transport-memory.ts";
import { connect, describeTransport, framesOf, type TestPeer, type TransportLab } from "./transport-suite.ts";

const signatures = createNodeSignatures();

interface MemoryLab extends TransportLab {
  readonly network: VirtualNetwork;
}

async function createMemoryLab(seed = 1): Promise<MemoryLab> {
  const random = seeded(seed);
  const network = createVirtualNetwork({ random, latencyMs: 2 });
  let count = 0;
  return {
    network,
    nobody: { host: "10.0.0.99", port: 1 },
    async addPeer(networkName) {
      const address: Address = { host: `10.0.0.${++count}`, port: 47_474 };
      const identity = createIdentity((length) => Uint8Array.from({ length }, () => Math.floor(random() * 256)), signatures);
      const inputs: TransportInput[] = [];
      const instance = count.toString(16).padStart(16, "0");
      const attachment = { identity, instance, address, ...(networkName === undefined ? {} : { network: networkName }) };
      return { peerId: identity.peerId, address, inputs, transport: network.attach(attachment, (input) => inputs.push(input)) };
    },
    async until(peer, type, accepts = () => true) {
      const deadline = network.now() + 10_000;
      for (;;) {
        const found = peer.inputs.find(
          (input): input is Extract<TransportInput, { type: typeof type }> => input.type === type && accepts(input as never),
        );
        if (found !== undefined) return found;
        if ((network.nextEventAt() ?? Number.POSITIVE_INFINITY) > deadline) throw new Error(`no ${type} in time`);
        network.step();
      }
    },
    async settle() {
      network.runUntil((network.now() + 1_000) as Millis);
    },
    async close() {},
  };
}

describeTransport("the transport in virtual time", createMemoryLab);

describe("faults of the virtual network", () => {
  const out = "out-1" as ConnectionId;

  async function pair(): Promise<{ lab: MemoryLab; anna: TestPeer; ben: TestPeer }> {
    const lab = await createMemoryLab();
    return { lab, anna: await lab.addPeer(), ben: await lab.addPeer() };
  }

  it("keeps a cut pair silent, and delivers in order once healed", async () => {
    const { lab, anna, ben } = await pair();
    const link = await connect(lab, anna, ben);
    anna.transport.sendFrame(link.dialled, Uint8Array.of(0));
    lab.network.cut(anna.address, ben.address);
    for (let index = 1; index < 20; index++) anna.transport.sendFrame(link.dialled, Uint8Array.of(index));
    await lab.settle();
    expect(framesOf(ben)).toEqual([]);
    lab.network.heal(anna.address, ben.address);
    for (let index = 20; index < 40; index++) anna.transport.sendFrame(link.dialled, Uint8Array.of(index));
    await lab.settle();
    expect(framesOf(ben).map((bytes) => bytes[0])).toEqual(Array.from({ length: 40 }, (_, index) => index));
  });

  it("lets dials over a cut cable time out, and forgets them", async () => {
    const { lab, anna, ben } = await pair();
    lab.network.cut(anna.address, ben.address);
    anna.transport.dial(out, ben.address);
    expect(await lab.until(anna, "dialFailed")).toMatchObject({ failure: "unreachable" });
    lab.network.heal(anna.address, ben.address);
    await lab.settle();
    expect(ben.inputs).toEqual([]);
  });

  it("tells the others of a death", async () => {
    const { lab, anna, ben } = await pair();
    const link = await connect(lab, anna, ben);
    lab.network.kill(ben.address);
    expect(await lab.until(anna, "connectionClosed")).toEqual({
      type: "connectionClosed",
      connectionId: link.dialled,
      reason: "remoteClosed",
    });
    anna.transport.dial("out-2" as ConnectionId, ben.address);
    await lab.until(anna, "dialFailed");
  });

  it("refuses dials between a blocked pair", async () => {
    const { lab, anna, ben } = await pair();
    lab.network.block(anna.address, ben.address);
    anna.transport.dial(out, ben.address);
    expect(await lab.until(anna, "dialFailed")).toMatchObject({ failure: "unreachable" });
    lab.network.unblock(anna.address, ben.address);
    await connect(lab, anna, ben, "out-2" as ConnectionId);
  });

  it("fails the negotiation where UDP is blocked", async () => {
    const { lab, anna, ben } = await pair();
    lab.network.blockUdp(anna.address, ben.address);
    anna.transport.dial(out, ben.address);
    const { connectionId } = await lab.until(ben, "connectionAuthenticated");
    anna.transport.negotiate(out);
    ben.transport.negotiate(connectionId);
    for (const peer of [anna, ben]) expect(await lab.until(peer, "connectionClosed")).toMatchObject({ reason: "negotiationFailed" });
    expect(anna.inputs.some((input) => input.type === "linkOpened")).toBe(false);
  });

  it("cut one way, hears the other, and opens no channel", async () => {
    const { lab, anna, ben } = await pair();
    const link = await connect(lab, anna, ben);
    lab.network.cutOneWay(anna.address, ben.address);
    anna.transport.sendFrame(link.dialled, Uint8Array.of(1));
    ben.transport.sendFrame(link.accepted, Uint8Array.of(2));
    await lab.settle();
    expect([framesOf(anna).length, framesOf(ben).length]).toEqual([1, 0]);
    const again = "out-2" as ConnectionId;
    ben.transport.dial(again, anna.address);
    await lab.until(ben, "dialFailed", (input) => input.connectionId === again);
    lab.network.heal(anna.address, ben.address);
    await lab.settle();
    expect(framesOf(ben).map((bytes) => bytes[0])).toEqual([1]);
  });

  it("pays for loss with delay, and never with order", async () => {
    const { lab, anna, ben } = await pair();
    const link = await connect(lab, anna, ben);
    lab.network.setConditions(anna.address, ben.address, { latencyMs: 5, lossRate: 0.3 });
    const from = lab.network.now();
    for (let index = 0; index < 40; index++) anna.transport.sendFrame(link.dialled, Uint8Array.of(index));
    await lab.until(ben, "frameArrived", (input) => input.bytes[0] === 39);
    expect(framesOf(ben).map((bytes) => bytes[0])).toEqual(Array.from({ length: 40 }, (_, index) => index));
    expect(lab.network.now() - from).toBeGreaterThan(200);
  });

  it("is as slow as its wire, and ends a link that is clogged as overloaded", async () => {
    const { lab, anna, ben } = await pair();
    const link = await connect(lab, anna, ben);
    lab.network.setConditions(anna.address, ben.address, { bytesPerSecond: 10_000 });
    const from = lab.network.now();
    anna.transport.sendFrame(link.dialled, new Uint8Array(5_000));
    await lab.until(ben, "frameArrived");
    expect(lab.network.now() - from).toBeGreaterThanOrEqual(500);
    for (let index = 0; index < 140; index++) anna.transport.sendFrame(link.dialled, new Uint8Array(60_000));
    expect(await lab.until(anna, "connectionClosed")).toMatchObject({ reason: "overloaded" });
  });

  it("tells nobody of a machine that went dark, until another start answers at its address", async () => {
    const { lab, anna, ben } = await pair();
    const link = await connect(lab, anna, ben);
    lab.network.unplug(ben.address);
    anna.transport.sendFrame(link.dialled, Uint8Array.of(1));
    await lab.settle();
    expect(anna.inputs.some((input) => input.type === "connectionClosed")).toBe(false);
    lab.network.attach({ identity: identityOf(anna), instance: "f".repeat(16), address: ben.address }, () => undefined);
    anna.transport.sendFrame(link.dialled, Uint8Array.of(2));
    expect(await lab.until(anna, "connectionClosed")).toMatchObject({ reason: "remoteClosed" });
  });

  it("keeps what came while a machine slept, in order, or has forgotten its connections", async () => {
    for (const isForgotten of [false, true]) {
      const { lab, anna, ben } = await pair();
      const link = await connect(lab, anna, ben);
      lab.network.sleep(ben.address);
      for (let index = 0; index < 5; index++) anna.transport.sendFrame(link.dialled, Uint8Array.of(index));
      await lab.settle();
      expect(framesOf(ben)).toEqual([]);
      lab.network.wake(ben.address, isForgotten);
      await lab.settle();
      expect(framesOf(ben).map((bytes) => bytes[0])).toEqual(isForgotten ? [] : [0, 1, 2, 3, 4]);
      expect(ben.inputs.some((input) => input.type === "connectionClosed")).toBe(isForgotten);
    }
  });

  it("leaves the connections of a moved machine silent, and reaches it at its new address", async () => {
    const { lab, anna, ben } = await pair();
    const link = await connect(lab, anna, ben);
    const to: Address = { host: "10.0.9.9", port: 47_474 };
    lab.network.move(ben.address, to);
    anna.transport.sendFrame(link.dialled, Uint8Array.of(1));
    ben.transport.sendFrame(link.accepted, Uint8Array.of(1));
    await lab.settle();
    expect([...framesOf(anna), ...framesOf(ben)]).toEqual([]);
    const again = "out-2" as ConnectionId;
    anna.transport.dial(again, to);
    const { remote } = await lab.until(anna, "connectionAuthenticated", (input) => input.connectionId === again);
    expect(remote).toMatchObject({ identity: { peerId: ben.peerId }, address: to });
  });

  it("repeats itself from the same seed", async () => {
    const play = async (): Promise<unknown> => {
      const { lab, anna, ben } = await pair();
      const link = await connect(lab, anna, ben);
      for (let index = 0; index < 10; index++) ben.transport.sendFrame(link.accepted, Uint8Array.of(index));
      await lab.settle();
      return [lab.network.now(), anna.inputs, ben.inputs];
    };
    expect(await play()).toEqual(await play());
  });
});

/** What the other side was shown of it. */
function identityOf(peer: TestPeer): PublicIdentity {
  const seen = peer.inputs.find((input) => input.type === "connectionAuthenticated");
  if (seen === undefined) throw new Error("nobody was met");
  return seen.remote.identity;
}

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
