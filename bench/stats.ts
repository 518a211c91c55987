/** Medians, percentiles, and a table that a person can read. */

export interface Row {
  readonly what: string;
  readonly value: string;
  readonly baseline: string;
  readonly aim: string;
}

export function percentile(samples: readonly number[], fraction: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(fraction * sorted.length))] ?? Number.NaN;
}

export function median(samples: readonly number[]): number {
  return percentile(samples, 0.5);
}

export function ms(value: number): string {
  return value < 10 ? `${value.toFixed(2)} ms` : `${value.toFixed(0)} ms`;
}

export function spread(samples: readonly number[]): string {
  return `p50 ${ms(median(samples))}, p99 ${ms(percentile(samples, 0.99))} (n=${samples.length})`;
}

export function printTable(rows: readonly Row[]): void {
  const all = [{ what: "what", value: "measured", baseline: "baseline, same run", aim: "aim" }, ...rows];
  const width = (key: keyof Row): number => Math.max(...all.map((row) => row[key].length));
  const [what, value, baseline] = [width("what"), width("value"), width("baseline")];
  for (const row of all) {
    console.log(`${row.what.padEnd(what)}  ${row.value.padEnd(value)}  ${row.baseline.padEnd(baseline)}  ${row.aim}`);
  }
}
