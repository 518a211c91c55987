/**
 * The desktop shell's peer: the same peer in Electron's utility process. Options as on the command line.
 *
 *   shell ◄── {type: "ready", url, token, dataDir, peerId} or {type: "failed", message} ── peer
 *   shell ◄── {type: "wiped"}, before it ends ── peer
 *   shell ◄── {type: "keychain"} ──► peer (keychain-channel.node.ts)
 *   shell ── {type: "stop"} ──► peer, which says goodbye and exits
 */
import { startPeer } from "./composition.node.ts";
import { createKeychain, keychainVariable } from "./keychain-channel.node.ts";
import { createLog } from "./log.ts";
import { parseCommand } from "./options.ts";
import { exitWhenPrinted, runUntilStopped } from "./process-end.node.ts";

/** The end of the shell's channel, which Electron adds to `process`. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: "message", listener: (message: { readonly data: unknown }) => void): void;
}

async function main(shell: ParentPort): Promise<number> {
  const parsed = parseCommand(process.argv.slice(2));
  if (!parsed.ok || parsed.command.command !== "run") throw new Error(parsed.ok ? "only `run` has a window" : parsed.message);
  const { options } = parsed.command;
  const log = createLog(options.logLevel, (line) => console.error(line));
  const keychain =
    process.env[keychainVariable] === undefined
      ? undefined
      : createKeychain({
          send: (question) => shell.postMessage(question),
          onMessage: (listener) => shell.on("message", ({ data }) => listener(data)),
          after: (ms, run) => void setTimeout(run, ms).unref(),
        });
  const peer = await startPeer(options, log, keychain);
  const ended = runUntilStopped(peer, (stop) => {
    shell.on("message", ({ data }) => {
      if ((data as { readonly type?: unknown } | null)?.type === "stop") stop();
    });
  });
  peer.follow((event) => {
    if (event.event === "logged") log("info", event.entry.text);
  });
  peer.onWiped(() => shell.postMessage({ type: "wiped" }));
  const { url, token, dataDir, peerId } = peer;
  shell.postMessage({ type: "ready", url, token, dataDir, peerId });
  return ended;
}

/** Or, as a child of Node's kind, by Node's channel. */
function nodeChannel(): ParentPort | undefined {
  if (process.send === undefined) return undefined;
  return {
    postMessage: (message) => void process.send?.(message),
    on: (_event, listener) => void process.on("message", (data) => listener({ data })),
  };
}

const shell = (process as { readonly parentPort?: ParentPort }).parentPort ?? nodeChannel();
if (shell === undefined) {
  console.error("earshot: the desktop shell starts this file");
  process.exit(1);
}
// A shell that was killed wants no peer any more.
process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
main(shell).then(exitWhenPrinted, (error: unknown) => {
  shell.postMessage({ type: "failed", message: error instanceof Error ? error.message : String(error) });
  exitWhenPrinted(1);
});
