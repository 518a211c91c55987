/** The peer in a process of its own, so that no busy window delays a heartbeat, and no crash of one ends the other. */

import { keychainVariable } from "../src/cli/keychain-channel.node.ts";
import { isRunning } from "../src/cli/process-alive.node.ts";
import { hasKeychain, keychainAnswer } from "./keychain.ts";
import { peerStartMaxMs, peerStopMaxMs } from "./limits.ts";
import { startChild } from "./peer-child.ts";
import type { OpenedPeer, PeerAddress, PeerSource } from "./peer-source.ts";

/** @param script the bundled peer; @param args as on the command line; @param mayKeep whether it opens kept profiles; @param env what it alone is told */
export function ownPeer(script: string, args: readonly string[], mayKeep: boolean, env: Readonly<Record<string, string>>): PeerSource {
  return { isOwn: true, open: () => startPeer(script, args, mayKeep, env) };
}

function startPeer(script: string, args: readonly string[], mayKeep: boolean, env: Readonly<Record<string, string>>): Promise<OpenedPeer> {
  const child = startChild(script, args, mayKeep, { ...env, ...(hasKeychain() && { [keychainVariable]: "1" }) });
  const gone = new Promise<void>((resolve) => {
    child.onExit(() => resolve());
  });
  const release = async () => {
    const { pid } = child;
    child.send({ type: "stop" });
    const late = setTimeout(() => {
      if (pid !== undefined && isRunning(pid)) process.kill(pid, "SIGKILL");
    }, peerStopMaxMs);
    await gone;
    clearTimeout(late);
  };
  return new Promise((resolve) => {
    const late = setTimeout(() => {
      resolve({ failure: "it did not start in time" });
      child.kill();
    }, peerStartMaxMs);
    const settle = (opened: OpenedPeer) => {
      clearTimeout(late);
      resolve(opened);
    };
    let isWiped = false;
    child.onMessage((message) => {
      if ((message as { readonly type?: unknown } | null)?.type === "wiped") isWiped = true;
      const answer = keychainAnswer(message);
      if (answer !== undefined) child.send(answer);
      const report = decodeReport(message);
      if (report !== undefined)
        settle("failure" in report ? report : { peer: { address: report, gone, wasWiped: () => isWiped, release } });
    });
    child.onExit((code) => settle({ failure: `it ended with code ${code}` }));
  });
}

function decodeReport(message: unknown): PeerAddress | { readonly failure: string } | undefined {
  const { type, url, token, message: words } = (message ?? {}) as Partial<Record<string, unknown>>;
  if (type === "ready" && typeof url === "string" && typeof token === "string") return { url: new URL(url).origin, token };
  if (type === "failed" && typeof words === "string") return { failure: words };
  return undefined;
}
