/** Whole machines among liars: a mesh with one link to somebody who lies, and two peers that want to talk meanwhile. */
import * as fc from "fast-check";
import { eventSchema, isProfileMethod, methods, type PeerMethodName } from "../../../src/api/contract.ts";
import { answer } from "../../../src/api/rpc.ts";
import { answerProfile } from "../../../src/cli/profile-calls.ts";
import { createIdentity, createNetworkSealing, deriveNetwork } from "../../../src/crypto/index.ts";
import type { ConnectionId, Millis, PeerId } from "../../../src/ids.ts";
import { signCard } from "../../../src/mesh/card.ts";
import { checkClaim, signClaim } from "../../../src/mesh/claims.ts";
import { decodeFrame, encodeFrame, type Frame } from "../../../src/mesh/frames.ts";
import { frameBytesMax, knownPeersMax, linksMax, targetsMax, termMax } from "../../../src/mesh/limits.ts";
import { decodeNews, encodeNews, signStatement } from "../../../src/mesh/news.ts";
import type { MeshOutcome } from "../../../src/mesh/outcome.ts";
import { addressed, addressee, decodeControl, encodeControl } from "../../../src/peer/control.ts";
import { encodePayload } from "../../../src/rooms/payload.ts";
import { VirtualLan, type VirtualPeer } from "../../sim/virtual-lan.ts";
import { bytesFrom, createRandom } from "../../support/random.ts";
import { createTestSealing } from "../../support/sealing.ts";
import { at, Bench, cardOf, instanceOf, person, placeOf, signatures } from "../../unit/mesh-fixture.ts";
import { frame, news, payload, peerId } from "../arbitraries.ts";
import { type Act, bytesIn, choice, readScript, textIn, writeScript } from "../script.ts";
import { bytesOf, hold, holdDecoded, type Target } from "../target.ts";

const control: Target = {
  name: "control",
  covers: ["src/peer/control.ts decodeControl"],
  form: "cbor",
  valid: fc.oneof(
    fc.nat().map((term) => encodeControl({ k: "handOff", term })),
    fc.constantFrom("lobby", "@x", "y".repeat(80)).map((roomId) => encodeControl({ k: "typing", roomId: roomId as never })),
  ),
  bytesMax: 4_096,
  cpuMsMax: 50,
  run(input) {
    holdDecoded(input, decodeControl, encodeControl);
  },
};

const liar = person(1);
const claim = { term: 3, hostId: liar.peerId, hostSeq: 5, successors: [person(2).peerId], signedSeq: 4 };
const heartbeat: Frame = { t: "heartbeat", ...claim, signature: signClaim(liar, signatures, 3, 4, claim.successors), depth: 0 };

const claims: Target = {
  name: "claims",
  covers: ["src/mesh/claims.ts checkClaim"],
  form: "cbor",
  valid: fc.constant(encodeFrame(heartbeat)),
  bytesMax: frameBytesMax,
  cpuMsMax: 50,
  run(input) {
    const told = decodeFrame(input);
    if (told?.t !== "heartbeat" || !checkClaim(told, cardOf(1), signatures)) return;
    const { term, successors, signedSeq } = told;
    hold(term === 3 && signedSeq === 4 && successors.join() === claim.successors.join(), "a claim is believed that its host did not sign");
  },
};

/** Everything the liar can sign is signed, so that what is bent is judged and not merely refused. */
function resign(bytes: Uint8Array): Uint8Array {
  const told = decodeFrame(bytes);
  if (told?.t === "heartbeat" && told.hostId === liar.peerId) {
    return encodeFrame({ ...told, signature: signClaim(liar, signatures, told.term, told.signedSeq, told.successors) });
  }
  if (told?.t === "neighbourUp" || told?.t === "hello") return encodeFrame({ ...told, card: resignCard(told.card) });
  const body = told?.t === "gossip" ? decodeNews(told.body) : undefined;
  if (told?.t !== "gossip" || body === undefined) return bytes;
  if (body.k === "card") return encodeFrame({ ...told, body: encodeNews({ k: "card", card: resignCard(body.card) }) });
  if (body.k !== "statement") return bytes;
  const { instance, seq, left } = body.statement;
  return encodeFrame({ ...told, body: encodeNews({ k: "statement", statement: signStatement(liar, signatures, instance, seq, left) }) });
}

