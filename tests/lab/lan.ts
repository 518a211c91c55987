/**
 * LANs on one machine: hosts are network namespaces, switches are bridges in a namespace of their own, cables are veth
 * pairs. Nothing touches the machine's real interfaces. Needs root, iproute2, nftables; tcpdump for captures.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Namespaces are called "earshot-PID-NAME": what a dead run left behind is recognised by its pid. */
const prefix = `earshot-${process.pid}`;
let lanCount = 0;

export function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: 20_000 });
}

/** Deletes namespaces of runs that are no more. */
export function sweep(): void {
  for (const line of run("ip", "netns", "list").split("\n")) {
    const [, pid] = /^earshot-(\d+)-/.exec(line) ?? [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const [name] = line.split(" ");
    if (name !== undefined) run("ip", "netns", "delete", name);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export class Host {
  readonly name: string;
  readonly namespace: string;
  readonly address: string;
  readonly port: string;
  readonly #fabric: string;

  constructor(name: string, namespace: string, address: string, port: string, fabric: string) {
    this.name = name;
    this.namespace = namespace;
    this.address = address;
    this.port = port;
    this.#fabric = fabric;
  }

  run(command: string, ...args: string[]): string {
    return run("ip", "netns", "exec", this.namespace, command, ...args);
  }

  /** Pulls the cable out of the switch: neither side hears that it went. */
  cut(): void {
    run("ip", "-n", this.#fabric, "link", "set", this.port, "down");
  }

  heal(): void {
    run("ip", "-n", this.#fabric, "link", "set", this.port, "up");
  }

  /** Another address, as after a new lease. */
  readdress(address: string): void {
    run("ip", "-n", this.namespace, "address", "flush", "dev", "eth0");
    run("ip", "-n", this.namespace, "address", "add", `${address}/16`, "brd", "+", "dev", "eth0");
    addMulticastRoute(this.namespace);
  }

  /** As an access point that filters multicast. */
  dropMulticast(): void {
    this.#filter("output", "ip daddr 224.0.0.0/4 drop");
    this.#filter("input", "ip daddr 224.0.0.0/4 drop");
  }

  /** As a firewall that lets nobody in who was not asked. */
  blockInbound(): void {
    this.#filter("input", "iifname lo accept");
    this.#filter("input", "ct state established,related accept");
    this.#filter("input", "ip daddr 224.0.0.0/4 accept");
    this.#filter("input", "drop");
  }

  /** As clients that an access point isolates from each other. */
  blockTo(other: Host): void {
    this.#filter("output", `ip daddr ${other.address} drop`);
    this.#filter("input", `ip saddr ${other.address} drop`);
  }

  /** Loses this many of a hundred packets that arrive. */
  lose(percent: number): void {
    this.#filter("input", `iifname eth0 numgen random mod 100 < ${percent} drop`);
  }

  limitRate(megabits: number): void {
    run(
      "tc",
      "-n",
      this.namespace,
      "qdisc",
      "replace",
      "dev",
      "eth0",
      "root",
      "tbf",
      "rate",
      `${megabits}mbit`,
      "burst",
      "32kbit",
      "latency",
      "200ms",
    );
  }

  /** No filters and no limit any more. */
  clear(): void {
    this.run("nft", "flush", "ruleset");
    try {
      run("tc", "-n", this.namespace, "qdisc", "delete", "dev", "eth0", "root");
    } catch {
      // There was none.
    }
  }

  /** Everything that crosses this host's cable from now on. `stop` gives the bytes. */
  async capture(): Promise<{ stop(): Promise<Buffer> }> {
    const dir = mkdtempSync(join(tmpdir(), "earshot-capture-"));
    const file = join(dir, "wire.pcap");
    const tcpdump = spawn(
      "ip",
      ["netns", "exec", this.namespace, "tcpdump", "-Z", "root", "-i", "any", "-U", "--immediate-mode", "-s", "0", "-w", file],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    await once(tcpdump.stderr, "data");
    return {
      async stop() {
        const gone = once(tcpdump, "exit");
        tcpdump.kill("SIGINT");
        await gone;
        const bytes = readFileSync(file);
        rmSync(dir, { recursive: true });
        return bytes;
      },
    };
  }

  #filter(hook: "input" | "output", rule: string): void {
    this.run(
      "nft",
      `add table inet lab; add chain inet lab ${hook} { type filter hook ${hook} priority 0; }; add rule inet lab ${hook} ${rule}`,
    );
  }
}

export class Lan {
  readonly #name = `${prefix}-${++lanCount}`;
  readonly #fabric = `${this.#name}-fabric`;
  readonly #hosts = new Map<string, Host>();

  /** One switch, or several in a row with a trunk between neighbours. */
  constructor(switches = 1) {
    sweep();
    run("ip", "netns", "add", this.#fabric);
    for (let index = 0; index < switches; index += 1) {
      run("ip", "-n", this.#fabric, "link", "add", `switch${index}`, "type", "bridge", "stp_state", "0", "mcast_snooping", "0");
      run("ip", "-n", this.#fabric, "link", "set", `switch${index}`, "up");
      if (index === 0) continue;
      run("ip", "-n", this.#fabric, "link", "add", `trunk${index}a`, "type", "veth", "peer", "name", `trunk${index}b`);
      run("ip", "-n", this.#fabric, "link", "set", `trunk${index}a`, "master", `switch${index - 1}`, "up");
      run("ip", "-n", this.#fabric, "link", "set", `trunk${index}b`, "master", `switch${index}`, "up");
    }
  }

  host(name: string, onSwitch = 0): Host {
    const number = this.#hosts.size + 1;
    const namespace = `${this.#name}-${name}`;
    const port = `port${number}`;
    const address = `10.77.${onSwitch}.${number}`;
    run("ip", "netns", "add", namespace);
    const host = new Host(name, namespace, address, port, this.#fabric);
    this.#hosts.set(name, host);
    run("ip", "-n", this.#fabric, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", namespace);
    run("ip", "-n", this.#fabric, "link", "set", port, "master", `switch${onSwitch}`, "up");
    run("ip", "-n", namespace, "link", "set", "lo", "up");
    run("ip", "-n", namespace, "link", "set", "eth0", "up");
    run("ip", "-n", namespace, "address", "add", `${address}/16`, "brd", "+", "dev", "eth0");
    addMulticastRoute(namespace);
    return host;
  }

  /** The trunk before this switch: cuts the LAN in two. */
  cutTrunk(index = 1): void {
    run("ip", "-n", this.#fabric, "link", "set", `trunk${index}a`, "down");
  }

  healTrunk(index = 1): void {
    run("ip", "-n", this.#fabric, "link", "set", `trunk${index}a`, "up");
  }

  remove(): void {
    for (const host of this.#hosts.values()) run("ip", "netns", "delete", host.namespace);
    run("ip", "netns", "delete", this.#fabric);
  }
}

function addMulticastRoute(namespace: string): void {
  run("ip", "-n", namespace, "route", "replace", "224.0.0.0/4", "dev", "eth0");
}
