/** The figures of all sizes as one table, each beside its aim, and as a chart. Pure. */
import { drawChart, type Panel } from "./chart.ts";
import type { ScaleFigures, Spread } from "./scale-figures.ts";

/** What a thousand peers should cost at most. */
const aims = { links: 32, idleBytes: 2_048, copies: 1.3, hops: 6, delivered: 0.999, agreementMs: 500 } as const;

interface Line {
  readonly what: string;
  readonly aim: string;
  readonly cell: (figures: ScaleFigures) => string;
  readonly holds?: (figures: ScaleFigures) => boolean;
}

const lines: readonly Line[] = [
  {
    what: "links per peer: mean, max",
    aim: `max ≤ ${aims.links}`,
    cell: ({ links }) => `${fixed(links.mean)}, ${links.max}`,
    holds: ({ links }) => links.max <= aims.links,
  },
  { what: "idle: frames per peer and second", aim: "reported", cell: ({ idle }) => fixed(idle.frames) },
  {
    what: "idle: bytes per peer and second (busiest peer)",
    aim: "mean ≤ 2 KB",
    cell: ({ idle }) => `${whole(idle.bytes)} (${whole(idle.bytesMax)})`,
    holds: ({ idle }) => idle.bytes <= aims.idleBytes,
  },
  { what: "— full mesh, calculated", aim: "", cell: ({ baseline }) => whole(baseline.meshIdleBytes) },
  {
    what: "per delivered broadcast: frames, bytes",
    aim: "reported",
    cell: ({ broadcast }) => `${fixed(broadcast.frames)}, ${whole(broadcast.bytes)}`,
  },
  { what: "— full mesh: bytes that its author sends, calculated", aim: "", cell: ({ baseline }) => whole(baseline.meshAuthorBytes) },
  {
    what: "copies per delivered broadcast",
    aim: `≤ ${aims.copies}`,
    cell: ({ broadcast }) => broadcast.copies.toFixed(3),
    holds: ({ broadcast, hops }) => broadcast.copies <= aims.copies && hops.missing === 0,
  },
  { what: "— flooding on the same links, calculated", aim: "", cell: ({ baseline }) => baseline.floodCopies.toFixed(1) },
  {
    what: "hops: p50, p99, last receiver of all",
    aim: `p99 ≤ ${aims.hops}`,
    cell: ({ hops }) => `${hops.p50}, ${hops.p99}, ${hops.max}${missing(hops)}`,
    holds: ({ hops }) => hops.p99 <= aims.hops && hops.missing === 0,
  },
  {
    what: "delay: p50, p99 of receivers",
    aim: "reported",
    cell: ({ delayMs }) => `${time(delayMs.p50)}, ${time(delayMs.p99)}${missing(delayMs)}`,
  },
  {
    what: "delay to the last peer: p50, p99 of broadcasts",
    aim: "reported",
    cell: ({ lastDelayMs }) => `${time(lastDelayMs.p50)}, ${time(lastDelayMs.p99)}${missing(lastDelayMs)}`,
  },
  { what: "join → everybody lists the newcomer: p50, max", aim: "reported", cell: ({ join }) => middleAndMax(join.listedMs) },
  { what: "join → it lists everybody and shows the lobby: p50, max", aim: "reported", cell: ({ join }) => middleAndMax(join.readyMs) },
  {
    what: "host's process killed → all name the same new one: p50, max",
    aim: "p50 ≤ 500 ms",
    cell: ({ host }) => middleAndMax(host.killedMs),
    holds: ({ host }) => host.killedMs.p50 <= aims.agreementMs && host.killedMs.missing === 0,
  },
  { what: "host's cable pulled → the same", aim: "reported", cell: ({ host }) => middleAndMax(host.silentMs) },
  {
    what: "30 % cut off at once: delivered within 10 s, slowest",
    aim: "≥ 99.9 %, all after repair",
    cell: ({ vanish }) => vanishing(vanish.silent),
    holds: ({ vanish }) => vanish.silent.withinTenSeconds >= aims.delivered && vanish.silent.longestMs !== undefined,
  },
  {
    what: "30 % killed at once: delivered within 10 s, slowest",
    aim: "≥ 99.9 %, all after repair",
    cell: ({ vanish }) => vanishing(vanish.killed),
    holds: ({ vanish }) => vanish.killed.withinTenSeconds >= aims.delivered && vanish.killed.longestMs !== undefined,
  },
  {
    what: "everybody talks with one other: frames/s of host, median peer",
    aim: "reported",
    cell: ({ pairs }) =>
      `${fixed(pairs.host)}, ${fixed(pairs.median)}${pairs.delivered === 1 ? "" : `, ${part(pairs.delivered)} delivered`}`,
  },
  { what: "— the same when idle", aim: "", cell: ({ pairs }) => `${fixed(pairs.idleHost)}, ${fixed(pairs.idleMedian)}` },
  { what: "the simulation: CPU, memory", aim: "", cell: ({ cost }) => `${whole(cost.cpuSeconds)} s, ${whole(cost.memoryMb)} MB` },
];

