/**
 * A minute of faults drawn from one seed, then half a minute of calm after which everybody must agree. What must hold at
 * every moment is checked at every event; what must hold in the end, in the end.
 */
import type { EarshotEvent, MessageView, MethodName, Params } from "../../src/api/contract.ts";
import { createRandom } from "../support/random.ts";
import { checkAgreement, roomsOf } from "./agreement.ts";
import { VirtualLan, type VirtualPeer } from "./virtual-lan.ts";

const faultsMs = 60_000;
const calmMs = 30_000;
/** mDNS asks again so often. */
const queryMs = 15_000;
const peersMin = 5;
const peersMax = 8;

const actWeights = {
  sayInLobby: 25,
  sayInRoom: 14,
  sayDirect: 14,
  burst: 3,
  createRoom: 4,
  createPrivate: 2,
  join: 6,
  leave: 2,
  invite: 3,
  handOff: 4,
  cut: 5,
  heal: 5,
  split: 1,
  block: 3,
  unblock: 2,
  kill: 2,
  guest: 2,
  restart: 2,
  quit: 2,
  rename: 1,
  connect: 2,
} as const;
type Act = keyof typeof actWeights;
const acts = Object.keys(actWeights) as Act[];
const weightOfAll = acts.reduce((sum, act) => sum + actWeights[act], 0);

export class Scenario {
  readonly lan: VirtualLan;
  /** What was done when, to read beside a failure. */
  readonly script: string[] = [];
  readonly #random: () => number;
  readonly #cuts = new Set<string>();
  readonly #blocks = new Set<string>();
  /** By peer id, over its restarts: what its screen has shown. */
  readonly #shown = new Map<string, Set<string>>();
  /** By start of a peer: the last place of each log that its screen has shown. */
  readonly #places = new Map<VirtualPeer, Map<string, number>>();
  #joined = 0;
  #said = 0;
  #rooms = 0;
  readonly #broken: string[] = [];