function resignCard(card: ReturnType<typeof cardOf>): ReturnType<typeof cardOf> {
  if (Buffer.compare(card.signKey, liar.signKey) !== 0) return card;
  const signed = signCard(liar, signatures, {
    name: card.name,
    named: card.named,
    revision: card.revision,
    instance: card.instance,
    addresses: [placeOf(1)],
    prekey: new Uint8Array(32).fill(9),
  });
  return signed;
}

const nothing: Frame = { t: "neighbours", up: [], down: [] };
const statement = signStatement(liar, signatures, instanceOf(1), 7, false);
const realFrames: readonly Frame[] = [
  { t: "hello", card: cardOf(1), neighbours: [cardOf(2), cardOf(3)] },
  heartbeat,
  { t: "beat", hostSeq: 6, depth: 1 },
  { t: "gossip", hops: 1, body: encodeNews({ k: "card", card: cardOf(4) }) },
  { t: "gossip", hops: 1, body: encodeNews({ k: "statement", statement }) },
  { t: "gossip", hops: 1, body: encodeNews({ k: "suspect", peerId: person(2).peerId, instance: instanceOf(2), seq: 0, round: 0 }) },
  { t: "members", part: 0, parts: 1, isWhole: true, members: [[person(2).peerId, instanceOf(2), 1, 1]] },
  { t: "want", peerIds: [person(0).peerId, person(2).peerId] },
  { t: "cards", cards: [cardOf(3)], statements: [statement] },
  { t: "envelope", from: liar.peerId, to: person(0).peerId, hops: 0, sealed: new Uint8Array(90) },
  { t: "envelope", from: liar.peerId, to: person(2).peerId, hops: 9, sealed: new Uint8Array(90) },
];
const hello = encodeFrame(realFrames[0] as Frame);
const anyFrame = fc.oneof(
  frame.map(encodeFrame),
  fc.constantFrom(...realFrames).map(encodeFrame),
  news.map((one) => encodeFrame({ t: "gossip", hops: 0, body: encodeNews(one) })),
);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: anyFrame.map((bytes): Act => ["frame", bytes]) },
  { weight: 2, arbitrary: fc.nat({ max: 3_000 }).map((ms): Act => ["pass", ms]) },
  fc.constantFrom<Act>(["close"], ["reopen"], ["broadcast"], ["seal"]),
  fc.nat({ max: 30 }).map((number): Act => ["sight", number]),
);

const mesh: Target = {
  name: "mesh",
  covers: ["src/mesh/mesh.ts Mesh", "src/mesh/card.ts checkCard", "src/mesh/news.ts checkStatement"],
  form: "cbor",
  valid: fc.array(act, { maxLength: 12 }).map((acts) => writeScript([["frame", hello], ...acts])),
  bytesMax: 32 * 1024,
  cpuMsMax: 2_000,
  run(input) {
    const bench = new Bench(0);
    const friend = bench.link(2);
    let link = bench.opened(1);
    for (const [verb, one] of readScript(input)) {
      const bytes = bytesIn(one);
      if (verb === "frame")
        holdOrders(bench.mesh.handle({ type: "frameArrived", connectionId: link, bytes: resign(bytes) }, at(bench.now)), bytes.length);
      if (verb === "close") bench.mesh.handle({ type: "connectionClosed", connectionId: link, reason: "remoteClosed" }, at(bench.now));
      if (verb === "reopen") link = bench.opened(1);
      if (verb === "broadcast") bench.mesh.broadcast(Uint8Array.of(1), at(bench.now));
      if (verb === "seal") bench.mesh.sendSealed(liar.peerId, Uint8Array.of(1), true, at(bench.now));
      if (verb === "sight")
        bench.mesh.sight(
          {
            source: "mdns",
            addresses: [placeOf(choice(one, 30))],
            peerId: person(choice(one, 30)).peerId,
          },
          at(bench.now),
        );
      if (verb !== "pass") continue;
      holdOrders(bench.pass(choice(one, 3_000)), 4_096);
      bench.tell(friend, nothing);
    }
    holdOrders(bench.pass(2_000), 4_096);
    hold(bench.mesh.linkTo(person(2).peerId) !== undefined, "somebody else's link is gone");
    hold(bench.mesh.isReachable(person(2).peerId), "somebody who is linked counts as gone");
    hold(
      bench.mesh.reachable().length <= knownPeersMax && bench.mesh.knownPeers().length <= knownPeersMax,
      "more people than there is room for",
    );
    hold(bench.mesh.host.term <= termMax + 1 && bench.mesh.remembered().length <= targetsMax, "a bound is passed");
    hold(bench.mesh.connect([placeOf(7)], at(bench.now)).ticket > 0, "a person cannot dial any more");
  },
};

