/**
 * Draws the acts of a run from its seed. Each seed has a mood of its own: some kinds of faults never happen in it, others
 * often (swarm testing: Groce et al., "Swarm Testing", ISSTA 2012, section 2).
 */
import { streamOf } from "../support/random.ts";
import type { Act, Verb } from "./acts.ts";
import { lies } from "./liar.ts";
import type { Settings } from "./settings.ts";

const people: Partial<Record<Verb, number>> = {
  say: 60,
  create: 4,
  createPrivate: 2,
  createClosed: 2,
  enter: 6,
  leave: 2,
  invite: 3,
  rename: 1,
  read: 2,
  act: 12,
  timer: 3,
  shun: 2,
  accept: 2,
};
const faults: Partial<Record<Verb, number>> = {
  join: 3,
  return: 5,
  connect: 3,
  handOff: 4,
  quit: 2,
  forGood: 1,
  loseHolder: 1,
  kill: 3,
  unplug: 2,
  killHost: 2,
  killInHandOff: 2,
  killHeir: 2,
  cut: 4,
  cutOneWay: 3,
  heal: 6,
  split: 2,
  healAll: 2,
  block: 3,
  blockUdp: 2,
  weather: 4,
  sleep: 3,
  wake: 5,
  jump: 3,
  move: 2,
  sight: 2,
  replay: 1,
};
/** Most acts are such that make sense; some are not. */
const senselessRate = 0.1;

/** As it should be, if nothing went wrong. */
interface PlannedRoom {
  readonly name: string;
  readonly isPrivate: boolean;
  readonly members: string[];
  readonly invited: string[];
}

/** Beyond so many more than at the start nobody joins. */
const latecomersMax = 4;

export function drawActs(settings: Settings): Act[] {
  return new Drawing(settings).acts();
}

