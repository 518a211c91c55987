/** Carries out acts in a world. */
import type { MethodName, Params } from "../../src/api/contract.ts";
import type { Act } from "./acts.ts";
import { Liar, type Lie } from "./liar.ts";
import type { Machine } from "./machine.ts";
import type { World } from "./world.ts";

export class Stage {
  readonly #world: World;
  readonly #gone = new Set<Machine>();

  constructor(world: World) {
    this.#world = world;
  }

  async perform({ verb, words }: Act): Promise<void> {
    const world = this.#world;
    const [first = "", second = "", third = ""] = words;
    const one = world.machines.get(first);
    const other = world.machines.get(second);
    switch (verb) {
      case "join":
        if (one === undefined) await world.boot(world.add(first, third || "here", second === "guest"));
        return;
      case "return":
        if (one !== undefined && !one.isRunning && !this.#gone.has(one)) await world.boot(one);
        return;
      case "say":
        return this.#say(one, second, third, Number(words[3] ?? 0));
      case "create":
        return this.#create(one, second, "public", "all");
      case "createPrivate":
      case "createClosed":
        return this.#create(one, second, "private", verb === "createPrivate" ? "all" : "fromJoin");
      case "enter":
      case "leave":
        return this.#inRoom(second, (room) => one?.call(verb === "enter" ? "rooms.join" : "rooms.leave", { room }));
      case "invite": {
        const peer = world.machines.get(third)?.start?.peerId;
        return this.#inRoom(second, (room) => {
          if (peer === undefined || one?.call("rooms.invite", { room, peer })?.ok !== true) return;
          world.see({ type: "invited", start: one.start, roomId: room, peerId: peer });
        });
      }
      case "rename":
        return void one?.call("session.setName", { name: second });
      case "read": {
        const where = this.#where(second);
        return void (where && one?.call("messages.markRead", { in: where }));
      }
      case "act":
        return this.#act(one, second, third, Number(words[3]));
      case "timer": {
        const where = this.#where(second);
        return void (where && one?.call("messages.setTimer", { in: where, afterMs: Number(third) || null }));
      }
      case "shun":
      case "unshun":
        return void (one && other?.identity && this.#shun(one, other.identity.peerId, verb === "shun"));
      case "accept":
        for (const { peerId, keyChange } of one?.ask("peers.list", {})?.peers ?? [])
          if (keyChange !== null) one?.call("people.acceptKey", { peer: peerId });
        return;
      case "connect":
        return void (other && one?.call("peers.connect", { address: `${other.address.host}:${other.address.port}` }));
      case "handOff":
        return void this.#handOff(one);
      case "quit":
        return one?.tell({ type: "stopRequested" });
      case "forGood":
        if (one !== undefined) this.#gone.add(one);
        return one?.tell({ type: "stopRequested" });
      case "loseHolder": {
        const holder = world.peers.find((peer) => (peer.ask("host.stats", {})?.mail.items ?? 0) > 0);
        if (holder !== undefined) this.#gone.add(holder);
        return holder && world.end(holder, "killed");
      }
      case "kill":
        return one && world.end(one, "killed");
      case "unplug":
        return one && world.end(one, "unplugged");
      case "killHost": {
        const host = this.#host();
        return host && world.end(host, "killed");
      }
      case "killInHandOff":
      case "killHeir": {
        const host = this.#handOff(one);
        const victim = verb === "killHeir" ? one : host;
        return victim && host && world.after(Number(second), () => world.end(victim, "killed"));
      }
      case "cut":
        world.faults.add("cut", first, second);
        world.faults.add("cut", second, first);
        return;
      case "cutOneWay":
        return world.faults.add("cut", first, second);
      case "heal":
        world.faults.heal(first, second);
        return world.faults.setConditions(first, second, undefined);
      case "split":
        return this.#split(first.split(","));
      case "healAll":
        return world.faults.healAll();
      case "block":
      case "blockUdp":
        return world.faults.add(verb, first, second);
      case "weather":
        return world.faults.setConditions(first, second, {
          latencyMs: Number(third),
          lossRate: Number(words[3]),
          ...(Number(words[4]) > 0 && { bytesPerSecond: Number(words[4]) }),
        });
      case "sleep":
        return one?.isRunning && !one.isAsleep ? one.sleep() : undefined;
      case "wake":
        return one?.isAsleep ? one.wake(second === "lost") : undefined;
      case "jump":
        return one?.clock.jump(Number(second));
      case "move":
        return one?.isRunning && !one.isAsleep ? world.move(one) : undefined;
      case "sight":
        return one && world.sight(one, second);
      case "replay":
        return one?.tell({ type: "connectionRefused", cause: "badHandshake", host: "10.9.9.9" });
      case "liar":
        world.liarMind ??= new Liar(world, first);
        return;
      case "lie":
        return world.liarMind?.lie(first as Lie, Number(second));
      case "liarLeaves":
        return world.liarMind?.leave();
      case "calm":
        return this.#calm();
    }
  }

