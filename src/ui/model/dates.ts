/** Times in words, as the platform writes them: locale and time zone are handed in, so is the present. */

export interface DateWords {
  /** "09:41" */
  time(at: number): string;
  /** "Today", "Yesterday", "Friday 20 November" */
  day(at: number, now: number): string;
  /** "20 November 2026" */
  longDay(at: number): string;
  /** The whole of it, for a tooltip. */
  full(at: number): string;
  /** "3 minutes ago"; a time ahead of ours (clocks disagree) is now. */
  ago(at: number, now: number): string;
  /** The same for all times of one calendar day. */
  dayKey(at: number): string;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

export function createDateWords(locale?: string, timeZone?: string): DateWords {
  const zone = timeZone === undefined ? {} : { timeZone };
  const time = new Intl.DateTimeFormat(locale, { ...zone, hour: "2-digit", minute: "2-digit" });
  const dayOfThisYear = new Intl.DateTimeFormat(locale, { ...zone, weekday: "long", day: "numeric", month: "long" });
  const dayOfAnotherYear = new Intl.DateTimeFormat(locale, { ...zone, day: "numeric", month: "long", year: "numeric" });
  const full = new Intl.DateTimeFormat(locale, { ...zone, dateStyle: "full", timeStyle: "medium" });
  const key = new Intl.DateTimeFormat("en-CA", { ...zone, year: "numeric", month: "2-digit", day: "2-digit" });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const dayKey = (at: number) => key.format(at);
  const capital = (text: string) => text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);

  return {
    time: (at) => time.format(at),
    longDay: (at) => dayOfAnotherYear.format(at),
    full: (at) => full.format(at),
    dayKey,
    day(at, now) {
      if (dayKey(at) === dayKey(now)) return capital(relative.format(0, "day"));
      if (dayKey(at) === dayKey(now - dayMs)) return capital(relative.format(-1, "day"));
      const sameYear = dayKey(at).slice(0, 4) === dayKey(now).slice(0, 4);
      return (sameYear ? dayOfThisYear : dayOfAnotherYear).format(at);
    },
    ago(at, now) {
      const past = now - at;
      if (past < minuteMs) return relative.format(0, "second");
      if (past < hourMs) return relative.format(-Math.floor(past / minuteMs), "minute");
      if (past < dayMs) return relative.format(-Math.floor(past / hourMs), "hour");
      return relative.format(-Math.floor(past / dayMs), "day");
    },
  };
}