function holdOrders({ orders, events }: MeshOutcome, bytes: number): void {
  hold(orders.length <= bytes + 40 * linksMax && events.length <= 4 * bytes + 1_000, "one input makes a flood");
  for (const order of orders) {
    if (order.type !== "sendFrame") continue;
    const sent = decodeFrame(order.bytes);
    hold(order.bytes.length <= frameBytesMax && sent !== undefined, "a frame goes out that nobody would take");
  }
}

// ── Two who talk, and one who lies ──────────────────────────────────────────────────────────────────────────────────────

const request = fc
  .constantFrom(
    ["peers.list", {}],
    ["host.stats", {}],
    ["rooms.create", { name: "den", visibility: "private" }],
    ["messages.list", { in: "#lobby" }],
    ["messages.search", { query: "a" }],
    ["peers.connect", { address: "10.0.0.9" }],
    ["rooms.members", { room: "#lobby" }],
    ["messages.send", { to: "#lobby", text: "by an API call", replyTo: "a/b/1" }],
  )
  .map(([method, params]) => bytesOf(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params })));
const peerAct: fc.Arbitrary<Act> = fc.oneof(
  anyFrame.map((bytes): Act => ["frame", bytes]),
  payload.map((one): Act => ["sealed", encodePayload(one)]),
  payload.map((one): Act => ["forAll", encodePayload(one)]),
  fc.nat({ max: 9 }).map((term): Act => ["handOff", encodeControl({ k: "handOff", term })]),
  fc.constantFrom("lobby", "elsewhere").map((roomId): Act => ["handOff", encodeControl({ k: "typing", roomId: roomId as never })]),
  request.map((text): Act => ["call", text]),
  fc.nat({ max: 4_000 }).map((ms): Act => ["pass", ms]),
  fc.tuple(peerId, payload).map(([from, one]): Act => ["relayed", encodePayload(one), from]),
  fc.constant<Act>(["raw", Uint8Array.of(1, 2, 3)]),
);

const peers: Target = {
  name: "peers",
  covers: ["src/peer/peer.ts Peer", "src/peer/calls.ts answer", "src/peer/driver.ts createDriver"],
  form: "cbor",
  valid: fc.array(peerAct, { maxLength: 10 }).map((acts) => writeScript(acts)),
  bytesMax: 32 * 1024,
  cpuMsMax: 8_000,
  async run(input) {
    const lan = new VirtualLan(1);
    const [mara, jon] = [lan.join("Mara"), lan.join("Jon")];
    lan.watch = (_peer, event) => hold(eventSchema.safeParse(event).success, "an event is not what the contract says");
    const stranger = join(lan, [mara, jon]);
    lan.pass(1_000);
    for (const act of readScript(input)) await stranger(act);
    lan.pass(500);
    const texts = await Promise.all([mara, jon].map(async (who) => [who, await who.say("#lobby", `${who.name} is still here`)] as const));
    lan.pass(45_000);
    for (const [who] of texts) {
      for (const { name } of [mara, jon])
        hold((await who.texts("#lobby")).includes(`${name} is still here`), "an honest peer's message did not arrive");
    }
    hold(!mara.isStopped && !jon.isStopped, "a peer was made to stop");
  },
};

