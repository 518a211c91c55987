/**
 * Plays of whole peers: each `mesh-*.txt` is a script. A line that begins with ">" is done, the lines below it are what the
 * peers then ordered and told. EARSHOT_RERECORD=1 writes down anew what comes out; say why in the commit.
 *
 *   > join Ada Ben             start them; ids in the order of the alphabet
 *   > sight Ada Ben            Ada has seen where Ben may be
 *   > meet Ada Ben Cleo        everybody has seen everybody
 *   > pass 500                 milliseconds
 *   > kill, quit, return, cut, heal, block, handOff
 *   > show envelopes           from now on also what is sealed
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { decodeFrame, type Frame } from "../../src/mesh/frames.ts";
import { decodeNews } from "../../src/mesh/news.ts";
import { VirtualLan, type VirtualPeer, type WireOrder } from "../sim/virtual-lan.ts";
import { person } from "../unit/mesh-fixture.ts";

const cast = ["Ada", "Ben", "Cleo", "Dan", "Eva"];

class Stage {
  readonly #lan = new VirtualLan(1, 2);
  readonly #peers = new Map<string, VirtualPeer>();
  /** For each connection of each peer: who is at the other end, as far as known. */
  readonly #ends = new Map<string, string>();
  readonly #lastBeat = new Map<string, string>();
  #showsEnvelopes = false;
  #lines: string[] = [];

  constructor() {
    this.#lan.tap = (peer, order) => this.#ordered(peer, order);
    this.#lan.watch = (peer, event) => {
      if (event.event === "logged" && event.entry.kind !== "roomCreated") this.#say(`${peer.name} notes: ${event.entry.text}`);
      if (event.event === "hostChanged") this.#say(`${peer.name}: host is ${this.#name(event.host.hostId)}, term ${event.host.term}`);
    };
  }

  async play(line: string): Promise<string[]> {
    const [act = "", ...words] = line.split(" ");
    const [one, two] = words.map((word) => this.#peers.get(word)) as [VirtualPeer, VirtualPeer];
    switch (act) {
      case "join":
        for (const name of words) this.#join(name);
        break;
      case "return":
        this.#lan.kill(one);
        this.#peers.set(one.name, this.#lan.join(one.name, { identity: one.identity, address: one.address, isSighted: false }));
        break;
      case "sight":
        this.#sight(one, two);
        break;
      case "meet":
        for (const name of words) for (const other of words) if (name !== other) this.#sight(this.#peer(name), this.#peer(other));
        break;
      case "pass":
        this.#lan.pass(Number(words[0]));
        break;
      case "kill":
        this.#lan.kill(one);
        break;
      case "quit":
        one.driver.enqueue({ type: "stopRequested" });
        break;
      case "cut":
        this.#lan.cutBetween([one], [two]);
        break;
      case "heal":
        this.#lan.healBetween([one], [two]);
        break;
      case "block":
        this.#lan.separate(one, two);
        break;
      case "handOff":
        await one.call("host.handOff", { to: two.identity.peerId }).then(
          ({ term }) => this.#say(`${one.name} is answered: done, term ${term}`),
          (error: Error) => this.#say(`${one.name} is answered: ${error.message.split(":")[0]}`),
        );
        break;
      case "show":
        this.#showsEnvelopes = true;
        break;
      default:
        throw new Error(`a transcript cannot "${act}"`);
    }
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  #join(name: string): void {
    const place = cast.indexOf(name);
    const address = { host: `10.0.0.${place + 1}`, port: 47_474 };
    this.#peers.set(name, this.#lan.join(name, { identity: person(place), address, isSighted: false }));
  }

  #sight(one: VirtualPeer, other: VirtualPeer): void {
    one.driver.enqueue({ type: "peerSighted", sighting: { source: "mdns", addresses: [other.address], peerId: other.identity.peerId } });
  }

  #ordered(peer: VirtualPeer, order: WireOrder): void {
    const key = `${peer.name} ${order.connectionId}`;
    if (order.type === "dial") {
      const other = this.#lan.peers.find(({ address }) => address.host === order.address.host);
      this.#ends.set(key, other?.name ?? "nobody");
      this.#say(`${peer.name} dials ${other?.name ?? "nobody"} (${order.connectionId})`);
      return;
    }
    const words = this.#order(order, key);
    if (words !== undefined) this.#say(`${peer.name} ${words}`);
  }

  #order(order: Exclude<WireOrder, { type: "dial" }>, key: string): string | undefined {
    if (order.type === "negotiate") return `negotiates ${order.connectionId}`;
    if (order.type === "closeConnection") return `closes ${order.connectionId}: ${order.reason}`;
    const frame = decodeFrame(order.bytes);
    const words = frame === undefined ? "?" : this.#words(frame, key);
    return words && `→ ${order.connectionId}: ${words}`;
  }

  /** Undefined for what repeats what was said, and for the bookkeeping of broadcasts and rosters. */
  #words(frame: Frame, key: string): string | undefined {
    switch (frame.t) {
      case "hello":
        return `hello, I am ${frame.card.name}, linked to ${frame.neighbours.map(({ name }) => name).join(", ") || "nobody"}`;
      case "neighbourUp":
        return `neighbourUp ${frame.card.name}`;
      case "neighbourDown":
        return `neighbourDown ${this.#name(frame.peerId)}`;
      case "heartbeat": {
        const beat = `heartbeat, term ${frame.term} of ${this.#name(frame.hostId)}, then ${frame.successors.map((peerId) => this.#name(peerId)).join(", ") || "nobody"}`;
        if (this.#lastBeat.get(key) === beat) return undefined;
        this.#lastBeat.set(key, beat);
        return beat;
      }
      case "envelope":
        return this.#showsEnvelopes ? `envelope from ${this.#name(frame.from)} to ${this.#name(frame.to)}, ${frame.hops} hops` : undefined;
      case "gossip":
        return this.#news(frame.body);
      case "graft":
        return frame.ids.length === 0 ? "graft: you are my parent" : "graft";
      case "prune":
      case "unlink":
      case "goodbye":
        return frame.t;
      case "neighbours":
        return `neighbours ${frame.up.map((peerId) => this.#name(peerId)).join(", ") || "nobody"}`;
      case "beat":
      case "ihave":
      case "census":
      case "members":
      case "want":
      case "cards":
        return undefined;
    }
  }

  #news(body: Uint8Array): string | undefined {
    const news = decodeNews(body);
    switch (news?.k) {
      case undefined:
        return "gossip: ?";
      case "card":
        return `gossip: the card of ${news.card.name}`;
      case "statement":
        return `gossip: ${this.#name(news.statement.peerId)} ${news.statement.left ? "leaves" : "is here"}`;
      case "suspect":
        return `gossip: is ${this.#name(news.peerId)} still here?`;
      case "post":
        return this.#showsEnvelopes ? "gossip: a post" : undefined;
    }
  }

  #peer(name: string): VirtualPeer {
    const peer = this.#peers.get(name);
    if (peer === undefined) throw new Error(`${name} has not joined`);
    return peer;
  }

  #name(peerId: string): string {
    return cast.find((_, place) => person(place).peerId === peerId) ?? "?";
  }

  #say(line: string): void {
    this.#lines.push(`${this.#lan.network.now().toFixed(0).padStart(6)}  ${line}`);
  }
}

const folder = import.meta.dirname;
const isRecording = process.env["EARSHOT_RERECORD"] !== undefined;

for (const file of readdirSync(folder).filter((name) => /^mesh-.*\.txt$/.test(name))) {
  it(file, async () => {
    const path = join(folder, file);
    const written = readFileSync(path, "utf8");
    const stage = new Stage();
    const played: string[] = [];
    for (const line of written.split("\n")) {
      if (line.startsWith("#") || line === "") played.push(line);
      else if (line.startsWith("> ")) played.push(line, ...(await stage.play(line.slice(2))));
    }
    const text = `${played.join("\n").trimEnd()}\n`;
    if (isRecording) writeFileSync(path, text);
    else expect(text).toBe(written);
  });
}
