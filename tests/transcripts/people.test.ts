/**
 * A play of whole peers: `people.txt` is a script. A line that begins with ">" is done, the lines below it are what people were
 * told. EARSHOT_RERECORD=1 writes down anew what comes out; say why in the commit.
 *
 *   > join Mara                  start; everybody sees everybody
 *   > join Jon as another        another identity of that name, called "another" in the script
 *   > say Mara Jon hello         in their direct conversation; "say Mara #board hello" in a room
 *   > accept, verify, block, unblock, invite, enter, create, rename, kill, pass
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { EarshotEvent } from "../../src/api/contract.ts";
import { VirtualLan, type VirtualPeer } from "../sim/virtual-lan.ts";

class Stage {
  readonly #lan = new VirtualLan(1, 2);
  readonly #peers = new Map<string, VirtualPeer>();
  /** What was last told of a person's marks, so that only changes are shown. */
  readonly #marks = new Map<string, string>();
  #lines: string[] = [];

  constructor() {
    this.#lan.watch = (peer, event) => this.#told(this.#role(peer.identity.peerId), event);
  }

  async play(line: string): Promise<string[]> {
    const [act = "", who = "", ...words] = line.split(" ");
    if (act === "pass") this.#lan.pass(Number(who));
    else if (act === "join") this.#join(who, words[1] ?? who);
    else await this.#act(act, this.#peer(who), words);
    return this.#lines.splice(0);
  }

  #join(name: string, role: string): void {
    this.#peers.set(role, this.#lan.join(name));
    this.#lan.pass(1_500);
  }

  async #act(act: string, peer: VirtualPeer, [to = "", ...rest]: readonly string[]): Promise<void> {
    const other = (role: string): string => this.#peer(role).identity.peerId;
    switch (act) {
      case "kill":
        this.#lan.kill(peer);
        break;
      case "say":
        await this.#answered(peer.say(to.startsWith("#") ? to : `@${other(to)}`, rest.join(" ")));
        break;
      case "accept":
        await this.#answered(peer.call("people.acceptKey", { peer: other(to) }));
        break;
      case "verify":
        await this.#answered(peer.call("people.verify", { peer: other(to), verified: true }));
        break;
      case "block":
      case "unblock":
        await this.#answered(peer.call("people.block", { peer: other(to), blocked: act === "block" }));
        break;
      case "rename":
        await this.#answered(peer.call("session.setName", { name: to }));
        break;
      case "create":
        await this.#answered(peer.call("rooms.create", { name: to.slice(1), visibility: "private" }));
        break;
      case "invite":
        await this.#answered(peer.call("rooms.invite", { room: to, peer: other(rest[0] ?? "") }));
        break;
      case "enter":
        await this.#answered(peer.call("rooms.join", { room: to }));
        break;
      default:
        throw new Error(`a transcript cannot "${act}"`);
    }
    this.#lan.pass(500);
  }

  async #answered(call: Promise<unknown>): Promise<void> {
    await call.catch((error: Error) => this.#say(`is answered: ${error.message}`));
  }

  #told(role: string, event: EarshotEvent): void {
    if (event.event === "logged" && ["joined", "left", "lost", "keyChanged"].includes(event.entry.kind)) {
      this.#say(`${role} notes: ${event.entry.text}`);
    } else if (event.event === "messageAdded" && role !== this.#role(event.message.from)) {
      this.#say(`${role} reads from ${this.#role(event.message.from)}: ${event.message.text}`);
    } else if (event.event === "peerChanged") {
      const { peerId, keyChange, verified, blocked, nameClash } = event.peer;
      const previous = keyChange === null ? [] : [`the key is new, ${this.#role(keyChange.previous)} is known`];
      const other = [verified && "verified", blocked && "blocked", nameClash && "same name"].filter((mark) => mark !== false);
      this.#mark(role, this.#role(peerId), [...previous, ...other]);
    } else if (event.event === "roomChanged" && event.room.visibility === "private") {
      this.#mark(
        role,
        `#${event.room.name}`,
        event.room.keyChanges.map((peerId) => `${this.#role(peerId)}'s key is new`),
      );
    }
  }

  #mark(role: string, whom: string, marks: readonly string[]): void {
    const key = `${role} ${whom}`;
    const text = marks.join(", ") || "nothing";
    if ((this.#marks.get(key) ?? "nothing") === text) return;
    this.#marks.set(key, text);
    this.#say(`${role} sees beside ${whom}: ${text}`);
  }

  #peer(role: string): VirtualPeer {
    const peer = this.#peers.get(role);
    if (peer === undefined) throw new Error(`${role} has not joined`);
    return peer;
  }

  /** Somebody who is just joining has no role yet. */
  #role(peerId: string): string {
    for (const [role, { identity }] of this.#peers) if (identity.peerId === peerId) return role;
    return "somebody";
  }

  #say(line: string): void {
    this.#lines.push(`${this.#lan.network.now().toFixed(0).padStart(6)}  ${line}`);
  }
}

it("people.txt", async () => {
  const path = join(import.meta.dirname, "people.txt");
  const written = readFileSync(path, "utf8");
  const stage = new Stage();
  const played: string[] = [];
  for (const line of written.split("\n")) {
    if (line.startsWith("#") || line === "") played.push(line);
    else if (line.startsWith("> ")) played.push(line, ...(await stage.play(line.slice(2))));
  }
  const text = `${played.join("\n").trimEnd()}\n`;
  if (process.env["EARSHOT_RERECORD"] === undefined) expect(text).toBe(written);
  else writeFileSync(path, text);
});
