/** Somebody on a test's network who sends too much at once, until it is cut off: the lab's rogue, on loopback. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { RealNetwork, RealPeer } from "./real-peer.ts";

/** What its card says. */
export const flooderName = "rogue";
const program = join(import.meta.dirname, "../../lab/rogue.ts");
const perSecond = 1_000;
const floodMaxMs = 60_000;

/** Linked to `victim` alone. The network is one without a key. Returns when the victim has closed its link. */
export async function flood(network: RealNetwork, victim: RealPeer): Promise<void> {
  const { addresses } = await victim.call("session.get", {});
  const [host, port] = addresses[0]?.split(":") ?? [];
  if (host === undefined || port === undefined) throw new Error(`${victim.name} has no address`);
  const { stdout } = await promisify(execFile)(process.execPath, [program, "questions", host, port, String(perSecond), network.name], {
    timeout: floodMaxMs,
  });
  const { opened, link } = JSON.parse(stdout) as { readonly opened: boolean; readonly link: "closed" | "kept" };
  if (!opened || link !== "closed") throw new Error(`the flooder was not cut off: ${stdout}`);
}
