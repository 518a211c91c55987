/**
 * One data channel: simple-peer over whichever WebRTC classes are handed in, node-datachannel's unless a test says
 * otherwise. Descriptions and candidates go in and out as signals; who carries them is not known here.
 *
 *   openLink ──► negotiating ──opened──► open ──close──► closing ──drained or lingerMs──► closed
 *                    └──── failed, time out ───┴── other side, overload ────────────────────┘ ended(reason)
 *
 * Invariants
 * 1. One frame in, one frame out, in order; none before `opened`, none after `ended`.
 * 2. At most `sendQueueBytesMax` wait here, and some 128 KiB in the channel: simple-peer writes while its buffered amount
 *    is below 64 KiB and goes on at `bufferedamountlow`.
 * 3. The dialler is connected last, and speaks first. Whoever speaks DTLS first must find the other side connected: its
 *    hello would be lost and come again only after a second. So the offer makes the dialler the DTLS client and carries a
 *    candidate; the responder checks it at once and answers when the check has succeeded; only then can the dialler check.
 */
import { cleanup, preload } from "node-datachannel";
import * as nodeDataChannel from "node-datachannel/polyfill";
import SimplePeer from "simple-peer";
import { isCandidateAt, splitDescription } from "./candidates.ts";
import { frameBytesMax } from "./limits.ts";
import { answerPatienceMs, dataChannelTimeoutMs, lingerMs, sendQueueBytesMax } from "./signalling-limits.ts";
import { strict } from "./strict.ts";

/** The W3C classes that simple-peer needs. */
export interface WebRtcClasses {
  readonly RTCPeerConnection: unknown;
  readonly RTCSessionDescription: unknown;
  readonly RTCIceCandidate: unknown;
}

export type Signal =
  | { readonly k: "offer"; readonly sdp: string }
  | { readonly k: "answer"; readonly sdp: string }
  | { readonly k: "candidate"; readonly candidate: string };

export type LinkEnd = "remoteClosed" | "negotiationFailed" | "protocolViolation" | "overloaded";

export interface LinkOptions {
  readonly isInitiator: boolean;
  readonly classes: WebRtcClasses;
  /** This side's address of the TCP connection: ICE binds to it alone. Absent: the stack's own choice. */
  readonly localHost?: string | undefined;
  /** The other side's: only candidates there are used. */
  readonly remoteHost: string;
  readonly signal: (signal: Signal) => void;
  readonly opened: () => void;
  readonly frame: (bytes: Uint8Array) => void;
  /** Once, and never after `close`. */
  readonly ended: (end: LinkEnd) => void;
}

export interface Link {
  signal(signal: Signal): void;
  sendFrame(bytes: Uint8Array): void;
  /** What was sent before leaves first, within `lingerMs`; resolves when the channel is closed. */
  close(): Promise<void>;
}

