import { refusalReportIntervalMs } from "./signalling-limits.ts";

export type RefusalCause = "tooMany" | "badHandshake" | "timedOut";
export type ReportRefusals = (cause: RefusalCause, host: string, count: number) => void;

/** The first of each cause at once, then one sum a second, however many come. */
export function reportInSums(report: ReportRefusals): { add: (cause: RefusalCause, host: string) => void; stop: () => void } {
  const sums = new Map<RefusalCause, { host: string; count: number; readonly timer: NodeJS.Timeout }>();
  return {
    add(cause, host) {
      const sum = sums.get(cause);
      if (sum !== undefined) {
        sum.host = host;
        sum.count++;
        return;
      }
      const timer = setInterval(() => {
        const due = sums.get(cause);
        if (due === undefined) return;
        if (due.count > 0) report(cause, due.host, due.count);
        else {
          clearInterval(due.timer);
          sums.delete(cause);
        }
        due.count = 0;
      }, refusalReportIntervalMs);
      timer.unref();
      sums.set(cause, { host, count: 0, timer });
      report(cause, host, 1);
    },
    stop() {
      for (const { timer } of sums.values()) clearInterval(timer);
    },
  };
}