  constructor(seed: number) {
    this.#random = createRandom(seed ^ 0x5eed);
    this.lan = new VirtualLan(seed, 1 + this.#random() * 9);
    this.lan.watch = (peer, event) => this.#watch(peer, event);
  }

  /** Returns what was broken; nothing, if all is well. */
  async run(): Promise<string[]> {
    const count = peersMin + this.#below(peersMax - peersMin + 1);
    for (let i = 0; i < count; i += 1) {
      this.#join();
      this.#pass(this.#below(200));
    }
    let queryAt = queryMs;
    while (this.#now < faultsMs) {
      await this.#act();
      this.#pass(this.#random() < 0.3 ? this.#below(20) : this.#below(700));
      if (this.#now < queryAt) continue;
      queryAt += queryMs;
      this.lan.sightAgain();
    }
    this.#note("calm");
    for (const one of this.lan.peers) {
      for (const other of this.lan.peers) {
        if (one === other) continue;
        this.lan.network.heal(one.address, other.address);
        this.lan.network.unblock(one.address, other.address);
      }
    }
    for (let passed = 0; passed < calmMs; passed += queryMs) {
      this.lan.sightAgain();
      this.#pass(queryMs);
    }
    await checkAgreement(this.lan.peers, (what) => this.#break(what));
    return this.#broken;
  }

  // ── Acts ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  async #act(): Promise<void> {
    const act = this.#draw();
    const peer = this.#one();
    const other = this.#another(peer);
    switch (act) {
      case "sayInLobby":
        return this.#say(peer, "#lobby");
      case "sayInRoom": {
        const room = this.#pick((await roomsOf(peer)).filter((one) => one.joined && one.roomId !== "lobby"));
        return room === undefined ? undefined : this.#say(peer, room.roomId);
      }
      case "sayDirect":
        return this.#say(peer, `@${other.identity.peerId}`);
      case "burst":
        for (let i = 0; i < 12; i += 1) await this.#say(peer, this.#random() < 0.5 ? "#lobby" : `@${other.identity.peerId}`);
        return;
      case "createRoom":
        return this.#try(peer, "rooms.create", { name: `room${++this.#rooms}`, visibility: "public" });
      case "createPrivate":
        return this.#try(peer, "rooms.create", { name: `quiet${++this.#rooms}`, visibility: "private" });
      case "join": {
        const room = this.#pick((await roomsOf(peer)).filter((one) => !one.joined));
        return room === undefined ? undefined : this.#try(peer, "rooms.join", { room: room.roomId });
      }
      case "leave": {
        const room = this.#pick((await roomsOf(peer)).filter((one) => one.joined && one.roomId !== "lobby"));
        return room === undefined ? undefined : this.#try(peer, "rooms.leave", { room: room.roomId });
      }
      case "invite": {
        const room = this.#pick((await roomsOf(peer)).filter((one) => one.joined && one.visibility === "private"));
        return room === undefined ? undefined : this.#try(peer, "rooms.invite", { room: room.roomId, peer: other.identity.peerId });
      }
      case "handOff": {
        const outcome = await peer.driver.call("host.get", {});
        const host = outcome.ok && this.lan.peers.find((one) => one.identity.peerId === (outcome.result as { hostId: string }).hostId);
        if (!host) return;
        this.#note(`${host.name} hands off to ${this.#another(host).name}`);
        void host.driver.call("host.handOff", { to: this.#another(host).identity.peerId });
        return;
      }
      case "cut":
        return this.#cut(peer, other);
      case "heal": {
        const pair = this.#pick([...this.#cuts]);
        return pair === undefined ? undefined : this.#heal(pair);
      }
      case "split": {
        const left = this.lan.peers.filter(() => this.#random() < 0.5);
        for (const one of left) for (const far of this.lan.peers) if (!left.includes(far)) this.#cut(one, far);
        return;
      }
      case "block":
        this.#note(`${peer.name} and ${other.name} cannot dial each other`);
        this.#blocks.add(pairOf(peer, other));
        this.lan.network.block(peer.address, other.address);
        return;
      case "unblock": {
        const pair = this.#pick([...this.#blocks]);
        if (pair === undefined) return;
        this.#blocks.delete(pair);
        const [one, two] = this.#pair(pair);
        this.#note(`${pair} unblocked`);
        this.lan.network.unblock(one, two);
        return;
      }
      case "kill":
        return this.lan.peers.length > peersMin ? this.#kill(peer) : undefined;
      case "guest":
        return this.lan.peers.length < peersMax ? void this.#join() : undefined;
      case "restart": {
        this.#kill(peer);
        this.#pass(this.#below(4_000));
        this.#note(`${peer.name} returns`);
        // Clocks may have been set back meanwhile.
        this.#placesOf(
          this.lan.join(peer.name, { identity: peer.identity, address: peer.address, wallSkewMs: this.#below(20_000) - 10_000 }),
        );
        return;
      }
      case "quit": {
        if (this.lan.peers.length <= peersMin) return;
        this.#note(`${peer.name} quits`);
        peer.driver.enqueue({ type: "stopRequested" });
        this.#pass(500);
        if (!peer.isStopped) this.#broken.push(`${peer.name} did not stop`);
        this.lan.kill(peer);
        return;
      }
      case "rename":
        return this.#try(peer, "session.setName", { name: this.#random() < 0.5 ? other.name : `${peer.name}-${this.#below(10)}` });
      case "connect":
        this.#note(`${peer.name} dials ${other.name} by hand`);
        void peer.driver.call("peers.connect", { address: `${other.address.host}:${other.address.port}` });
        return;
    }
  }

  #join(): VirtualPeer {
    const peer = this.lan.join(`P${++this.#joined}`, { wallSkewMs: this.#below(20_000) - 10_000 });
    this.#note(`${peer.name} joins`);
    return peer;
  }

  #kill(peer: VirtualPeer): void {
    this.#note(`${peer.name} is killed`);
    this.lan.kill(peer);
  }

  #say(peer: VirtualPeer, to: string): Promise<void> {
    return this.#try(peer, "messages.send", { to, text: `${peer.name} ${++this.#said}` });
  }

  async #try<M extends MethodName>(peer: VirtualPeer, method: M, params: Params<M>): Promise<void> {
    const outcome = await peer.driver.call(method, params);
    const shown = Object.values(params as Record<string, unknown>).map((value) => this.#plain(String(value)));
    this.#note(`${peer.name} ${method} ${shown.join(" ")}${outcome.ok ? "" : ` ✗ ${outcome.error.code}`}`);
  }

  #cut(one: VirtualPeer, other: VirtualPeer): void {
    this.#note(`cable between ${one.name} and ${other.name} cut`);
    this.#cuts.add(pairOf(one, other));
    this.lan.network.cut(one.address, other.address);
  }

  #heal(pair: string): void {
    this.#cuts.delete(pair);
    this.#note(`cable ${pair} healed`);
    const [one, two] = this.#pair(pair);
    this.lan.network.heal(one, two);
  }

  // ── What must hold at every moment ────────────────────────────────────────────────────────────────────────────────

  #watch(peer: VirtualPeer, event: EarshotEvent): void {
    // A room that is gone from the screen is a new one when it comes back.
    if (event.event === "roomRemoved") {
      for (const log of this.#placesOf(peer).keys()) if (log.startsWith(`${event.roomId} `)) this.#placesOf(peer).delete(log);
    }
    if (event.event !== "messageAdded" && event.event !== "messageChanged") return;
    const { message } = event;
    if (event.event === "messageAdded") this.#checkPlace(peer, message);
    for (const receiver of message.receivedBy) {
      if (this.#shown.get(receiver)?.has(message.messageId)) continue;
      this.#break(`${peer.name} is told that ${this.#plain(receiver)} has "${message.text}", whose screen never showed it`);
    }
    if (message.state === "delivered" && message.from === peer.identity.peerId && message.receivedBy.length === 0) {
      this.#break(`${peer.name}: "${message.text}" is delivered to nobody`);
    }
  }

  #checkPlace(peer: VirtualPeer, message: MessageView): void {
    const shown = this.#shown.get(peer.identity.peerId) ?? new Set();
    this.#shown.set(peer.identity.peerId, shown.add(message.messageId));
    const slash = message.messageId.lastIndexOf("/");
    const log = `${message.in} ${message.messageId.slice(0, slash)}`;
    const seq = Number(message.messageId.slice(slash + 1));
    const places = this.#placesOf(peer);
    const before = places.get(log) ?? 0;
    if (seq === before) this.#break(`${peer.name} shows "${message.text}" twice`);
    if (seq < before) this.#break(`${peer.name} shows "${message.text}" (${seq}) after a later one (${before}) of the same author`);
    places.set(log, seq);
  }

  #placesOf(peer: VirtualPeer): Map<string, number> {
    const places = this.#places.get(peer) ?? new Map<string, number>();
    this.#places.set(peer, places);
    return places;
  }

  #break(what: string): void {
    if (this.#broken.length < 20) this.#broken.push(`${Math.round(this.#now)} ms: ${what}`);
  }

  // ── Chance and words ──────────────────────────────────────────────────────────────────────────────────────────────

  get #now(): number {
    return this.lan.network.now();
  }

  #pass(ms: number): void {
    this.lan.pass(ms);
  }