export function openLink(options: LinkOptions): Link {
  const peer = new SimplePeer({
    initiator: options.isInitiator,
    wrtc: options.classes,
    channelName: "earshot",
    channelConfig: { ordered: true },
    // Both are node-datachannel's own; other stacks ignore them.
    config: {
      iceServers: [],
      maxMessageSize: frameBytesMax,
      ...(options.localHost === undefined ? {} : { bindAddress: options.localHost }),
    },
    // A frame is an object to the stream: never merged, never split.
    readableObjectMode: true,
    // Means nothing while candidates trickle, but its timer would keep the process alive.
    iceCompleteTimeout: 1,
  } as SimplePeer.Options);
  const ownCandidates: Signal[] = [];
  const remoteCandidates: string[] = [];
  let ownDescription: Signal | undefined;
  let isOwnDescriptionSent = false;
  let isRemoteDescribed = false;
  let isChecked = false;
  let state: "negotiating" | "open" | "closing" | "closed" = "negotiating";
  let patience: NodeJS.Timeout | undefined;
  const timeout = setTimeout(() => end("negotiationFailed"), dataChannelTimeoutMs);

  peer.on("signal", (data: SimplePeer.SignalData) => {
    const signal = toSignal(data);
    if (signal === undefined) return;
    if (signal.k === "candidate") ownCandidates.push(signal);
    else ownDescription = signal;
    sendSignals();
  });
  peer.on("iceStateChange", (iceConnectionState: string) => {
    if (iceConnectionState === "connected" || iceConnectionState === "completed") checked();
  });
  peer.on("connect", () => {
    if (state !== "negotiating") return;
    clearTimers();
    state = "open";
    options.opened();
    // Frames that came before wait in the stream until somebody listens.
    peer.on("data", onData);
  });
  peer.on("error", (e) => console.log("ERR", options.isInitiator, e)); peer.on("error", () => end(state === "negotiating" ? "negotiationFailed" : "remoteClosed"));
  peer.on("close", () => end(state === "negotiating" ? "negotiationFailed" : "remoteClosed"));

  /** Invariant 3. */
  function sendSignals(): void {
    if (state !== "negotiating" || ownDescription === undefined) return;
    const isDue = options.isInitiator ? ownCandidates.length > 0 : isChecked;
    if (!isDue && !isOwnDescriptionSent) return;
    if (!isOwnDescriptionSent) options.signal(ownDescription);
    isOwnDescriptionSent = true;
    for (const candidate of ownCandidates.splice(0)) options.signal(candidate);
  }

  function checked(): void {
    isChecked = true;
    sendSignals();
  }

  function takeDescription(type: "offer" | "answer", sdp: string): void {
    isRemoteDescribed = true;
    const description = splitDescription(sdp);
    peer.signal({ type, sdp: description.sdp });
    for (const candidate of [...description.candidates, ...remoteCandidates.splice(0)]) takeCandidate(candidate);
    if (!options.isInitiator) patience = setTimeout(checked, answerPatienceMs);
  }

  function takeCandidate(candidate: string): void {
    if (!isCandidateAt(candidate, options.remoteHost)) return;
    if (!isRemoteDescribed) remoteCandidates.push(candidate);
    // simple-peer's types are the browser's.
    else peer.signal({ type: "candidate", candidate: { candidate, sdpMid: "0", sdpMLineIndex: 0 } } as SimplePeer.SignalData);
  }

  function onData(data: unknown): void {
    if (state !== "open") return;
    if (data instanceof Uint8Array && data.length <= frameBytesMax) options.frame(data);
    else end("protocolViolation");
  }

  function end(reason: LinkEnd): void {
    if (state === "closing" || state === "closed") return;
    state = "closed";
    clearTimers();
    peer.destroy();
    options.ended(reason);
  }

  function clearTimers(): void {
    clearTimeout(timeout);
    clearTimeout(patience);
  }

  return {
    signal(signal) {
      if (state !== "negotiating") return;
      if (signal.k === "candidate") return takeCandidate(signal.candidate);
      if (signal.k === (options.isInitiator ? "offer" : "answer") || isRemoteDescribed) return end("protocolViolation");
      takeDescription(signal.k, signal.sdp);
    },

    sendFrame(bytes) {
      strict(bytes.length <= frameBytesMax, "a frame is too large");
      if (state !== "open") return;
      peer.write(bytes);
      if (peer.writableLength > sendQueueBytesMax) end("overloaded");
    },

    async close() {
      clearTimers();
      if (state === "closed" || state === "closing") return;
      const wasOpen = state === "open";
      state = "closing";
      if (wasOpen) await drained(peer);
      state = "closed";
      const closed = new Promise<void>((resolve) => peer.once("close", () => resolve()));
      peer.destroy();
      await closed;
    },
  };
}

/** Until everything written has been handed to the channel and has left its buffer. */
async function drained(peer: SimplePeer.Instance): Promise<void> {
  const deadline = performance.now() + lingerMs;
  const written = new Promise<void>((resolve) => peer.end(() => resolve()));
  await Promise.race([written, pause(lingerMs), new Promise<void>((resolve) => peer.once("close", () => resolve()))]);
  while (!peer.destroyed && peer.bufferSize > 0 && performance.now() < deadline) await pause(5); await pause(100);
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

function toSignal(data: SimplePeer.SignalData): Signal | undefined {
  switch (data.type) {
    case "offer":
      return data.sdp === undefined ? undefined : { k: "offer", sdp: data.sdp.replace("a=setup:actpass", "a=setup:active") };
    case "answer":
      return data.sdp === undefined ? undefined : { k: "answer", sdp: data.sdp };
    case "candidate":
      return data.candidate.candidate === "" ? undefined : { k: "candidate", candidate: data.candidate.candidate };
    default:
      return undefined;
  }
}

/** simple-peer writes to the `sdp` of what these return, which the library's own class forbids. */
class PlainPeerConnection extends nodeDataChannel.RTCPeerConnection {
  override async createOffer(): Promise<{ type: "offer"; sdp: string }> {
    const { sdp } = await super.createOffer();
    return { type: "offer", sdp };
  }

  override async createAnswer(): Promise<{ type: "answer"; sdp: string }> {
    const { sdp } = await super.createAnswer();
    return { type: "answer", sdp };
  }
}

export function nodeDataChannelClasses(): WebRtcClasses {
  // Without it the first link of a process pays for the library's start.
  preload();
  return {
    RTCPeerConnection: PlainPeerConnection,
    RTCSessionDescription: nodeDataChannel.RTCSessionDescription,
    RTCIceCandidate: nodeDataChannel.RTCIceCandidate,
  };
}

/** Ends the library's threads, for all links of this process. Without it the process may not end by itself. */
export function releaseNodeDataChannel(): void {
  cleanup();
}
