/**
 * One data channel: simple-peer over whichever WebRTC classes are handed in, node-datachannel's unless a test says
 * otherwise. Descriptions and candidates go in and out as signals; who carries them is not known here.
 *
 *   openLink ──► negotiating ──opened──► open ──close──► closing ──drained or lingerMs──► closed
 *                    └──── failed, time out ───┴── other side, overload ────────────────────┘ ended(reason)
 *
 * Invariants
 * 1. One frame in, one frame out, in order; none before `opened`, none after `ended`.
 * 2. An empty message is no frame: it is the last one, and whoever reads it closes the channel.
 * 3. At most `sendQueueBytesMax` wait here, and some 128 KiB in the channel: simple-peer writes while its buffered amount
 *    is below 64 KiB and goes on at `bufferedamountlow`.
 * 4. The dialler is connected first. The responder begins its own connectivity checks only when the dialler's come, which is
 *    after the dialler has taken the answer. Were it to begin at once, ICE would stand, and DTLS be over, before the dialler's
 *    libdatachannel has stored the fingerprint that it verifies: one link in fifteen failed, others lost a second.
 */
import { cleanup, preload } from "node-datachannel";
import * as nodeDataChannel from "node-datachannel/polyfill";
import SimplePeer from "simple-peer";
import { isCandidateAt, placeOf, splitDescription } from "./candidates.ts";
import { frameBytesMax } from "./limits.ts";
import { candidatePatienceMs, dataChannelTimeoutMs, lingerMs, sendQueueBytesMax } from "./signalling-limits.ts";
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
  let isDescribed = false;
  const remoteCandidates: string[] = [];
  /** Most stacks name a candidate twice, in the description and by itself; checks of the second would slow the first. */
  const usedPlaces = new Set<string>();
  let isRemoteDescribed = false;
  let usesCandidates = false;
  let state: "negotiating" | "open" | "closing" | "closed" = "negotiating";
  let patience: NodeJS.Timeout | undefined;
  const timeout = setTimeout(() => end("negotiationFailed"), dataChannelTimeoutMs);

  peer.on("signal", (data: SimplePeer.SignalData) => {
    const signal = toSignal(data);
    if (signal === undefined || state !== "negotiating") return;
    if (signal.k === "candidate") ownCandidates.push(signal);
    else isDescribed = true;
    if (signal.k !== "candidate") options.signal(signal);
    // A candidate without its description is of no use to the other side yet.
    if (isDescribed) for (const candidate of ownCandidates.splice(0)) options.signal(candidate);
  });
  peer.on("connect", () => {
    if (state !== "negotiating") return;
    clearTimers();
    state = "open";
    options.opened();
    // Frames that came before wait in the stream until somebody listens.
    peer.on("data", onData);
  });
  peer.on("error", () => end(state === "negotiating" ? "negotiationFailed" : "remoteClosed"));
  peer.on("close", () => end(state === "negotiating" ? "negotiationFailed" : "remoteClosed"));

  function takeDescription(type: "offer" | "answer", sdp: string): void {
    isRemoteDescribed = true;
    const description = splitDescription(sdp);
    remoteCandidates.push(...description.candidates);
    peer.signal({ type, sdp: description.sdp });
    if (options.isInitiator) useCandidates();
    else patience = setTimeout(useCandidates, candidatePatienceMs);
  }

  /** Invariant 4. */
  function useCandidates(): void {
    usesCandidates = true;
    for (const candidate of remoteCandidates.splice(0)) useCandidate(candidate);
  }

  function useCandidate(candidate: string): void {
    if (!isCandidateAt(candidate, options.remoteHost) || usedPlaces.has(placeOf(candidate))) return;
    usedPlaces.add(placeOf(candidate));
    // simple-peer's types are the browser's.
    peer.signal({ type: "candidate", candidate: { candidate, sdpMid: "0", sdpMLineIndex: 0 } } as SimplePeer.SignalData);
  }

  function onData(data: unknown): void {
    if (state !== "open") return;
    if (!(data instanceof Uint8Array) || data.length > frameBytesMax) end("protocolViolation");
    else if (data.length === 0) end("remoteClosed");
    else options.frame(data);
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
      if (signal.k === "candidate") {
        if (usesCandidates) useCandidate(signal.candidate);
        else remoteCandidates.push(signal.candidate);
        return;
      }
      if (signal.k === (options.isInitiator ? "offer" : "answer") || isRemoteDescribed) return end("protocolViolation");
      takeDescription(signal.k, signal.sdp);
    },

    sendFrame(bytes) {
      strict(bytes.length > 0 && bytes.length <= frameBytesMax, "a frame has 1 to frameBytesMax bytes");
      if (state !== "open") return;
      peer.write(bytes);
      if (peer.writableLength > sendQueueBytesMax) end("overloaded");
    },

    async close() {
      clearTimers();
      if (state === "closed" || state === "closing") return;
      const wasOpen = state === "open";
      state = "closing";
      const closed = new Promise<void>((resolve) => peer.once("close", () => resolve()));
      if (wasOpen) {
        // The channel drops what is under way when it is closed. So the other side closes it, when it has read the empty message.
        peer.write(new Uint8Array(0));
        await Promise.race([closed, pause(lingerMs)]);
      }
      state = "closed";
      peer.destroy();
      await closed;
    },
  };
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs).unref();
  });
}

function toSignal(data: SimplePeer.SignalData): Signal | undefined {
  switch (data.type) {
    case "offer":
    case "answer":
      return data.sdp === undefined ? undefined : { k: data.type, sdp: data.sdp };
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
