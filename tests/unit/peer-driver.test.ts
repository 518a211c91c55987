import { describe, expect, it } from "vitest";
import type { EarshotEvent } from "../../src/api/contract.ts";
import type { ConnectionId, Millis, RequestId } from "../../src/ids.ts";
import { createDriver, type Effect, type Input } from "../../src/peer/index.ts";

const connectionId = "out-1" as ConnectionId;
const log = (event: string): EarshotEvent => ({ event: "roomRemoved", roomId: event });

/** A driver around a machine that answers each input as the test says. */
function around(answers: Partial<Record<Input["type"], Effect[]>>, wakes: (Millis | undefined)[] = []) {
  const done: string[] = [];
  const timers: { at: Millis; ring: () => void; isCancelled: boolean }[] = [];
  const inputs: Input[] = [];
  const driver = createDriver({
    peer: {
      handle: (input) => {
        inputs.push(input);
        const effects = answers[input.type] ?? [];
        if (input.type !== "apiCalled") return effects;
        return effects.map((effect) => (effect.type === "replied" ? { ...effect, requestId: input.requestId } : effect));
      },
      nextWakeAt: () => (wakes.length > 1 ? wakes.shift() : wakes[0]),
    },
    transport: {
      dial: (id, address) => {
        done.push(`dial ${id} ${address.host}`);
        driver.enqueue({ type: "dialFailed", connectionId: id, failure: "unreachable" });
        done.push("dialled");
      },
      negotiate: (id) => done.push(`negotiate ${id}`),
      sendFrame: (id, bytes) => done.push(`send ${id} ${bytes.length}`),
      closeConnection: (id, reason) => done.push(`close ${id} ${reason}`),
    },
    clock: {
      now: () => 0 as Millis,
      setTimer: (at, ring) => {
        const timer = { at, ring, isCancelled: false };
        timers.push(timer);
        return () => {
          timer.isCancelled = true;
        };
      },
    },
    rememberPeers: (peers) => done.push(`remember ${peers.length}`),
    saveRecords: () => undefined,
    appendEvents: () => undefined,
    rewriteEvents: () => undefined,
    deleteEvents: () => undefined,
    rememberName: (name) => done.push(`name ${name}`),
    stopped: () => done.push("stopped"),
  });
  driver.subscribe((event) => done.push(event.event === "roomRemoved" ? `view ${event.roomId}` : event.event));
  return { driver, done, inputs, armed: () => timers.filter(({ isCancelled }) => !isCancelled), timers };
}

const answered: Effect = { type: "replied", requestId: "" as RequestId, outcome: { ok: true, result: 1 } };

describe("the driver", () => {
  it("performs every effect, in order, and the next input only then", () => {
    const { driver, done, inputs } = around({
      woke: [
        { type: "notifyView", event: log("first") },
        { type: "dial", connectionId, address: { host: "h", port: 1 } },
        { type: "negotiate", connectionId },
        { type: "sendFrame", connectionId, bytes: new Uint8Array(3) },
        { type: "closeConnection", connectionId, reason: "self" },
        { type: "rememberPeers", peers: [] },
        { type: "rememberName", name: "Ada" },
      ],
      dialFailed: [{ type: "notifyView", event: log("then") }],
    });
    driver.enqueue({ type: "woke" });
    expect(done).toEqual([
      "view first",
      "dial out-1 h",
      "dialled",
      "negotiate out-1",
      "send out-1 3",
      "close out-1 self",
      "remember 0",
      "name Ada",
      "view then",
    ]);
    expect(inputs.map(({ type }) => type)).toEqual(["woke", "dialFailed"]);
  });

  it("keeps one timer, and moves it only where the time changed", () => {
    const { driver, inputs, armed, timers } = around(
      {},
      [100, 100, 50, undefined, 70].map((at) => at as Millis | undefined),
    );
    driver.enqueue({ type: "woke" });
    driver.enqueue({ type: "woke" });
    expect(timers.map(({ at }) => at)).toEqual([100]);
    driver.enqueue({ type: "woke" });
    expect(armed().map(({ at }) => at)).toEqual([50]);
    driver.enqueue({ type: "woke" });
    expect(armed()).toEqual([]);
    driver.enqueue({ type: "woke" });
    armed()[0]?.ring();
    expect(inputs).toHaveLength(6);
    expect(timers.filter(({ isCancelled }) => !isCancelled).map(({ at }) => at)).toEqual([70, 70]);
  });

  it("answers a call once", async () => {
    const { driver } = around({ apiCalled: [answered, { ...answered, outcome: { ok: true, result: 2 } }] });
    expect(await driver.call("session.get", {})).toEqual({ ok: true, result: 1 });
    expect(await driver.call("session.get", {})).toEqual({ ok: true, result: 1 });
  });

  it("takes no more calls than can wait", async () => {
    const { driver } = around({});
    const waiting = Array.from({ length: 256 }, () => driver.call("peers.connect", { address: "h" }));
    expect(await driver.call("session.get", {})).toMatchObject({ ok: false, error: { code: "busy" } });
    expect(waiting).toHaveLength(256);
  });

  it("once stopped answers what waits, wakes no more and takes nothing", async () => {
    const { driver, done, inputs, armed } = around({ stopRequested: [{ type: "stopped" }] }, [100 as Millis]);
    const waiting = driver.call("peers.connect", { address: "h" });
    driver.enqueue({ type: "stopRequested" });
    expect(await waiting).toMatchObject({ ok: false, error: { code: "stopping" } });
    expect(await driver.call("session.get", {})).toMatchObject({ ok: false, error: { code: "stopping" } });
    expect(done).toEqual(["stopped"]);
    expect(armed()).toEqual([]);
    driver.enqueue({ type: "woke" });
    expect(inputs.map(({ type }) => type)).toEqual(["apiCalled", "stopRequested"]);
  });

  it("tells nobody who has unsubscribed", () => {
    const { driver, done } = around({ woke: [{ type: "notifyView", event: log("x") }] });
    const heard: string[] = [];
    const end = driver.subscribe((event) => heard.push(event.event));
    driver.enqueue({ type: "woke" });
    end();
    driver.enqueue({ type: "woke" });
    expect(heard).toHaveLength(1);
    expect(done).toHaveLength(2);
  });
});