  #below(bound: number): number {
    return Math.floor(this.#random() * bound);
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[this.#below(from.length)];
  }

  #one(): VirtualPeer {
    return this.#pick(this.lan.peers) as VirtualPeer;
  }

  #another(than: VirtualPeer): VirtualPeer {
    return this.#pick(this.lan.peers.filter((peer) => peer !== than)) as VirtualPeer;
  }

  #draw(): Act {
    let place = this.#random() * weightOfAll;
    for (const act of acts) {
      place -= actWeights[act];
      if (place < 0) return act;
    }
    return "sayInLobby";
  }

  #pair(pair: string): [VirtualPeer["address"], VirtualPeer["address"]] {
    const [one = "", two = ""] = pair.split(" ");
    return [addressOf(one), addressOf(two)];
  }

  #note(line: string): void {
    this.script.push(`${String(Math.round(this.#now)).padStart(6)} ms  ${line}`);
  }

  #plain(text: string): string {
    const bare = text.replace("@", "");
    return this.lan.peers.find((peer) => peer.identity.peerId === bare)?.name ?? text;
  }
}

function pairOf(one: VirtualPeer, other: VirtualPeer): string {
  return [one, other].map(({ address }) => `${address.host}:${address.port}`).join(" ");
}

function addressOf(text: string): VirtualPeer["address"] {
  const [host = "", port = ""] = text.split(":");
  return { host, port: Number(port) };
}
