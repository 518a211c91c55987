/**
 * LANs on one machine. A host is a network namespace, a switch is a bridge, a cable is a veth pair. Needs root, iproute2
 * and nftables; tcpdump for captures.
 *
 *        ada         ben              cleo
 *         │ eth0      │ eth0           │ eth0        each in a namespace of its own
 *      ┌──┴───────────┴──┐  trunk1  ┌──┴──────┐
 *      │     switch0     ├──────────┤ switch1 │      all switches of a LAN in one namespace, the fabric
 *      └─────────────────┘          └─────────┘
 *
 * Invariants
 * 1. Nothing touches the machine's own interfaces: no cable ends outside of the lab's namespaces.
 * 2. `remove` leaves nothing; what a killed run could not remove, the next one does.
 */
import { type Capture, startCapture } from "./capture.ts";
import { deleteNamespace, inNamespace, namespacePrefix, run, sweep } from "./namespaces.ts";

export interface Carried {
  readonly bytes: number;
  readonly packets: number;
}

export class Host {
  readonly name: string;
  readonly namespace: string;
  /** Of eth0. */
  readonly address: string;
  readonly #fabric: string;
  readonly #port: string;

  constructor(name: string, namespace: string, address: string, fabric: string, port: string) {
    this.name = name;
    this.namespace = namespace;
    this.address = address;
    this.#fabric = fabric;
    this.#port = port;
  }

  run(command: string, ...args: string[]): string {
    const [program, ...words] = inNamespace(this.namespace);
    return run(program, ...words, command, ...args);
  }

  /** Pulls the cable of eth0: the host sees its interface go dark, the others see nothing. */
  cut(): void {
    run("ip", "-n", this.#fabric, "link", "set", this.#port, "down");
  }

  heal(): void {
    run("ip", "-n", this.#fabric, "link", "set", this.#port, "up");
  }

  /** Another address, as after a new lease. `address` stays what it was. */
  readdress(address: string): void {
    run("ip", "-n", this.namespace, "address", "flush", "dev", "eth0");
    addAddress(this.namespace, "eth0", address);
  }

  /** One more address on eth0. */
  alsoAt(address: string): void {
    addAddress(this.namespace, "eth0", address);
  }

  /** As an access point that filters multicast, and with it mDNS in every form. */
  dropMulticast(): void {
    for (const hook of ["input", "output"] as const) {
      this.#filter(hook, "ip daddr 224.0.0.0/4 drop");
      this.#filter(hook, "ip6 daddr ff00::/8 meta l4proto udp drop");
      this.#filter(hook, "udp dport 5353 drop");
    }
  }

  /** As a firewall that lets nobody in who was not asked. Multicast passes, as it does with most. */
  blockInbound(): void {
    for (const rule of ["iifname lo accept", "ct state established,related accept", "meta l4proto icmpv6 accept"]) {
      this.#filter("input", rule);
    }
    this.#filter("input", "ip daddr 224.0.0.0/4 accept");
    this.#filter("input", "drop");
  }

  /** Loses this many of a hundred packets that arrive, at random. */
  lose(percent: number): void {
    this.#filter("input", `iifname eth0 numgen random mod 100 < ${percent} drop`);
  }

  /** How fast this host can send. What does not fit within 200 ms is lost, as in a small router. */
  limitRate(megabits: number): void {
    const shape = ["tbf", "rate", `${megabits}mbit`, "burst", "32kbit", "latency", "200ms"];
    run("tc", "-n", this.namespace, "qdisc", "replace", "dev", "eth0", "root", ...shape);
  }

  /** No filters and no limit any more. */
  clear(): void {
    this.run("nft", "flush", "ruleset");
    // Replaced by the plainest queue first, so that there is always one to delete.
    run("tc", "-n", this.namespace, "qdisc", "replace", "dev", "eth0", "root", "pfifo");
    run("tc", "-n", this.namespace, "qdisc", "delete", "dev", "eth0", "root");
  }

  /** What eth0 has sent and received so far. */
  carried(): Carried {
    const [card] = JSON.parse(this.run("ip", "-json", "-statistics", "link", "show", "eth0")) as {
      stats64: { rx: Carried; tx: Carried };
    }[];
    if (card === undefined) throw new Error(`${this.name} has no eth0`);
    const { rx, tx } = card.stats64;
    return { bytes: rx.bytes + tx.bytes, packets: rx.packets + tx.packets };
  }

  capture(): Promise<Capture> {
    return startCapture(this.namespace);
  }

  /** Drops what the other sends, whatever its address or protocol. */
  ignore(other: Host): void {
    const [{ address: mac } = { address: "" }] = JSON.parse(other.run("ip", "-json", "link", "show", "eth0")) as { address: string }[];
    this.#filter("input", `ether saddr ${mac} drop`);
  }

  #filter(hook: "input" | "output", rule: string): void {
    this.run(
      "nft",
      `add table inet lab; add chain inet lab ${hook} { type filter hook ${hook} priority 0; }; add rule inet lab ${hook} ${rule}`,
    );
  }
}

export interface LanShape {
  /** In a row, a trunk between neighbours. */
  readonly switches?: number;
  /** The LAN's addresses are 10.SUBNET.switch.host: two LANs that meet in one host need two. */
  readonly subnet?: number;
}

export class Lan {
  readonly #prefix = namespacePrefix();
  readonly #fabric = `${this.#prefix}-fabric`;
  readonly #namespaces: string[] = [];
  readonly #subnet: number;
  #cables = 0;

