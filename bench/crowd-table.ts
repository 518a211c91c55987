/** What was predicted and what was measured, side by side, in Markdown. */
import type { LinkEnds } from "../tests/lab/crowd-links.ts";
import { type CrowdPlan, conversationNames } from "../tests/lab/crowd-plan.ts";
import type { ConversationFigures, Spread } from "./crowd-figures.ts";
import type { Cost, CrowdMeasurement, Extent } from "./crowd-measure.ts";
import type { CrowdPrediction, Sending } from "./crowd-prediction.ts";
import { ms } from "./stats.ts";

/** What one frame costs on the cable beside itself: SCTP chunk and header, DTLS, UDP, IP, Ethernet. */
const headerBytes = 28 + 37 + 42;
/** Each frame is acknowledged in a packet of its own. */
const packetsPerFrame = 2;
const kindsShown = 4;

type Line = readonly [what: string, predicted: string, measured: string];

export function crowdTable(plan: CrowdPlan, predicted: CrowdPrediction, measured: CrowdMeasurement): string {
  const { peers, messagesPerSecond, seconds, lossPercent, megabits } = plan;
  return [
    `| ${peers} peers, ${messagesPerSecond} messages/s for ${seconds} s, ${lossPercent} % loss, ${megabits} Mbit/s | predicted (virtual time) | measured |`,
    "| --- | --- | --- |",
    ...[...outcomeLines(predicted, measured), ...costLines(predicted, measured)].map((cells) => `| ${cells.join(" | ")} |`),
  ].join("\n");
}

function outcomeLines(predicted: CrowdPrediction, measured: CrowdMeasurement): Line[] {
  const conversation = (what: string, of: (figures: ConversationFigures) => Spread): Line[] =>
    conversationNames.map((name) => [
      `${name}: ${what}: p50, p99, max`,
      times(of(predicted.conversations[name])),
      times(of(measured.conversations[name])),
    ]);
  return [
    [
      "messages; lost, doubled, out of order, different",
      `${predicted.messages}; ${predicted.problems.length}`,
      `${measured.messages}; ${measured.problems}`,
    ],
    ["shown on other screens, of those owed", deliveries(predicted), deliveries(measured)],
    ["everything everywhere after the last message", "—", ms(measured.settleMs)],
    ["hosts killed; all name the next after: p50, p99, max", agreement(predicted), agreement(measured)],
    ...conversation("to each other screen, calm", ({ calm }) => calm),
    ...conversation("the same within 5 s of a host's death", ({ upheaval }) => upheaval),
    ...conversation("acknowledged by everybody, calm", ({ acknowledged }) => acknowledged),
    ["links of one peer, before the talk", predicted.linksPerPeer.toFixed(1), measured.linksPerPeer.toFixed(1)],
    ["links ended while they talked", ends(predicted.linkEnds), ends(measured.linkEnds)],
    ["connections closed, by reason", reasons(predicted.closed), "not told to windows"],
  ];
}

function costLines({ idle, talking, ...predicted }: CrowdPrediction, measured: CrowdMeasurement): Line[] {
  const { cpuMicrosecondsPerInput: microseconds, inputsPerSecond: inputs, heapMegabytes: heap } = predicted;
  const core = `${((microseconds * inputs) / 10_000).toFixed(2)} % (core alone: ${microseconds.toFixed(0)} µs an input, ${inputs.toFixed(0)} inputs/s)`;
  const { residentMegabytes: memory, machinePercent: machine } = measured.talking;
  return [
    ["frames one peer sends, idle", frames(idle), "sealed"],
    ["the same while they talk", frames(talking), "sealed"],
    ["on the cable of one peer, both ways, idle", cable(idle), wire(measured.idle)],
    ["the same while they talk", cable(talking), wire(measured.talking)],
    ["processor of one peer, idle: all threads (main thread): mean, max", "—", processor(measured.idle)],
    ["the same while they talk", core, processor(measured.talking)],
    [
      "memory of one peer: start → end of the talk (max)",
      `${heap[0].toFixed(1)} → ${heap[1].toFixed(1)} MB of objects`,
      `${memory.start.mean.toFixed(0)} → ${memory.end.mean.toFixed(0)} MB resident (${memory.most.toFixed(0)})`,
    ],
    ["of one core: all peers, their driver, everything else", "—", [machine.peers, machine.driver, machine.others].map(percent).join(", ")],
    ["the driver's own lateness, p99", "—", ms(measured.talking.driverLateP99Ms)],
    ["started; and one host for all; and all in the room", "—", [measured.startMs, measured.agreeMs, measured.joinMs].map(ms).join(", ")],
  ];
}

function times(spread: Spread): string {
  return spread === null ? "none" : `${[spread.p50, spread.p99, spread.max].map(ms).join(", ")} (n=${spread.count})`;
}

function deliveries({ deliveries: shown, owedDeliveries: owed }: CrowdPrediction | CrowdMeasurement): string {
  return `${shown} of ${owed}`;
}

function agreement({ hostsKilled, agreedAfterMs }: CrowdPrediction | CrowdMeasurement): string {
  return `${hostsKilled}; ${times(agreedAfterMs)}`;
}

function ends({ killed, living, failed, flooding }: LinkEnds): string {
  return `other end killed ${killed}, both alive ${living}; failed to open ${failed}, floods ${flooding}`;
}

function reasons(closed: CrowdPrediction["closed"]): string {
  return (
    Object.entries(closed)
      .map(([reason, count]) => `${reason} ${count}`)
      .join(", ") || "none"
  );
}

function frames({ frames: all, kinds }: Sending): string {
  const most = kinds.slice(0, kindsShown).map(([kind, count]) => `${kind} ${count.toFixed(1)}`);
  return `${all.toFixed(0)}/s: ${most.join(", ")}`;
}

/** Calculated: as many frames come as go. Discovery is not in it. */
function cable({ frames: sent, bytes }: Sending): string {
  const packets = 2 * packetsPerFrame * sent;
  return `${((2 * bytes + packets * headerBytes) / 1_024).toFixed(1)} KB/s, ${packets.toFixed(0)} packets/s`;
}

function wire({ wire: { bytesPerSecond, packetsPerSecond } }: Cost): string {
  return `${(bytesPerSecond / 1_024).toFixed(1)} KB/s, ${packetsPerSecond.toFixed(0)} packets/s`;
}

function processor({ cpuPercent, mainThreadPercent }: Cost): string {
  const extent = ({ mean, max }: Extent): string => `${mean.toFixed(2)}, ${max.toFixed(2)} %`;
  return `${extent(cpuPercent)} (${extent(mainThreadPercent)})`;
}

function percent(value: number): string {
  return `${value.toFixed(0)} %`;
}
