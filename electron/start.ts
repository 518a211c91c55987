/** The command line as the shell reads it: the same words and the same checks as `earshot run`. */
import { existsSync, realpathSync } from "node:fs";
import { basename, resolve } from "node:path";
import { profileDirectory } from "../src/cli/data-dir.node.ts";
import { parseCommand, type RunOptions } from "../src/cli/options.ts";
import { passphraseVariable } from "../src/cli/passphrase.node.ts";
import { findRunningPeer, whereaboutsOf } from "../src/cli/running-peer.node.ts";
import { attachedPeer } from "./attached-peer.ts";
import { ownPeer } from "./own-peer.ts";
import type { PeerSource } from "./peer-source.ts";
import { type Place, placeIn, privatePlace } from "./place.ts";

export interface Start {
  readonly source: PeerSource;
  readonly debug: boolean;
  /** Makes the directory. */
  choosePlace(): Place;
}

/** @param words what the person wrote; @param peerScript for a peer of our own */
export function readStart(words: readonly string[], peerScript: string): Start | { readonly failure: string } {
  const parsed = parseCommand(words);
  if (!parsed.ok) return { failure: parsed.message };
  if (parsed.command.command !== "run") return { failure: `the window has no command "${parsed.command.command}"` };
  const { options } = parsed.command;
  const find = () => findRunningPeer(whereaboutsOf(options.place));
  const running = options.attach ? find() : undefined;
  if (running?.ok === false) return { failure: running.message };
  return {
    source: options.attach ? attachedPeer(find) : ownPeer(peerScript, words, options.place.kind === "profile" || options.asks, taken()),
    debug: options.logLevel === "debug",
    choosePlace: () => placeOf(options),
  };
}

/** What the person wrote: from a checkout, Electron's own words and the script come first; a packaged app has neither. */
export function personsWords(argv: readonly string[], script: string): readonly string[] {
  const at = argv.findIndex((word) => word.endsWith(basename(script)) && existsSync(word) && realpathSync(word) === realpathSync(script));
  return argv.slice(at === -1 ? 1 : at + 1);
}

function placeOf({ attach, place }: RunOptions): Place {
  if (attach) return privatePlace();
  if (place.dataDir !== undefined) return placeIn(resolve(place.dataDir), { isKept: place.kind === "profile" });
  return place.kind === "profile" ? placeIn(profileDirectory(place.profile), { isKept: true }) : privatePlace();
}

/** Passphrases go to the peer alone: whatever Chromium starts from here on inherits the environment. */
function taken(): Record<string, string> {
  const passphrase = process.env[passphraseVariable];
  delete process.env[passphraseVariable];
  return passphrase === undefined ? {} : { [passphraseVariable]: passphrase };
}
