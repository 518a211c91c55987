/** Each checker fires when what it is there for goes wrong: a fault is planted around an otherwise sound peer. */

import { describe, expect, it } from "vitest";
import type { EarshotEvent } from "../../src/api/contract.ts";
import type { Sealing } from "../../src/crypto/ports.ts";
import type { Millis } from "../../src/ids.ts";
import { decodeFrame, encodeFrame } from "../../src/mesh/frames.ts";
import { treeDepthMax } from "../../src/mesh/limits.ts";
import type { Effect, Input, Peer } from "../../src/peer/index.ts";
import { decodePayload, encodePayload } from "../../src/rooms/payload.ts";
import { sealingThrough } from "../support/sealing.ts";
import { parseAct } from "./acts.ts";
import type { Spoilers } from "./machine.ts";
import { createCast, play } from "./run.ts";
import { settingsOf } from "./settings.ts";

const cast = createCast();
type Core = Pick<Peer, "handle" | "nextWakeAt">;

const talk = [
  "0 join P1",
  "50 join P2",
  "100 join P3",
  "3000 say P1 #lobby 1",
  "3100 say P2 #lobby 2",
  "3200 say P1 #lobby 3",
  "3300 say P1 @P2 4",
  "6000 calm",
];

async function firing(spoilers: Spoilers, acts: readonly string[] = talk): Promise<string[]> {
  const settings = settingsOf(1, { liar: "none", stopsAtOnce: false });
  const { violations } = await play(cast, { settings, acts: acts.map(parseAct), spoilers });
  return [...new Set(violations.map(({ checker }) => checker))];
}

/** Alters what one peer orders. */
function effects(name: string, alter: (effects: Effect[], input: Input) => Effect[]): Spoilers {
  return {
    peer: (core, machine): Core =>
      machine.name !== name ? core : { nextWakeAt: () => core.nextWakeAt(), handle: (input, now) => alter(core.handle(input, now), input) },
  };
}

function events(name: string, alter: (event: EarshotEvent) => EarshotEvent[]): Spoilers {
  return effects(name, (all) =>
    all.flatMap((effect): Effect[] =>
      effect.type === "notifyView" ? alter(effect.event).map((event) => ({ type: "notifyView", event })) : [effect],
    ),
  );
}

/** Alters one peer's answers. */
function answers(name: string, method: string, alter: (result: Record<string, unknown>) => unknown): Spoilers {
  let asked = "";
  return effects(name, (all, input) => {
    if (input.type === "apiCalled") asked = input.method;
    return all.map(
      (effect): Effect =>
        effect.type === "replied" && effect.outcome.ok && asked === method
          ? { ...effect, outcome: { ok: true, result: alter(effect.outcome.result as Record<string, unknown>) } }
          : effect,
    );
  });
}

