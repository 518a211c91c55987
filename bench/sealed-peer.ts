/** A whole peer without its API: what a text costs from core to core, sealed, signed and checked. `echo`, or `ping PORT COUNT`. */
import { randomBytes as nodeRandomBytes } from "node:crypto";
import type { EarshotEvent, PeerMethodName } from "../src/api/contract.ts";
import { createNodeAgreement } from "../src/crypto/agreement.node.ts";
import {
  createHandshakes,
  createIdentity,
  createNetworkSealing,
  createPrimitives,
  createSealing,
  deriveNetwork,
  publicIdentityFromKeys,
} from "../src/crypto/index.ts";
import { createNodeKeyDerivation } from "../src/crypto/key-derivation.node.ts";
import { createNodeSignatures } from "../src/crypto/signatures.node.ts";
import type { LogId, Millis } from "../src/ids.ts";
import { startTransport } from "../src/mesh/transport.node.ts";
import { nodeDataChannelClasses } from "../src/mesh/webrtc.node.ts";
import { createDriver, type Driver, Peer } from "../src/peer/index.ts";

const [role, port, count] = process.argv.slice(2);
const signatures = createNodeSignatures();
const randomBytes = (length: number): Uint8Array => Uint8Array.from(nodeRandomBytes(length));
const identity = createIdentity(randomBytes, signatures);
const network = deriveNetwork({ name: "bench" });
const instance = nodeRandomBytes(8).toString("hex");
const now = (): Millis => performance.now() as Millis;
let driver: Driver | undefined;

const transport = await startTransport({
  self: identity,
  instance,
  hosts: ["127.0.0.1"],
  sourceFor: () => "127.0.0.1",
  classes: nodeDataChannelClasses(),
  createHandshake: createHandshakes(identity, network, randomBytes),
  identityFromKeys: (signKey, agreeKey, binding) => publicIdentityFromKeys(signatures, signKey, agreeKey, binding),
  deliver: (input) => driver?.enqueue(input),
});
const wallNow = () => Date.now() as Millis;
const primitives = createPrimitives(createNodeAgreement(), createNodeKeyDerivation());
const peer = new Peer(
  {
    identity,
    name: role ?? "peer",
    named: true,
    profile: undefined,
    networkName: "bench",
    version: "0",
    logId: instance as LogId,
    randomBytes,
    wallNow,
    signatures,
    sealing: createSealing({ self: identity, primitives, signatures, randomBytes, wallNow, kept: () => [], isKept: false }),
    networkSealing: createNetworkSealing(network.secret, randomBytes),
    contacts: [],
    rooms: undefined,
    remembered: [],
  },
  now(),
);
const running = createDriver({
  peer,
  transport,
  clock: {
    now,
    setTimer(at, ring) {
      const timer = setTimeout(ring, Math.max(0, at - now()));
      return () => clearTimeout(timer);
    },
  },
  rememberPeers: () => undefined,
  rememberName: () => undefined,
  saveRecords: () => undefined,
  appendEvents: () => undefined,
  rewriteEvents: () => undefined,
  deleteEvents: () => undefined,
  stopped: () => undefined,
});
driver = running;
running.enqueue({ type: "addressesChanged", addresses: [{ host: "127.0.0.1", port: transport.port }] });

async function call(method: PeerMethodName, params: object): Promise<{ peerId: string }> {
  const outcome = await running.call(method, params);
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.result as { peerId: string };
}

const samples: number[] = [];
let sentAt = 0;
let other = "";

function ping(): void {
  sentAt = performance.now();
  void call("messages.send", { to: `@${other}`, text: "x".repeat(200) });
}

running.subscribe((event: EarshotEvent) => {
  if (event.event !== "messageAdded" || event.message.from === identity.peerId) return;
  if (role === "echo") {
    void call("messages.send", { to: `@${event.message.from}`, text: event.message.text });
    return;
  }
  samples.push((performance.now() - sentAt) / 2);
  if (samples.length < Number(count)) ping();
  else console.log(JSON.stringify({ event: "done", samples }));
});

if (role === "ping") {
  other = (await call("peers.connect", { address: `127.0.0.1:${port}` })).peerId;
  // The first heartbeats and rooms are settled: what is measured is a running chat.
  setTimeout(ping, 1_000);
} else console.log(JSON.stringify({ event: "ready", port: transport.port }));
