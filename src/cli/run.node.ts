/** `earshot run`: a peer in this process, or a desktop window that runs one in its own. */
import type { EarshotEvent } from "../api/contract.ts";
import { canShowBrowser, openBrowser } from "./browser.node.ts";
import { type StartedPeer, startPeer } from "./composition.node.ts";
import { openDesktop } from "./desktop.node.ts";
import { createLog, type Log } from "./log.ts";
import type { RunOptions } from "./options.ts";
import { exitWhenPrinted, runUntilStopped } from "./process-end.node.ts";
import { findRunningPeer, whereaboutsOf } from "./running-peer.node.ts";

/** Resolves where no peer ran in this process; else it ends the process itself. @param words what stands after the program's name; the desktop shell reads the same */
export async function run(options: RunOptions, words: readonly string[]): Promise<number> {
  const log = createLog(options.logLevel, (line) => console.error(line));
  if (!options.headless) {
    const desktop = await openDesktop(words);
    if ("exitCode" in desktop) return desktop.exitCode;
    console.error(`earshot: the desktop window cannot start (${desktop.missing}); the same page opens in the browser`);
  }
  if (options.attach) return attach(options);
  const peer = await startPeer(options, log);
  const ended = runUntilStopped(peer);
  if (options.json) printEvents(peer);
  else printComings(peer, log);
  if (!options.headless) showPage(peer, options.open);
  else if (!options.json) console.log(`Earshot is running as ${peer.peerId}, its files are in ${peer.dataDir}. Ctrl-C ends it.`);
  const code = await ended;
  exitWhenPrinted(code);
  return code;
}

function attach(options: RunOptions): number {
  const found = findRunningPeer(whereaboutsOf(options.place));
  if (found.ok) showPage(found.peer, options.open);
  else console.error(`earshot: ${found.message}`);
  return found.ok ? 0 : 1;
}

function showPage({ url, token }: { readonly url: string; readonly token: string }, open: boolean): void {
  const address = `${url}/#token=${token}`;
  const opened = open && canShowBrowser() && openBrowser(address);
  console.log(`${opened ? "Earshot is open at" : "Open this address in a browser on this computer:"} ${address}`);
}

function printEvents(peer: StartedPeer): void {
  const print = (event: EarshotEvent) => process.stdout.write(`${JSON.stringify(event)}\n`);
  if (peer.peerId !== undefined && peer.dataDir !== undefined)
    print({ event: "ready", peerId: peer.peerId, api: peer.url, dataDir: peer.dataDir });
  peer.follow(print);
}

function printComings(peer: StartedPeer, log: Log): void {
  peer.follow((event) => {
    if (event.event === "logged") log("info", event.entry.text);
  });
}
