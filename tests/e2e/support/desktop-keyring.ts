/** A keyring as a desktop session has one: a bus, and GNOME's daemon, opened with a password. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface Keyring {
  /** For the programs of the session. */
  readonly env: Record<string, string>;
  stop(): Promise<void>;
}

const startMaxMs = 10_000;

/** @param env of a person whose directories are there */
export async function startKeyring(env: Record<string, string>): Promise<Keyring> {
  const bus = spawn("dbus-daemon", ["--session", "--nofork", "--print-address=1"], { env, stdio: ["ignore", "pipe", "ignore"] });
  const [address] = (await once(createInterface({ input: bus.stdout }), "line", { signal: AbortSignal.timeout(startMaxMs) })) as [string];
  const session = { DBUS_SESSION_BUS_ADDRESS: address, XDG_CURRENT_DESKTOP: "GNOME" };
  const daemon = spawn("gnome-keyring-daemon", ["--foreground", "--unlock", "--components=secrets"], {
    env: { ...env, ...session },
    stdio: ["pipe", "ignore", "ignore"],
  });
  daemon.stdin.end("the keyring's own password");
  return {
    env: session,
    async stop() {
      await end(daemon);
      await end(bus);
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
