/** What is wrong between which machines, by their names, so that it stays wrong when one of them gets another address. */
import type { Address } from "../../src/ids.ts";
import type { VirtualNetwork } from "../../src/mesh/transport-memory.ts";
import type { WireConditions } from "../../src/mesh/virtual-wire.ts";

type Between = "cut" | "block" | "blockUdp";

export class Faults {
  readonly #network: VirtualNetwork;
  readonly #addressOf: (name: string) => Address | undefined;
  /** "cut A B" is the way from A to B; the others hold both ways. */
  readonly #between = new Map<string, { readonly kind: Between; readonly from: string; readonly to: string }>();
  readonly #conditions = new Map<string, { readonly one: string; readonly other: string; readonly conditions: WireConditions }>();

  constructor(network: VirtualNetwork, addressOf: (name: string) => Address | undefined) {
    this.#network = network;
    this.#addressOf = addressOf;
  }

  add(kind: Between, from: string, to: string): void {
    if (from === to) return;
    this.#between.set(`${kind} ${from} ${to}`, { kind, from, to });
    this.#apply(kind, from, to);
  }

  heal(one: string, other: string): void {
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      for (const kind of ["cut", "block", "blockUdp"] as const) this.#between.delete(`${kind} ${from} ${to}`);
    }
    this.#clear(this.#addressOf(one), this.#addressOf(other));
  }

  setConditions(one: string, other: string, conditions: WireConditions | undefined): void {
    if (one === other) return;
    const key = [one, other].sort().join(" ");
    if (conditions === undefined) this.#conditions.delete(key);
    else this.#conditions.set(key, { one, other, conditions });
    const [here, there] = [this.#addressOf(one), this.#addressOf(other)];
    if (here !== undefined && there !== undefined) this.#network.setConditions(here, there, conditions);
  }

  healAll(): void {
    for (const { from, to } of [...this.#between.values()]) this.heal(from, to);
    for (const { one, other } of [...this.#conditions.values()]) this.setConditions(one, other, undefined);
  }

  /** Whether what one sends reaches the other without fail. */
  isClear(one: string, other: string): boolean {
    return (
      !this.#between.has(`cut ${one} ${other}`) &&
      !this.#between.has(`cut ${other} ${one}`) &&
      !this.#conditions.has([one, other].sort().join(" "))
    );
  }

  isCut(from: string, to: string): boolean {
    return this.#between.has(`cut ${from} ${to}`);
  }

  /** Call before and after a machine's address changes. */
  lift(name: string): void {
    for (const { from, to } of this.#between.values()) {
      if (from === name || to === name) this.#clear(this.#addressOf(from), this.#addressOf(to));
    }
    for (const { one, other } of this.#conditions.values()) {
      const [here, there] = [this.#addressOf(one), this.#addressOf(other)];
      if ((one === name || other === name) && here !== undefined && there !== undefined)
        this.#network.setConditions(here, there, undefined);
    }
  }

  lay(name: string): void {
    for (const { kind, from, to } of this.#between.values()) if (from === name || to === name) this.#apply(kind, from, to);
    for (const { one, other, conditions } of [...this.#conditions.values()]) {
      if (one === name || other === name) this.setConditions(one, other, conditions);
    }
  }

  #apply(kind: Between, from: string, to: string): void {
    const [here, there] = [this.#addressOf(from), this.#addressOf(to)];
    if (here === undefined || there === undefined) return;
    if (kind === "cut") this.#network.cutOneWay(here, there);
    else this.#network[kind](here, there);
  }

  #clear(here: Address | undefined, there: Address | undefined): void {
    if (here === undefined || there === undefined) return;
    this.#network.heal(here, there);
    this.#network.unblock(here, there);
    this.#network.unblockUdp(here, there);
  }
}