class Drawing {
  readonly #settings: Settings;
  readonly #random: () => number;
  readonly #acts: Act[] = [];
  readonly #names: string[] = [];
  readonly #rooms: PlannedRoom[] = [];
  readonly #cuts: [string, string][] = [];
  readonly #down: string[] = [];
  readonly #asleep: string[] = [];
  readonly #weights: [Verb, number][];
  #said = 0;
  #at = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#random = streamOf(settings.seed, "acts");
    const missing = this.#random() * 0.8;
    const loudness = 0.3 + this.#random() * 2;
    this.#weights = [
      ...(Object.entries(people) as [Verb, number][]).map(([verb, weight]): [Verb, number] => [verb, weight * loudness]),
      ...(Object.entries(faults) as [Verb, number][]).filter(() => this.#random() >= missing),
    ];
  }

  acts(): Act[] {
    const { peers, faultsMs, liar } = this.#settings;
    for (let i = 0; i < peers; i += 1) {
      this.#join();
      this.#at += this.#below(200);
    }
    if (liar !== "none") this.#push("liar", "Mallory");
    const meanMs = 40 + this.#random() * 700;
    while (this.#at < faultsMs) {
      if (liar !== "none" && this.#random() < 0.15) this.#push("lie", this.#pick(lies) ?? "garbage", String(this.#below(1_000_000)));
      else this.#draw();
      // Some come at once, as when a cable is pulled that all use.
      this.#at += this.#random() < 0.2 ? this.#below(20) : this.#below(2 * meanMs);
    }
    if (liar === "leaves") this.#push("liarLeaves");
    this.#push("calm");
    return this.#acts;
  }

  #draw(): void {
    const verb = this.#verb();
    const one = this.#one(this.#names);
    const other = this.#one(this.#names.filter((name) => name !== one));
    switch (verb) {
      case "join":
        if (this.#names.length < this.#settings.peers + latecomersMax) this.#join();
        return;
      case "return":
        this.#take(this.#down, (name) => this.#push(verb, name));
        return;
      case "say":
        this.#say(one, other);
        return;
      case "create":
      case "createPrivate":
      case "createClosed": {
        const name = `${this.#settings.marker}${this.#rooms.length + 1}`;
        this.#rooms.push({ name, isPrivate: verb !== "create", members: [one], invited: [] });
        this.#push(verb, one, name);
        return;
      }
      case "enter":
        this.#enter(one);
        return;
      case "leave":
        this.#withRoom((room) => {
          const member = this.#one(room.members);
          room.members.splice(room.members.indexOf(member), 1);
          this.#push(verb, member, room.name);
        });
        return;
      case "invite":
        this.#withRoom((room) => {
          const member = this.#one(room.members);
          if (!room.members.includes(other)) room.invited.push(other);
          this.#push(verb, member, room.name, other);
        });
        return;
      case "rename":
        this.#push(verb, one, this.#random() < 0.3 ? other : `${one}-${this.#below(10)}`);
        return;
      case "read":
        this.#push(verb, one, this.#random() < 0.5 ? "#lobby" : `@${other}`);
        return;
      case "act": {
        const room = this.#random() < 0.5 ? undefined : this.#pick(this.#rooms);
        const where = room?.name ?? (this.#random() < 0.5 ? "#lobby" : `@${other}`);
        const kind = ["edit", "edit", "react", "react", "pin", "delete", "answer", "answer"][this.#below(8)] ?? "edit";
        this.#push(verb, room === undefined ? one : this.#one(room.members), where, kind, String(this.#below(1_000)));
        return;
      }
      case "timer": {
        const room = this.#random() < 0.5 ? undefined : this.#pick(this.#rooms);
        const afterMs = this.#random() < 0.2 ? 0 : 5_000 + this.#below(15_000);
        this.#push(verb, room === undefined ? one : this.#one(room.members), room?.name ?? `@${other}`, String(afterMs));
        return;
      }
      case "shun":
        this.#push(this.#random() < 0.4 ? "unshun" : verb, one, other);
        return;
      case "accept":
      case "handOff":
      case "replay":
        this.#push(verb, one);
        return;
      case "quit":
      case "kill":
      case "unplug":
        if (this.#down.length > this.#names.length / 2) {
          this.#take(this.#down, (name) => this.#push("return", name));
          return;
        }
        this.#down.push(one);
        this.#push(verb, one);
        return;
      case "forGood":
        if (this.#down.length <= this.#names.length / 3) this.#push(verb, one);
        return;
      case "killHost":
      case "loseHolder":
        this.#push(verb);
        return;
      case "killInHandOff":
      case "killHeir":
        if (verb === "killHeir") this.#down.push(one);
        this.#push(verb, one, String(this.#below(this.#random() < 0.5 ? 20 : 500)));
        return;
      case "cut":
      case "cutOneWay":
        this.#cuts.push([one, other]);
        this.#push(verb, one, other);
        return;
      case "heal":
        this.#take(this.#cuts, (pair) => this.#push(verb, ...pair));
        return;
      case "block":
      case "blockUdp":
        this.#cuts.push([one, other]);
        this.#push(verb, one, other);
        return;
      case "split": {
        const left = this.#names.filter(() => this.#random() < 0.5);
        left.length === 0 ? undefined : this.#push(verb, left.join(","));
        return;
      }
      case "weather": {
        const latency = Math.round(this.#random() ** 3 * 800);
        const loss = Math.round(this.#random() ** 2 * 50) / 100;
        const rate = this.#random() < 0.4 ? Math.round(2_000 * 10 ** (this.#random() * 3)) : 0;
        this.#push(verb, one, other, String(latency), String(loss), String(rate));
        return;
      }
      case "sleep":
        this.#asleep.push(one);
        this.#push(verb, one);
        return;
      case "wake":
        this.#take(this.#asleep, (name) => this.#push(verb, name, this.#random() < 0.6 ? "kept" : "lost"));
        return;
      case "jump":
        this.#push(verb, one, String(Math.round((this.#random() * 2 - 1) * 10 ** (1 + this.#below(7)))));
        return;
      case "move":
        this.#push(verb, one);
        return;
      case "connect":
      case "sight":
        this.#push(verb, one, other);
        return;
      case "healAll":
        this.#push(verb);
        return;
      default:
        throw new Error(`nobody draws "${verb}"`);
    }
  }

  #say(one: string, other: string): void {
    const place = this.#random();
    const room = place < 0.75 ? undefined : this.#pick(this.#rooms);
    const author = room === undefined ? one : this.#one(room.members);
    // To people who are off as well.
    const reader = this.#random() < 0.4 ? (this.#pick(this.#down) ?? other) : other;
    const where = room?.name ?? (place < 0.5 ? "#lobby" : `@${reader}`);
    const count = this.#random() < 0.05 ? 12 : 1;
    for (let i = 0; i < count; i += 1) {
      const bytes = this.#random() < 0.03 ? [String(this.#below(16_000))] : [];
      this.#push("say", author, where, String(++this.#said), ...bytes);
    }
  }

  #enter(one: string): void {
    this.#withRoom((room) => {
      const guest = room.isPrivate ? this.#one(room.invited) : one;
      if (!room.members.includes(guest)) room.members.push(guest);
      this.#push("enter", guest, room.name);
    });
  }

  #join(): void {
    const name = `P${this.#names.length + 1}`;
    this.#names.push(name);
    const kind = this.#random();
    this.#push("join", name, ...(kind < 0.35 ? ["guest"] : kind < 0.4 && this.#names.length > 3 ? ["profile", "elsewhere"] : []));
  }

  /** One of these who should be up and awake. */
  #one(of: readonly string[]): string {
    const up = this.#random() < senselessRate ? of : of.filter((name) => !this.#down.includes(name) && !this.#asleep.includes(name));
    return this.#pick(up) ?? this.#pick(of) ?? "P1";
  }

  #withRoom(act: (room: PlannedRoom) => void): void {
    const room = this.#pick(this.#rooms);
    if (room !== undefined) act(room);
  }

  /** One of them, no more than once. */
  #take<T>(from: T[], act: (item: T) => void): void {
    const [item] = from.splice(this.#below(from.length), 1);
    if (item !== undefined) act(item);
  }

  #push(verb: Verb, ...words: string[]): void {
    this.#acts.push({ at: Math.round(this.#at), verb, words });
  }

  #verb(): Verb {
    const all = this.#weights.reduce((sum, [, weight]) => sum + weight, 0);
    let place = this.#random() * all;
    for (const [verb, weight] of this.#weights) {
      place -= weight;
      if (place < 0) return verb;
    }
    return "say";
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[this.#below(from.length)];
  }

  #below(bound: number): number {
    return Math.floor(this.#random() * bound);
  }
}
