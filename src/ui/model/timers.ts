/** How long messages stay, in words. */

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const week = 7 * day;

/** What people choose from; null: messages stay. */
export const timerChoices: readonly (number | null)[] = [null, 5 * minute, hour, day, week, 4 * week];

const units = [
  [week, "week", "weeks"],
  [day, "day", "days"],
  [hour, "hour", "hours"],
  [minute, "minute", "minutes"],
  [second, "second", "seconds"],
] as const;

/** "1 day", "90 minutes": in the largest unit that is exact. */
export function durationWords(ms: number): string {
  return countOf(ms, units.find(([unit]) => ms >= unit && ms % unit === 0) ?? units[4]);
}

/** "3 hours", "less than a minute": in the largest unit, rounded; what has just begun reads as the whole. */
export function leftWords(ms: number): string {
  if (ms < nearly * minute) return "less than a minute";
  return countOf(ms, units.find(([unit]) => ms >= nearly * unit) ?? units[4]);
}
const nearly = 0.98;

function countOf(ms: number, [unit, one, many]: (typeof units)[number]): string {
  const count = Math.max(1, Math.round(ms / unit));
  return `${count} ${count === 1 ? one : many}`;
}