  // ── What people do ────────────────────────────────────────────────────────────────────────────────────────────────

  #say(one: Machine | undefined, where: string, number: string, bytes: number): void {
    const to = this.#where(where);
    if (one === undefined || to === undefined) return;
    const text = `${this.#world.settings.marker} ${one.name} ${number}`.padEnd(bytes, ".");
    this.#send(one, text, { to, text });
  }

  #send(one: Machine, text: string, params: Params<"messages.send">): void {
    const answer = one.call("messages.send", params);
    if (answer?.ok !== true) return;
    const { messageId } = answer.result as { messageId: string };
    this.#world.see({ type: "typed", start: one.start, messageId, text });
  }

  /** On one of the newest messages; of those of one's own where only they can be changed. */
  #act(one: Machine | undefined, where: string, kind: string, number: number): void {
    const conversation = this.#where(where);
    const self = one?.identity?.peerId;
    if (one === undefined || conversation === undefined) return;
    const all = one.ask("messages.list", { in: conversation, limit: 12 })?.messages ?? [];
    const own = kind === "edit" || kind === "delete";
    const open = all.filter(({ from, notice, deleted }) => notice === null && !deleted && (!own || from === self));
    const messageId = open[number % Math.max(1, open.length)]?.messageId;
    if (messageId === undefined) return;
    const on = number % 3 > 0;
    if (kind === "react") return void one.call("messages.react", { messageId, emoji: number % 2 === 0 ? "👍" : "🎉", on });
    if (kind === "pin") return void one.call("messages.pin", { messageId, on });
    if (kind === "delete") {
      if (one.call("messages.delete", { messageId })?.ok === true) this.#world.see({ type: "deleted", start: one.start, messageId });
      return;
    }
    if (kind === "answer") {
      const text = `${this.#world.settings.marker} ${one.name} answers ${number}`;
      this.#send(one, text, { to: conversation, text, thread: messageId, alsoInRoom: on });
      return;
    }
    const text = `${this.#world.settings.marker} ${one.name} anew ${number}`;
    if (one.call("messages.edit", { messageId, text })?.ok === true) this.#world.see({ type: "typed", start: one.start, messageId, text });
  }

  #shun(one: Machine, peer: string, blocked: boolean): void {
    // What follows from it may be told before the answer.
    if (one.call("people.block", { peer, blocked })?.ok !== true) return;
    this.#world.see({ type: "shunned", start: one.start, peerId: peer, isBlocked: blocked });
  }

  #create(one: Machine | undefined, name: string, visibility: "public" | "private", history: "all" | "fromJoin"): void {
    const topic = `${this.#world.settings.marker} of ${name}`;
    const answer = one?.call("rooms.create" satisfies MethodName, { name, visibility, topic, history });
    if (answer?.ok === true) this.#world.rooms.set(name, (answer.result as { roomId: string }).roomId);
  }

  #inRoom(name: string, act: (roomId: string) => void): void {
    const roomId = this.#world.rooms.get(name);
    if (roomId !== undefined) act(roomId);
  }

  #where(words: string): string | undefined {
    if (words === "#lobby") return words;
    if (!words.startsWith("@")) return this.#world.rooms.get(words);
    const peerId = this.#world.machines.get(words.slice(1))?.start?.peerId;
    return peerId && `@${peerId}`;
  }

  // ── What happens to them ──────────────────────────────────────────────────────────────────────────────────────────

  #host(): Machine | undefined {
    const { peers } = this.#world;
    return peers.find((peer) => peer.ask("host.get", {})?.isSelf === true && peers.length > 2);
  }

  #handOff(to: Machine | undefined): Machine | undefined {
    const host = this.#world.peers.find((peer) => peer !== to && peer.ask("host.get", {})?.isSelf === true);
    if (to?.start === undefined || host === undefined) return undefined;
    host.call("host.handOff", { to: to.start.peerId });
    return host;
  }

  #split(left: readonly string[]): void {
    const { faults, machines } = this.#world;
    for (const one of left) {
      for (const far of machines.keys()) {
        if (left.includes(far)) continue;
        faults.add("cut", one, far);
        faults.add("cut", far, one);
      }
    }
  }

  #calm(): void {
    const world = this.#world;
    world.faults.healAll();
    for (const machine of world.machines.values()) if (machine.isAsleep) machine.wake(false);
    // All make it up, so that all see the same again.
    for (const machine of world.machines.values()) {
      for (const { peerId, blocked } of machine.ask("people.list", {})?.people ?? []) if (blocked) this.#shun(machine, peerId, false);
    }
    world.isCalm = true;
    world.sightAll();
    world.see({ type: "calm" });
  }
}