/** A peer with a real identity of the same network, whose every word comes from the script. */
function join(lan: VirtualLan, [mara, jon]: readonly [VirtualPeer, VirtualPeer]): (act: Act) => Promise<void> {
  const randomBytes = bytesFrom(createRandom(5));
  const identity = createIdentity(randomBytes, signatures);
  const sealing = createTestSealing(identity, randomBytes);
  const forAll = createNetworkSealing(deriveNetwork({ name: "test" }).secret, randomBytes);
  const open: ConnectionId[] = [];
  const about = { name: "Liar", named: true, revision: 1, instance: "f".repeat(16), addresses: [], prekey: new Uint8Array(32).fill(9) };
  const transport = lan.network.attach({ identity, instance: about.instance, address: { host: "10.0.0.66", port: 1 } }, (input) => {
    if (input.type === "connectionAuthenticated") transport.negotiate(input.connectionId);
    if (input.type !== "linkOpened") return;
    open.push(input.connectionId);
    transport.sendFrame(input.connectionId, encodeFrame({ t: "hello", card: signCard(identity, signatures, about), neighbours: [] }));
  });
  for (const { address, identity: theirs } of [mara, jon]) transport.dial(`out-${theirs.peerId}` as ConnectionId, address);
  const send = (bytes: Uint8Array): void => {
    for (const connectionId of open) transport.sendFrame(connectionId, bytes.slice(0, frameBytesMax));
  };
  const envelope = (to: number, payloadBytes: Uint8Array, from: PeerId): void => {
    const [copy] = sealing.seal(
      { roomId: "", members: undefined, readers: [{ identity: mara.identity, prekey: mara.prekey() }] },
      addressed(to, payloadBytes.slice(0, 50_000)),
      0 as Millis,
    );
    if (copy !== undefined) send(encodeFrame({ t: "envelope", from, to: mara.identity.peerId, hops: 0, sealed: copy.sealed }));
  };
  return async ([verb, one, two]) => {
    const bytes = bytesIn(one);
    if (verb === "frame" || verb === "raw") send(bytes);
    if (verb === "sealed") envelope(addressee.rooms, bytes, identity.peerId);
    if (verb === "handOff") envelope(addressee.mesh, bytes, identity.peerId);
    if (verb === "relayed" && /^[a-z2-7]{32}$/u.test(textIn(two))) envelope(addressee.rooms, bytes, two as PeerId);
    if (verb === "forAll") {
      send(
        encodeFrame({
          t: "gossip",
          hops: 0,
          body: encodeNews({ k: "post", sealed: forAll.seal(addressed(addressee.rooms, bytes.slice(0, 50_000))) }),
        }),
      );
    }
    if (verb === "pass") lan.pass(choice(one, 4_000) as Millis);
    if (verb === "call") await call(lan, mara, Buffer.from(bytes).toString("utf8"));
  };
}

/** What the contract promises of a result holds for whatever was asked. */
async function call(lan: VirtualLan, peer: VirtualPeer, text: string): Promise<void> {
  let isAnswered = false;
  let failure: unknown;
  void answer(text, async (method, params) => {
    // A core has no files.
    if (isProfileMethod(method))
      return answerProfile({ kept: undefined, destroyed: () => undefined, quit: () => undefined }, method, params);
    const outcome = await peer.driver.call(method as PeerMethodName, params);
    if (outcome.ok) hold(methods[method].result.safeParse(outcome.result).success, `the result of ${method} is not what the contract says`);
    return outcome;
  })
    .catch((error: unknown) => {
      failure = error;
    })
    .finally(() => {
      isAnswered = true;
    });
  for (let waited = 0; waited < 15_000 && !isAnswered; waited += 100) {
    await new Promise((resolve) => setImmediate(resolve));
    if (!isAnswered) lan.pass(100);
  }
  if (failure !== undefined) throw failure;
  hold(isAnswered, "a call is never answered");
}

export const machineTargets: readonly Target[] = [control, claims, mesh, peers];
