/**
 * Tells and asks by mDNS (RFC 6762, RFC 6763) who is here: one instance for each interface, since an instance sends on
 * one only. Group membership does not survive sleep or a new address, so instances are rebuilt when interfaces change.
 *
 * Invariants
 * 1. Nothing here keeps anybody alive or declares anybody gone: sightings are all it gives.
 * 2. An error of one interface (no route, no such address) ends neither the others nor the process.
 * 3. `stop` says goodbye on every interface, within `goodbyeMs`.
 */
import { chosenAddresses } from "./interfaces.node.ts";
import { interfacesCheckMs, sleepSuspectedMs } from "./limits.ts";
import { startVoice, type Voice, type VoiceOptions } from "./voice.node.ts";

export type MdnsOptions = VoiceOptions;

export interface Mdns {
  /** A link to this peer stands, or is no more. When the last one has gone, who is here is asked as at the start. */
  linkChanged(peerId: string, isLinked: boolean): void;
  /** Somebody was lost without a goodbye: the next question is to be answered by all. */
  peerLost(): void;
  stop(): Promise<void>;
}

export function startMdns(options: MdnsOptions): Mdns {
  let voices = new Map<string, Voice>();
  const linked = new Set<string>();
  // Wall time: the monotonic clock of Linux stands still while the machine sleeps.
  let lookedAt = Date.now();
  const refresh = (isAfterSleep: boolean): void => {
    const wanted = new Map(chosenAddresses(options.interfaces).map((address) => [address.host, address]));
    for (const [host, voice] of voices) {
      if (wanted.has(host) && !isAfterSleep) continue;
      voices.delete(host);
      void voice.stop();
    }
    for (const [host, address] of wanted) if (!voices.has(host)) voices.set(host, startVoice(options, address));
  };
  refresh(false);
  const timer = setInterval(() => {
    const now = Date.now();
    refresh(now - lookedAt > sleepSuspectedMs);
    lookedAt = now;
  }, interfacesCheckMs);
  timer.unref();
  return {
    linkChanged(peerId, isLinked) {
      if (isLinked) linked.add(peerId);
      else if (linked.delete(peerId) && linked.size === 0) for (const voice of voices.values()) voice.hurry();
    },
    peerLost() {
      for (const voice of voices.values()) voice.forget();
    },
    async stop() {
      clearInterval(timer);
      const all = [...voices.values()];
      voices = new Map();
      await Promise.all(all.map((voice) => voice.stop()));
    },
  };
}
