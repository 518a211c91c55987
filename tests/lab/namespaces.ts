/** Network namespaces by name: made, entered, deleted, and swept where a run that is no more left them behind. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Each of the lab's commands takes milliseconds; one that hangs must not hold a run. */
const commandTimeoutMs = 20_000;
/** Namespaces and temporary folders alike carry the pid of the run that they belong to. */
const ownerPattern = /^earshot-(?:lab-)?(\d+)-/;

export function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: commandTimeoutMs });
}

/** The words that come before a command which is to run in a namespace. */
export function inNamespace(namespace: string): readonly [string, ...string[]] {
  return ["ip", "netns", "exec", namespace];
}

/** The beginning of the names of one LAN's namespaces: no other LAN of any run has it. */
export function namespacePrefix(): string {
  return `earshot-${process.pid}-${randomBytes(3).toString("hex")}`;
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), `earshot-lab-${process.pid}-`));
}

/** With every process that is left in it: a cable's end lives as long as somebody uses it. */
export function deleteNamespace(name: string): void {
  for (const pid of run("ip", "netns", "pids", name).split("\n").filter(Boolean)) {
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {
      // It ended meanwhile.
    }
  }
  run("ip", "netns", "delete", name);
}

/** Removes what runs left behind that were killed. Other runs may sweep at the same time. */
export function sweep(): void {
  for (const line of run("ip", "netns", "list").split("\n")) {
    const [name = ""] = line.split(" ");
    if (isOrphan(name)) quietly(() => deleteNamespace(name));
  }
  for (const name of readdirSync(tmpdir())) {
    if (isOrphan(name)) quietly(() => rmSync(join(tmpdir(), name), { recursive: true, force: true }));
  }
}

function isOrphan(name: string): boolean {
  const owner = ownerPattern.exec(name)?.[1];
  if (owner === undefined) return false;
  try {
    process.kill(Number(owner), 0);
    return false;
  } catch {
    return true;
  }
}

function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // Another run was faster.
  }
}
