/** Small multiples over the number of peers, as one SVG that follows the reader's light or dark. Pure: figures in, text out. */

export interface Point {
  readonly peers: number;
  readonly value: number;
}

export interface Panel {
  readonly title: string;
  /** What the vertical axis counts. */
  readonly unit: string;
  readonly axis: "linear" | "log";
  readonly measured: readonly Point[];
  readonly baseline?: readonly Point[];
  readonly baselineName?: string;
  readonly aim?: number;
}

const panelWidth = 316;
const panelHeight = 220;
const columns = 3;
const plot = { left: 46, right: 14, top: 46, bottom: 30 } as const;
const headHeight = 64;

const style = `
  text { font: 12px system-ui, "Segoe UI", Roboto, sans-serif; fill: var(--ink); }
  .title { font-size: 13px; font-weight: 600; }
  .head { font-size: 16px; font-weight: 600; }
  .soft { fill: var(--soft); }
  .small { font-size: 11px; }
  .end { text-anchor: end; } .middle { text-anchor: middle; }
  .paper { fill: var(--paper); }
  .grid { stroke: var(--grid); stroke-width: 1; }
  .measured { stroke: var(--measured); stroke-width: 2; fill: none; stroke-linejoin: round; }
  .dot { fill: var(--measured); stroke: var(--paper); stroke-width: 1.5; }
  .baseline { stroke: var(--baseline); stroke-width: 1.5; fill: none; }
  .aim { stroke: var(--aim); stroke-width: 1.5; stroke-dasharray: 5 4; }
  .aimText { fill: var(--aim); font-size: 11px; }
  .halo { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
  .baselineText { fill: var(--soft); font-size: 11px; }
  svg { --paper: #ffffff; --ink: #1f2328; --soft: #59636e; --grid: #e4e8ec; --measured: #0b69c7; --baseline: #9aa4ae; --aim: #b3431c; }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #0f1419; --ink: #e6e9ec; --soft: #9aa4ae; --grid: #2a323a; --measured: #5aa9f8; --baseline: #6b7680; --aim: #f0915f; }
  }
`;