/** In Markdown. ✓ and ✗ say whether an aim, which is meant for a thousand peers, holds at that size. */
export function scaleTable(all: readonly ScaleFigures[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    row(["peers", ...all.map(({ peers }) => peers.toLocaleString("en")), "aim"]),
    row(["---", ...all.map(() => "---:"), "---"]),
    ...lines.map(({ what, aim, cell, holds }) =>
      row([what, ...all.map((figures) => cell(figures) + (holds === undefined ? "" : holds(figures) ? " ✓" : " ✗")), aim]),
    ),
  ].join("\n");
}

/** What has an aim, at one size. */
export function heldAims(figures: ScaleFigures): { what: string; value: string; aim: string; holds: boolean }[] {
  return lines.flatMap(({ what, aim, cell, holds }) =>
    holds === undefined ? [] : [{ what, value: cell(figures), aim, holds: holds(figures) }],
  );
}

export function scaleChart(all: readonly ScaleFigures[]): string {
  const over = (read: (figures: ScaleFigures) => number): { peers: number; value: number }[] =>
    all.map((figures) => ({ peers: figures.peers, value: read(figures) })).filter(({ value }) => Number.isFinite(value));
  const panels: Panel[] = [
    {
      title: "Links per peer",
      unit: "the most that any peer holds",
      axis: "log",
      measured: over(({ links }) => links.max),
      baseline: over(({ peers }) => peers - 1),
      baselineName: "full mesh",
      aim: aims.links,
    },
    {
      title: "Idle traffic",
      unit: "bytes a peer sends each second",
      axis: "log",
      measured: over(({ idle }) => idle.bytes),
      baseline: over(({ baseline }) => baseline.meshIdleBytes),
      baselineName: "full mesh",
      aim: aims.idleBytes,
    },
    {
      title: "Copies of a broadcast",
      unit: "that a peer receives",
      axis: "log",
      measured: over(({ broadcast }) => broadcast.copies),
      baseline: over(({ baseline }) => baseline.floodCopies),
      baselineName: "flooding",
      aim: aims.copies,
    },
    { title: "Hops of a broadcast", unit: "p99 of receivers", axis: "linear", measured: over(({ hops }) => hops.p99), aim: aims.hops },
    {
      title: "Joining",
      unit: "ms until everybody lists the newcomer, median",
      axis: "log",
      measured: over(({ join }) => join.listedMs.p50),
    },
    {
      title: "The host dies",
      unit: "ms until everybody names the same new one, median",
      axis: "log",
      measured: over(({ host }) => host.killedMs.p50),
      aim: aims.agreementMs,
    },
  ];
  const [first, last] = [all[0], all.at(-1)].map((figures) => figures?.peers.toLocaleString("en") ?? "");
  return drawChart(`What it costs to be many: ${first} to ${last} peers, simulated`, panels);
}

const fixed = (value: number): string => value.toFixed(1);
const whole = (value: number): string => Math.round(value).toLocaleString("en");
const part = (value: number): string => `${(Math.floor(value * 1e4) / 100).toFixed(2)} %`;

function time(ms: number): string {
  if (Number.isNaN(ms)) return "never";
  return ms < 10_000 ? `${whole(ms)} ms` : `${fixed(ms / 1_000)} s`;
}

const missing = ({ count, missing: lost }: Spread): string => (lost === 0 ? "" : ` (${lost} of ${count + lost} missing)`);
const middleAndMax = (spread: Spread): string => `${time(spread.p50)}, ${time(spread.max)}${missing(spread)}`;

function vanishing({ withinTenSeconds, longestMs }: ScaleFigures["vanish"]["silent"]): string {
  return `${part(withinTenSeconds)}, ${longestMs === undefined ? "not all" : time(longestMs)}`;
}