  constructor({ switches = 1, subnet = 77 }: LanShape = {}) {
    sweep();
    this.#subnet = subnet;
    this.#orRemove(() => {
      this.#addNamespace(this.#fabric);
      for (let index = 0; index < switches; index += 1) {
        const bridge = ["type", "bridge", "stp_state", "0", "mcast_snooping", "0"];
        this.#ip("link", "add", `switch${index}`, ...bridge);
        this.#ip("link", "set", `switch${index}`, "up");
        if (index === 0) continue;
        this.#ip("link", "add", `trunk${index}a`, "type", "veth", "peer", "name", `trunk${index}b`);
        this.#ip("link", "set", `trunk${index}a`, "master", `switch${index - 1}`, "up");
        this.#ip("link", "set", `trunk${index}b`, "master", `switch${index}`, "up");
      }
    });
  }

  /** A machine with one network card, plugged into a switch. */
  host(name: string, onSwitch = 0): Host {
    return this.#orRemove(() => {
      const namespace = `${this.#prefix}-${name}`;
      this.#addNamespace(namespace);
      run("ip", "-n", namespace, "link", "set", "lo", "up");
      const { port, address } = this.#plug(namespace, "eth0", onSwitch);
      return new Host(name, namespace, address, this.#fabric, port);
    });
  }

  /** A second card, in a host of another LAN. Gives its address here. */
  plug(host: Host, onSwitch = 0): string {
    return this.#plug(host.namespace, "eth1", onSwitch).address;
  }

  /** As clients that an access point isolates from each other. */
  blockBetween(one: Host, other: Host): void {
    one.ignore(other);
    other.ignore(one);
  }

  /** The trunk before this switch: cuts the LAN in two, and no host sees its cable go. */
  cutTrunk(beforeSwitch = 1): void {
    this.#ip("link", "set", `trunk${beforeSwitch}a`, "down");
  }

  healTrunk(beforeSwitch = 1): void {
    this.#ip("link", "set", `trunk${beforeSwitch}a`, "up");
  }

  /** Everything that any cable of this LAN carries, and nothing that stays within a host. */
  capture(): Promise<Capture> {
    return startCapture(this.#fabric);
  }

  /** Hosts, switches and whatever still runs in them. */
  remove(): void {
    const failures: unknown[] = [];
    for (const namespace of this.#namespaces.splice(0)) {
      try {
        deleteNamespace(namespace);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, "not every namespace could be deleted");
  }

  #addNamespace(name: string): void {
    run("ip", "netns", "add", name);
    this.#namespaces.unshift(name);
  }

  #plug(namespace: string, card: string, onSwitch: number): { port: string; address: string } {
    const number = ++this.#cables;
    const port = `port${number}`;
    const address = `10.${this.#subnet}.${onSwitch}.${number}`;
    this.#ip("link", "add", port, "type", "veth", "peer", "name", card, "netns", namespace);
    this.#ip("link", "set", port, "master", `switch${onSwitch}`, "up");
    run("ip", "-n", namespace, "link", "set", card, "up");
    addAddress(namespace, card, address);
    return { port, address };
  }

  #ip(...words: string[]): void {
    run("ip", "-n", this.#fabric, ...words);
  }

  #orRemove<T>(build: () => T): T {
    try {
      return build();
    } catch (error) {
      this.remove();
      throw error;
    }
  }
}

/** One subnet for all switches of a LAN. The route is for programs that name no interface when they send multicast. */
function addAddress(namespace: string, card: string, address: string): void {
  run("ip", "-n", namespace, "address", "add", `${address}/16`, "brd", "+", "dev", card);
  if (card === "eth0") run("ip", "-n", namespace, "route", "replace", "224.0.0.0/4", "dev", card);
}
