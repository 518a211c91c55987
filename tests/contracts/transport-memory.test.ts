import { describe, expect, it } from "vitest";
import { createIdentity } from "../../src/crypto/index.ts";
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
