/** Frame times one after the other, as one SVG that follows the reader's light or dark. Pure: figures in, text out. */

export interface FrameSeries {
  readonly name: string;
  /** Between one frame and the next, in ms. */
  readonly frames: readonly number[];
}

const width = 960;
const panelHeight = 150;
const plot = { left: 56, right: 20, top: 34, bottom: 22 } as const;
const headHeight = 44;
/** Higher ones are cut off here, and marked. */
const mostMs = 66.7;

const style = `
  text { font: 12px system-ui, "Segoe UI", Roboto, sans-serif; fill: var(--ink); }
  .head { font-size: 16px; font-weight: 600; }
  .title { font-weight: 600; }
  .soft { fill: var(--soft); font-size: 11px; }
  .end { text-anchor: end; }
  .paper { fill: var(--paper); }
  .aim { stroke: var(--aim); stroke-width: 1; stroke-dasharray: 5 4; }
  .frames { fill: none; stroke: var(--measured); stroke-width: 1; }
  svg { --paper: #ffffff; --ink: #1f2328; --soft: #59636e; --measured: #0b69c7; --aim: #b3431c; }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #0f1419; --ink: #e6e9ec; --soft: #9aa4ae; --measured: #5aa9f8; --aim: #f0915f; }
  }
`;

export function drawFrames(heading: string, series: readonly FrameSeries[]): string {
  const height = headHeight + series.length * panelHeight + 8;
  const most = Math.max(1, ...series.map(({ frames }) => frames.reduce((sum, one) => sum + one, 0)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(heading)}">`,
    `<style>${style}</style>`,
    `<rect class="paper" width="${width}" height="${height}" rx="8"/>`,
    `<text class="head" x="24" y="28">${escaped(heading)}</text>`,
    ...series.map((one, place) => `<g transform="translate(0 ${headHeight + place * panelHeight})">${drawSeries(one, most)}</g>`),
    "</svg>",
    "",
  ].join("\n");
}

function drawSeries({ name, frames }: FrameSeries, spanMs: number): string {
  const bottom = panelHeight - plot.bottom;
  const x = (at: number): string => (plot.left + (at / spanMs) * (width - plot.left - plot.right)).toFixed(1);
  const y = (taken: number): string => (bottom - (Math.min(taken, mostMs) / mostMs) * (bottom - plot.top)).toFixed(1);
  let at = 0;
  const points = frames.map((taken) => {
    at += taken;
    return `${x(at)},${y(taken)}`;
  });
  const cut = frames.filter((taken) => taken > mostMs).length;
  const more = cut === 0 ? "" : `; ${cut} longer than ${Math.round(mostMs)} ms`;
  return [
    `<text class="title" x="${plot.left}" y="18">${escaped(name)}</text>`,
    `<text class="soft end" x="${width - plot.right}" y="18">${frames.length} frames in ${(at / 1_000).toFixed(1)} s${more}</text>`,
    ...[16.7, 33.3].map(
      (line) =>
        `<line class="aim" x1="${plot.left}" x2="${width - plot.right}" y1="${y(line)}" y2="${y(line)}"/><text class="soft end" x="${plot.left - 6}" y="${Number(y(line)) + 4}">${line} ms</text>`,
    ),
    `<polyline class="frames" points="${points.join(" ")}"/>`,
  ].join("\n");
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