export function drawChart(heading: string, panels: readonly Panel[]): string {
  const width = columns * panelWidth + 16;
  const height = headHeight + Math.ceil(panels.length / columns) * panelHeight + 8;
  const drawn = panels.map((panel, place) => {
    const x = 8 + (place % columns) * panelWidth;
    const y = headHeight + Math.floor(place / columns) * panelHeight;
    return `<g transform="translate(${x} ${y})">${drawPanel(panel)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(heading)}">`,
    `<style>${style}</style>`,
    `<rect class="paper" width="${width}" height="${height}" rx="8"/>`,
    `<text class="head" x="24" y="28">${escaped(heading)}</text>`,
    legend(24, 48),
    ...drawn,
    "</svg>",
    "",
  ].join("\n");
}

function legend(x: number, y: number): string {
  return (
    `<line class="measured" x1="${x}" y1="${y - 4}" x2="${x + 24}" y2="${y - 4}"/><text class="small" x="${x + 30}" y="${y}">measured</text>` +
    `<line class="baseline" x1="${x + 104}" y1="${y - 4}" x2="${x + 128}" y2="${y - 4}"/><text class="small" x="${x + 134}" y="${y}">calculated for the simpler way</text>` +
    `<line class="aim" x1="${x + 316}" y1="${y - 4}" x2="${x + 340}" y2="${y - 4}"/><text class="small" x="${x + 346}" y="${y}">aim at 1,000</text>`
  );
}

function drawPanel(panel: Panel): string {
  const scale = scaleOf(panel);
  const [left, right, top, bottom] = [plot.left, panelWidth - plot.right, plot.top, panelHeight - plot.bottom];
  const sizes = panel.measured.map(({ peers }) => peers);
  const [smallest = 1, largest = 10] = [Math.min(...sizes), Math.max(...sizes)];
  const span = Math.log(largest) - Math.log(smallest) || 1;
  const xOf = (peers: number): number => left + ((Math.log(peers) - Math.log(smallest)) / span) * (right - left);
  const yOf = (value: number): number => bottom - scale.place(value) * (bottom - top);
  const path = (points: readonly Point[]): string =>
    points.map(({ peers, value }, place) => `${place === 0 ? "M" : "L"}${round(xOf(peers))} ${round(yOf(value))}`).join(" ");
  const parts = [
    `<text class="title" x="${left - 30}" y="16">${escaped(panel.title)}</text>`,
    `<text class="soft small" x="${left - 30}" y="32">${escaped(panel.unit)}</text>`,
  ];
  for (const tick of scale.ticks) {
    const y = round(yOf(tick));
    parts.push(`<line class="grid" x1="${left}" x2="${right}" y1="${y}" y2="${y}"/>`);
    parts.push(`<text class="soft small end" x="${left - 6}" y="${y + 4}">${short(tick)}</text>`);
  }
  for (const peers of sizes)
    parts.push(`<text class="soft small middle" x="${round(xOf(peers))}" y="${bottom + 18}">${short(peers)}</text>`);
  const { aim, baseline, baselineName } = panel;
  if (baseline !== undefined) {
    parts.push(`<path class="baseline" d="${path(baseline)}"/>`);
    const middle = baseline[Math.floor(baseline.length / 2)];
    if (baselineName !== undefined && middle !== undefined)
      parts.push(
        `<text class="baselineText end halo" x="${round(xOf(middle.peers) - 6)}" y="${round(yOf(middle.value) - 5)}">${escaped(baselineName)}</text>`,
      );
  }
  if (aim !== undefined) {
    const y = round(yOf(aim));
    parts.push(`<line class="aim" x1="${left}" x2="${right}" y1="${y}" y2="${y}"/>`);
    parts.push(`<text class="aimText end" x="${right}" y="16">aim ≤ ${short(aim)}</text>`);
  }
  parts.push(`<path class="measured" d="${path(panel.measured)}"/>`);
  for (const { peers, value } of panel.measured)
    parts.push(
      `<circle class="dot" cx="${round(xOf(peers))}" cy="${round(yOf(value))}" r="4"><title>${peers} peers: ${precise(value)}</title></circle>`,
    );
  const last = panel.measured.at(-1);
  if (last !== undefined) {
    const y = round(yOf(last.value) + (yOf(last.value) < top + 24 ? 20 : -9));
    parts.push(`<text class="end halo" x="${right}" y="${y}">${precise(last.value)}</text>`);
  }
  return parts.join("\n");
}

interface Scale {
  readonly ticks: readonly number[];
  /** 0 at the bottom, 1 at the top. */
  place(value: number): number;
}

function scaleOf({ axis, measured, baseline = [], aim }: Panel): Scale {
  const values = [...measured, ...baseline].map(({ value }) => value);
  if (aim !== undefined) values.push(aim);
  const highest = Math.max(...values);
  if (axis === "linear") {
    const step = stepFor(highest);
    const top = Math.ceil(highest / step) * step;
    return { ticks: Array.from({ length: Math.round(top / step) + 1 }, (_, place) => place * step), place: (value) => value / top };
  }
  const from = Math.floor(Math.log10(Math.max(Math.min(...values), 1e-3)) + 1e-9);
  const to = Math.max(from + 1, Math.ceil(Math.log10(highest) - 1e-9));
  return {
    ticks: Array.from({ length: to - from + 1 }, (_, place) => 10 ** (from + place)),
    place: (value) => Math.max(0, (Math.log10(Math.max(value, 1e-3)) - from) / (to - from)),
  };
}

/** Five to eight ticks. */
function stepFor(highest: number): number {
  const power = 10 ** Math.floor(Math.log10(highest));
  return [0.2, 0.5, 1, 2].map((part) => part * power).find((step) => highest / step <= 8) ?? power;
}

function short(value: number): string {
  if (value >= 1_000_000) return `${value / 1_000_000}M`;
  return value >= 10_000 ? `${value / 1_000}k` : value.toLocaleString("en");
}

function precise(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : String(Math.round(value * 100) / 100);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