describe("checkers", () => {
  it("are content where nothing is wrong", async () => {
    expect(await firing({})).toEqual([]);
  });

  it("one host: a peer that holds on to the role", async () => {
    const spoilers = answers("P2", "host.get", (host) => ({ ...host, isSelf: true, term: 1 }));
    expect(await firing(spoilers, [...talk.slice(0, -1), "20000 calm"])).toContain("one host");
  });

  it("one host: peers that follow different ones", async () => {
    expect(await firing(answers("P3", "host.get", (host) => ({ ...host, term: 77 })))).toEqual(["one host"]);
  });

  it("once and in order: a message shown twice", async () => {
    const twice = events("P2", (event) => (event.event === "messageAdded" ? [event, event] : [event]));
    expect(await firing(twice)).toContain("once and in order");
  });

  it("once and in order: two messages of one author shown the wrong way round", async () => {
    let held: EarshotEvent | undefined;
    const swapped = events("P3", (event) => {
      if (event.event !== "messageAdded" || held === event) return [event];
      if (event.message.text.endsWith("P1 1")) {
        held = event;
        return [];
      }
      return event.message.text.endsWith("P1 3") && held !== undefined ? [event, held] : [event];
    });
    expect(await firing(swapped)).toContain("once and in order");
  });

  it("authors: a text that nobody typed, and one under another's name", async () => {
    const forged = events("P2", (event) =>
      event.event === "messageAdded" && event.message.text.endsWith("P1 1")
        ? [{ ...event, message: { ...event.message, text: "something else" } }]
        : [event],
    );
    expect(await firing(forged)).toContain("authors");
    const borrowed = (author: string): Spoilers =>
      events("P3", (event) =>
        event.event === "messageAdded" && event.message.text.endsWith("P1 1")
          ? [{ ...event, message: { ...event.message, from: author } }]
          : [event],
      );
    expect(await firing(borrowed("a".repeat(32)))).toContain("authors");
  });

  it("acknowledged: a delivery that never happened", async () => {
    const boast = events("P1", (event) =>
      event.event === "messageAdded" && event.message.from !== undefined
        ? [event, { event: "messageChanged", message: { ...event.message, state: "delivered", receivedBy: ["b".repeat(32)] } }]
        : [event],
    );
    expect(await firing(boast)).toContain("acknowledged");
  });

  it("acknowledged: a member that loses what was acknowledged", async () => {
    const withhold = { "P3 shows": events("P3", (event) => (event.event === "messageAdded" ? [] : [event])) };
    const forget = answers("P3", "messages.list", (list) => ({ ...list, messages: [] }));
    expect(
      await firing({
        peer: (core, machine) => withhold["P3 shows"].peer?.(forget.peer?.(core, machine) ?? core, machine) ?? core,
      }),
    ).toContain("acknowledged");
  });

  it("held: a message that nobody holds is said to be", async () => {
    const boast = events("P1", (event) =>
      (event.event === "messageAdded" || event.event === "messageChanged") && event.message.state === "queued"
        ? [{ ...event, message: { ...event.message, state: "held", heldBy: 2 } }]
        : [event],
    );
    const alone = [
      "0 join P1 guest",
      "50 join P2",
      "6000 quit P2",
      "30000 say P1 @P2 1",
      "35000 forGood P1",
      "40000 return P2",
      "60000 calm",
    ];
    expect(await firing(boast, alone)).toContain("held");
    expect(await firing({}, alone)).toEqual([]);
  });

  it("held: what is, survives its sender and a holder", async () => {
    const settings = settingsOf(1, { liar: "none", stopsAtOnce: false });
    const acts = ["0 join P1 guest", "50 join P2", "100 join P3 guest", "150 join P4 guest", "200 join P5", "6000 quit P2"];
    acts.push("30000 say P1 @P2 1", "35000 forGood P1", "36000 loseHolder", "60000 return P2", "80000 calm");
    let isHeld = false;
    let isRead = false;
    const { violations } = await play(cast, {
      settings,
      acts: acts.map(parseAct),
      witness: (what) => {
        if (what.type !== "told" || (what.event.event !== "messageAdded" && what.event.event !== "messageChanged")) return;
        if (what.start.name === "P1" && what.event.message.state === "held") isHeld = true;
        if (what.start.name === "P2" && what.event.message.text.endsWith("P1 1")) isRead = true;
      },
    });
    expect({ violations, isHeld, isRead }).toEqual({ violations: [], isHeld: true, isRead: true });
  });

  it("secrecy: a sealing that leaks", async () => {
    const leaky = (sealing: Sealing): Sealing => ({
      ...sealingThrough(sealing),
      seal: (audience, plaintext) => audience.readers.map(({ identity }) => ({ to: identity.peerId, sealed: plaintext })),
    });
    // Texts are sealed in their entries as well; a private room's topic is in its record alone.
    const invited = [...talk.slice(0, -1), "3400 createPrivate P1 den", "4500 invite P1 den P2", "6000 calm"];
    expect(await firing({ sealing: leaky }, invited)).toContain("secrecy");
    expect(await firing({}, invited)).toEqual([]);
  });

  it("networks: a handshake that lets strangers in", async () => {
    const acts = ["0 join P1", "50 join P2 profile elsewhere", "6000 calm"];
    expect(await firing({}, acts)).toEqual([]);
    expect(await firing({ network: () => "anywhere" }, acts)).toContain("networks");
  });

  it("answers: a call that is never answered, and one that is answered twice", async () => {
    const mute = effects("P1", (all, input) =>
      all.filter((effect) => effect.type !== "replied" || input.type !== "apiCalled" || input.method !== "session.setName"),
    );
    expect(await firing(mute, ["0 join P1", "50 join P2", "3000 rename P1 Ada", "50000 calm"])).toEqual(["answers"]);
    const doubled = effects("P1", (all) => all.flatMap((effect): Effect[] => (effect.type === "replied" ? [effect, effect] : [effect])));
    expect(await firing(doubled)).toContain("answers");
  });

  it("agreement: a peer that is not seen, a room that is not listed, a screen that differs", async () => {
    expect(await firing(answers("P1", "peers.list", () => ({ peers: [] })))).toEqual(["agreement"]);
    expect(await firing(answers("P1", "rooms.list", () => ({ rooms: [] })))).toEqual(["agreement"]);
    const shuffled = answers("P2", "messages.list", (list) => ({ ...list, messages: [...(list["messages"] as unknown[])].reverse() }));
    expect(await firing(shuffled)).toEqual(["agreement"]);
  });

  it("progress: a peer that wakes again and again", async () => {
    const restless: Spoilers = {
      peer: (core) => ({ nextWakeAt: () => 3_000 as Millis, handle: (input, now) => core.handle(input, now) }),
    };
    expect(await firing(restless)).toContain("progress");
  });

  it("no exception: a core that throws", async () => {
    const broken = effects("P2", (all, input) => {
      if (input.type === "apiCalled" && input.method === "session.setName") throw new Error("planted");
      return all;
    });
    expect(await firing(broken, ["0 join P1", "50 join P2", "3000 rename P2 Eve", "6000 calm"])).toContain("no exception");
  });

  it("bounds: a peer that sends a frame with more than the limits allow", async () => {
    const verbose: Spoilers = {
      transport: (transport) => ({
        ...transport,
        sendFrame: (connectionId, bytes) => {
          const frame = decodeFrame(bytes);
          const isView = frame?.t === "heartbeat" || frame?.t === "beat";
          transport.sendFrame(connectionId, isView ? encodeFrame({ ...frame, depth: treeDepthMax + 1 }) : bytes);
        },
      }),
    };
    expect(await firing(verbose)).toContain("bounds");
  });

  it("disappeared: a peer that keeps a text, or a key, whose time is over", async () => {
    const fleeting = [...talk.slice(0, -1), "4000 timer P1 @P2 5000", "4500 say P1 @P2 5", "4600 say P2 @P1 6", "20000 calm"];
    expect(await firing({}, fleeting)).toEqual([]);
    const diary = (of: (event: EarshotEvent) => unknown): Spoilers => ({
      peer: (core) => {
        const kept: unknown[] = [];
        Object.assign(core, { diary: kept });
        return {
          nextWakeAt: () => core.nextWakeAt(),
          handle: (input, now) => {
            const all = core.handle(input, now);
            for (const effect of all) if (effect.type === "notifyView") kept.push(of(effect.event));
            return all;
          },
        };
      },
    });
    expect(
      await firing(
        diary((event) => (event.event === "messageAdded" ? event.message.text : 0)),
        fleeting,
      ),
    ).toEqual(["disappeared"]);
    const hoarded: Uint8Array[] = [];
    const hoard: Spoilers = {
      ...diary(() => hoarded),
      sealing: (sealing) => ({
        ...sealingThrough(sealing),
        seal: (audience, plaintext, now) => {
          const payload = decodePayload(plaintext.subarray(1));
          if (payload?.k === "events") for (const [, key] of payload.keys ?? []) hoarded.push(key.slice());
          return sealing.seal(audience, plaintext, now);
        },
      }),
    };
    expect(await firing(hoard, fleeting)).toEqual(["disappeared"]);
  });

  it("untold: a member that hands a newcomer the keys of what was said before", async () => {
    const acts = [
      "0 join P1",
      "50 join P2",
      "100 join P3",
      "3000 createClosed P1 tea",
      "3100 invite P1 tea P3",
      "4000 enter P3 tea",
      "5000 say P1 tea 1",
      "6000 invite P1 tea P2",
      "7000 enter P2 tea",
      "9000 say P1 tea 2",
      "12000 calm",
    ];
    expect(await firing({}, acts)).toEqual([]);
    const keys = new Map<string, Uint8Array>();
    const generous = (plaintext: Uint8Array): Uint8Array => {
      const payload = decodePayload(plaintext.subarray(1));
      if (payload?.k !== "events") return plaintext;
      for (const [at, key] of payload.keys ?? []) keys.set(String(payload.events[at]), key.slice());
      const all = payload.events.flatMap((bytes, at): [number, Uint8Array][] => {
        const key = keys.get(String(bytes));
        return key === undefined ? [] : [[at, key]];
      });
      return all.length === 0 ? plaintext : Uint8Array.from([plaintext[0] ?? 0, ...encodePayload({ ...payload, keys: all })]);
    };
    const spoilers: Spoilers = {
      sealing: (sealing) => ({
        ...sealingThrough(sealing),
        seal: (audience, plaintext, now) => sealing.seal(audience, generous(plaintext), now),
      }),
    };
    expect(await firing(spoilers, acts)).toEqual(["untold"]);
  });

  it("kept: a peer whose entries do not reach the disk", async () => {
    const restart = [...talk.slice(0, -1), "4000 kill P2", "5000 return P2", "9000 calm"];
    expect(await firing({}, restart)).toEqual([]);
    const forgetful = effects("P2", (all) => all.filter(({ type }) => type !== "appendEvents"));
    expect(await firing(forgetful, restart)).toEqual(["kept"]);
  });

  it("taken back: a peer that shows what was deleted, and one that shows a correction that nobody typed", async () => {
    const acts = [
      ...talk.slice(0, -1),
      "3400 say P1 #lobby 5",
      "3600 act P1 #lobby edit 0",
      "3700 act P2 #lobby react 1",
      "3800 act P1 #lobby delete 0",
      "6000 calm",
    ];
    expect(await firing({}, acts)).toEqual([]);
    const stubborn = events("P2", (event) =>
      event.event === "messageChanged" && event.message.deleted
        ? [event, { ...event, message: { ...event.message, deleted: false, text: "it is still here" } }]
        : [event],
    );
    expect(await firing(stubborn, acts)).toContain("taken-back");
    const inventive = events("P2", (event) =>
      event.event === "messageChanged" && event.message.editedAt !== null
        ? [{ ...event, message: { ...event.message, text: "nobody typed this" } }]
        : [event],
    );
    expect(await firing(inventive, acts)).toContain("authors");
  });

  it("shunned: a peer that shows, lists or notes somebody it has blocked", async () => {
    const acts = [...talk.slice(0, -1), "3400 shun P2 P1", "3500 say P1 #lobby 5", "3600 kill P1", "6000 calm"];
    expect(await firing({}, acts)).toEqual([]);
    const deaf: Spoilers = {
      peer: (core, machine): Core =>
        machine.name !== "P2"
          ? core
          : {
              nextWakeAt: () => core.nextWakeAt(),
              handle: (input, now) =>
                input.type === "apiCalled" && input.method === "people.block"
                  ? [{ type: "replied", requestId: input.requestId, outcome: { ok: true, result: {} } }]
                  : core.handle(input, now),
            },
    };
    expect(await firing(deaf, acts)).toContain("shunned");
  });
});
