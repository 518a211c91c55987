/** The driver's clock: it never goes back, whatever happens to the wall's. */
import type { Millis } from "../ids.ts";
import type { Clock } from "../peer/index.ts";

/** Longer timers overflow and ring at once; the driver arms again what it was woken for too early. */
const timerMaxMs = 2 ** 31 - 1;

export const monotonicNow = (): Millis => performance.now() as Millis;

export const nodeClock: Clock = {
  now: monotonicNow,
  setTimer(at, ring) {
    const timer = setTimeout(ring, Math.min(timerMaxMs, Math.max(0, Math.ceil(at - performance.now()))));
    return () => clearTimeout(timer);
  },
};
