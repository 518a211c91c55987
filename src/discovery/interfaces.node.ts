/** This machine's addresses on the local network: which to listen on, which to tell others, and when they change. */
import { networkInterfaces } from "node:os";
import { interfacesCheckMs } from "./limits.ts";

export interface MachineAddress {
  readonly interface: string;
  /** IPv4 literal. */
  readonly host: string;
  readonly netmask: string;
  readonly internal: boolean;
}

/** IPv4 alone: the signalling port listens on it only. */
export function machineAddresses(): MachineAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses
      .filter(({ family }) => family === "IPv4")
      .map(({ address, netmask, internal }) => ({ interface: name, host: address, netmask, internal })),
  );
}

/**
 * Those that a peer uses: the named ones, else all but loopback, else (a machine without a network) loopback.
 * @param wanted interface names or addresses
 */
export function chosenAddresses(wanted: readonly string[]): MachineAddress[] {
  const all = machineAddresses();
  if (wanted.length > 0) return all.filter((found) => wanted.includes(found.interface) || wanted.includes(found.host));
  const outward = all.filter(({ internal }) => !internal);
  return outward.length > 0 ? outward : all;
}

/** The first of `wanted` that this machine does not have. */
export function missingInterface(wanted: readonly string[]): string | undefined {
  const all = machineAddresses();
  return wanted.find((name) => !all.some((found) => found.interface === name || found.host === name));
}

/** Own address from which `host` is dialled: one of its subnet, else the first. */
export function sourceAddress(own: readonly MachineAddress[], host: string): string | undefined {
  const near = own.find((candidate) => isSameSubnet(candidate, host));
  return (near ?? own[0])?.host;
}

/** Calls with the new addresses whenever they differ from the last ones. Returns how to stop. */
export function watchAddresses(wanted: readonly string[], changed: (addresses: readonly MachineAddress[]) => void): () => void {
  let last = JSON.stringify(chosenAddresses(wanted));
  const timer = setInterval(() => {
    const now = chosenAddresses(wanted);
    const text = JSON.stringify(now);
    if (text === last) return;
    last = text;
    changed(now);
  }, interfacesCheckMs);
  timer.unref();
  return () => clearInterval(timer);
}

export function isSameSubnet({ host, netmask }: MachineAddress, other: string): boolean {
  const [a, b, mask] = [host, other, netmask].map(toNumber);
  return a !== undefined && b !== undefined && mask !== undefined && ((a ^ b) & mask) === 0;
}

function toNumber(address: string): number | undefined {
  const parts = address.split(".").map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return undefined;
  return parts.reduce((sum, part) => (sum << 8) | part, 0);
}
