/** What every transport promises. The twin in virtual time and the real one pass the same tests. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Address, ConnectionId, PeerId } from "../../src/ids.ts";
import { frameBytesMax } from "../../src/mesh/limits.ts";
import type { Transport, TransportInput } from "../../src/mesh/transport.ts";

export interface TransportLab {
  /** Peers of another network have another secret. */
  addPeer(network?: string): Promise<TestPeer>;
  /** Nobody listens there. */
  readonly nobody: Address;
  /** Lets time pass until the peer has had such an input; fails after a few seconds. */
  until<Type extends TransportInput["type"]>(
    peer: TestPeer,
    type: Type,
    accepts?: (input: Extract<TransportInput, { type: Type }>) => boolean,
  ): Promise<Extract<TransportInput, { type: Type }>>;
  /** Lets a moment pass in which what was not meant to happen could have happened. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export interface TestPeer {
  readonly peerId: PeerId;
  readonly address: Address;
  readonly transport: Transport;
  readonly inputs: readonly TransportInput[];
}

export interface TestLink {
  readonly dialled: ConnectionId;
  readonly accepted: ConnectionId;
}

const out = "out-1" as ConnectionId;

export async function connect(lab: TransportLab, dialler: TestPeer, responder: TestPeer, dialled = out): Promise<TestLink> {
  dialler.transport.dial(dialled, responder.address);
  await lab.until(dialler, "connectionAuthenticated", (input) => input.connectionId === dialled);
  const { connectionId: accepted } = await lab.until(
    responder,
    "connectionAuthenticated",
    (input) => !input.dialled && input.remote.identity.peerId === dialler.peerId,
  );
  dialler.transport.negotiate(dialled);
  responder.transport.negotiate(accepted);
  await lab.until(dialler, "linkOpened", (input) => input.connectionId === dialled);
  await lab.until(responder, "linkOpened", (input) => input.connectionId === accepted);
  return { dialled, accepted };
}

export function describeTransport(name: string, createLab: () => Promise<TransportLab>): void {
  describe(name, () => {
    let lab: TransportLab;
    beforeEach(async () => {
      lab = await createLab();
    });
    afterEach(async () => {
      await lab.close();
    });

    it("authenticates both sides, then opens a link", async () => {
      const [anna, ben] = [await lab.addPeer(), await lab.addPeer()];
      await connect(lab, anna, ben);
      const seenByAnna = await lab.until(anna, "connectionAuthenticated");
      const seenByBen = await lab.until(ben, "connectionAuthenticated");
      expect(seenByAnna).toMatchObject({
        connectionId: out,
        dialled: true,
        remote: { identity: { peerId: ben.peerId }, address: ben.address },
      });
      expect(seenByBen).toMatchObject({ dialled: false, remote: { identity: { peerId: anna.peerId }, address: anna.address } });
      expect(seenByBen.connectionId).toMatch(/^in-/);
      expect(seenByBen.remote.instance).toMatch(/^[0-9a-f]{16}$/);
      expect(anna.inputs.map((input) => input.type)).toEqual(["connectionAuthenticated", "linkOpened"]);
    });

    it("opens no link before both sides agreed", async () => {
      const [anna, ben] = [await lab.addPeer(), await lab.addPeer()];
      anna.transport.dial(out, ben.address);
      await lab.until(anna, "connectionAuthenticated");
      anna.transport.negotiate(out);
      const { connectionId } = await lab.until(ben, "connectionAuthenticated");
      await lab.settle();
      expect(anna.inputs.map((input) => input.type)).toEqual(["connectionAuthenticated"]);
      ben.transport.negotiate(connectionId);
      await lab.until(anna, "linkOpened");
    });

    it("carries frames whole and in order, both ways, up to the largest", async () => {
      const [anna, ben] = [await lab.addPeer(), await lab.addPeer()];
      const link = await connect(lab, anna, ben);
      const sizes = [...Array.from({ length: 300 }, (_, index) => 1 + (index % 7)), frameBytesMax, 1, frameBytesMax - 1, 20_000];
      const frames = sizes.map((size, index) => new Uint8Array(size).fill(index % 251));
      for (const frame of frames) {
        anna.transport.sendFrame(link.dialled, frame);
        ben.transport.sendFrame(link.accepted, frame);
      }
      for (const peer of [anna, ben]) {
        await lab.until(peer, "frameArrived", (input) => input.bytes.length === 20_000);
        expect(framesOf(peer).map((bytes) => [bytes.length, bytes[0]])).toEqual(frames.map((bytes) => [bytes.length, bytes[0]]));
      }
    });

    it("delivers what was sent before the close, then says that the other side closed", async () => {
      const [anna, ben] = [await lab.addPeer(), await lab.addPeer()];
      const link = await connect(lab, anna, ben);
      for (let index = 0; index < 50; index++) anna.transport.sendFrame(link.dialled, new Uint8Array(20_000).fill(index));
      anna.transport.closeConnection(link.dialled, "goodbye");
      anna.transport.closeConnection(link.dialled, "goodbye");
      anna.transport.sendFrame(link.dialled, new Uint8Array(1));
      const closed = await lab.until(ben, "connectionClosed");
      expect(closed).toEqual({ type: "connectionClosed", connectionId: link.accepted, reason: "remoteClosed" });
      expect(framesOf(ben).map((bytes) => bytes[0])).toEqual(Array.from({ length: 50 }, (_, index) => index));
      await lab.settle();
      expect(ben.inputs.filter((input) => input.type === "connectionClosed")).toHaveLength(1);
      expect(anna.inputs.map((input) => input.type)).toEqual(["connectionAuthenticated", "linkOpened"]);
    });

    it("tells of a connection closed before it became a link", async () => {
      const [anna, ben] = [await lab.addPeer(), await lab.addPeer()];
      anna.transport.dial(out, ben.address);
      await lab.until(anna, "connectionAuthenticated");
      const { connectionId } = await lab.until(ben, "connectionAuthenticated");
      ben.transport.closeConnection(connectionId, "duplicate");
      expect(await lab.until(anna, "connectionClosed")).toMatchObject({ connectionId: out, reason: "remoteClosed" });
    });

    it("fails a dial to nobody as unreachable", async () => {
      const anna = await lab.addPeer();
      anna.transport.dial(out, lab.nobody);
      expect(await lab.until(anna, "dialFailed")).toEqual({ type: "dialFailed", connectionId: out, failure: "unreachable" });
    });

    it("fails a dial to another network in the handshake", async () => {
      const [anna, stranger] = [await lab.addPeer(), await lab.addPeer("another network")];
      anna.transport.dial(out, stranger.address);
      expect(await lab.until(anna, "dialFailed")).toEqual({ type: "dialFailed", connectionId: out, failure: "handshakeFailed" });
      expect(stranger.inputs.some((input) => input.type === "connectionAuthenticated")).toBe(false);
    });

    it("says nothing more of a dial that was closed", async () => {
      const [anna, ben] = [await lab.addPeer(), await lab.addPeer()];
      anna.transport.dial(out, ben.address);
      anna.transport.closeConnection(out, "stopped");
      await lab.settle();
      expect(anna.inputs).toEqual([]);
    });

    it("reaches itself when told to, as two connections", async () => {
      const anna = await lab.addPeer();
      anna.transport.dial(out, anna.address);
      await lab.until(anna, "connectionAuthenticated", (input) => input.dialled);
      await lab.until(anna, "connectionAuthenticated", (input) => !input.dialled);
      for (const input of anna.inputs) expect(input).toMatchObject({ remote: { identity: { peerId: anna.peerId } } });
    });
  });
}

export function framesOf(peer: TestPeer): Uint8Array[] {
  return peer.inputs.flatMap((input) => (input.type === "frameArrived" ? [input.bytes] : []));
}
