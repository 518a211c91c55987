/** What the simulator says of thirty, said by thirty processes. Figures of longer runs: docs/benchmarks.md. */
import { expect, it } from "vitest";
import { Crowd } from "./crowd.ts";
import { summarize } from "./crowd-ledger.ts";
import { report } from "./lab.ts";

/** Starting thirty takes a third of it on two cores that nobody else uses. */
const timeoutMs = 300_000;

it("thirty people talk over bad lines while two hosts are killed, and nothing is lost, doubled or moved about", {
  timeout: timeoutMs,
}, async () => {
  const crowd = new Crowd({
    peers: 30,
    lossPercent: 1,
    megabits: 10,
    // Half of what two cores carry: others may use them too.
    messagesPerSecond: 10,
    seconds: 20,
    textLength: 100,
    killHostAt: [6, 13],
    sampleEveryMs: 5_000,
    idleMs: 0,
    keptMin: Number.POSITIVE_INFINITY,
    log: () => undefined,
  });
  try {
    const { problems, deaths, ledgers, witnesses, startMs, agreeMs, joinMs, settleMs } = await crowd.run();
    report("thirty peers run", startMs);
    report("they know each other and agree on a host", agreeMs - startMs);
    report("and are in a room", joinMs);
    for (const { agreedAfterMs } of deaths) report("host killed, the next agreed on", agreedAfterMs);
    for (const ledger of ledgers) {
      const latencies = ledger.latencies(witnesses, ({ at }) => at).sort((one, other) => one - other);
      report(`message to screen in the ${ledger.name}, half of them within`, latencies[Math.floor(latencies.length / 2)] ?? Number.NaN);
      report("99 of 100 within", latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN);
    }
    report("everything everywhere after the last", settleMs);
    expect(summarize(problems)).toEqual([]);
    expect(deaths).toHaveLength(2);
    expect(crowd.complaints()).toEqual([]);
  } finally {
    await crowd.close();
  }
});
