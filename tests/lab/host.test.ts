/** The host goes, sleeps, is cut off or hands its role on, and nobody notices. */
import { describe, expect, it } from "vitest";
import { agreedAt, agreedHost, allLinked, type Lab, labForEachTest, others, report } from "./lab.ts";
import { type LabPeer, textsOf } from "./lab-peer.ts";
import { sameOrder } from "./talk.ts";

/** What a person would notice. The aim is far below; the figures are printed. */
const agreementMaxMs = 10_000;

describe("the host", () => {
  const lab = labForEachTest({ switches: 2 });

  it("killed, and the next one, and the next: each time every survivor agrees on the same new one", async () => {
    let alive: readonly LabPeer[] = await lab().meet("ada", "ben", "cleo", "dan", "eva");
    for (let death = 1; death <= 3; death += 1) {
      const host = await agreedHost(alive);
      const { term } = await host.call("host.get", {});
      alive = others(alive, host);
      const killedAt = performance.now();
      await host.kill("SIGKILL");
      const next = await agreedHost(alive, (view) => view.term > term);
      const agreementMs = agreedAt(alive, next, killedAt) - killedAt;
      report(`SIGKILL of the host to agreement of ${alive.length}`, agreementMs);
      expect(agreementMs).toBeLessThan(agreementMaxMs);
      await next.say("#lobby", `still here after ${death}`);
      await Promise.all(alive.map((peer) => peer.event((event) => isSaid(event, `still here after ${death}`), "what was said after it")));
    }
    await sameOrder(alive, "#lobby");
  });

  it("killed together with the one that would have followed it", async () => {
    // The two oldest are host and first successor, whichever is which.
    const eldest = await lab().meet("ada", "ben");
    // Who comes before there is a host is as good as they are.
    await agreedHost(eldest);
    const [cleo, dan] = await Promise.all([lab().start("cleo"), lab().start("dan")]);
    const young = [cleo, dan];
    await allLinked([...eldest, ...young]);
    const host = await agreedHost([...eldest, ...young]);
    expect(eldest).toContain(host);
    const { term } = await host.call("host.get", {});
    const killedAt = performance.now();
    await Promise.all(eldest.map((peer) => peer.kill("SIGKILL")));
    const next = await agreedHost(young, (view) => view.term > term && young.some((peer) => peer.peerId === view.hostId));
    report("SIGKILL of host and successor to agreement of the other two", agreedAt(young, next, killedAt) - killedAt);
  });

  it("that quits hands its role on first", async () => {
    const peers = await lab().meet("ada", "ben", "cleo", "dan");
    const host = await agreedHost(peers);
    const rest = others(peers, host);
    const { term } = await host.call("host.get", {});
    const askedAt = performance.now();
    host.signal("SIGTERM");
    const next = await agreedHost(rest, (view) => view.term > term);
    report("SIGTERM of the host to agreement", agreedAt(rest, next, askedAt) - askedAt);
    await host.kill("SIGTERM");
    expect(await agreedHost(rest)).toBe(next);
  });

  it("asked to hand off to somebody: all agree on that one, and only the host can be asked", async () => {
    const peers = await lab().meet("ada", "ben", "cleo", "dan");
    const host = await agreedHost(peers);
    const [chosen, bystander] = others(peers, host);
    if (chosen === undefined || bystander === undefined) throw new Error("three are left");
    const before = await host.call("host.get", {});
    await expect(bystander.call("host.handOff", { to: chosen.peerId })).rejects.toMatchObject({ code: "notHost" });
    const askedAt = performance.now();
    expect(await host.call("host.handOff", { to: chosen.peerId })).toEqual({ hostId: chosen.peerId, term: before.term + 1 });
    expect(await agreedHost(peers, (view) => view.term === before.term + 1)).toBe(chosen);
    report("hand-off to agreement", agreedAt(peers, chosen, askedAt) - askedAt);
    expect((await chosen.call("host.get", {})).isSelf).toBe(true);
    expect((await host.call("host.get", {})).isSelf).toBe(false);
  });

  it("handing off, and then killed, while two talk through it at 100 messages a second each: none lost, none doubled, none out of order", async () => {
    const { ada, ben, middle, relay } = await twoThroughTheHost(lab());
    const [next] = others(middle, relay);
    if (next === undefined) throw new Error("two are left");
    const count = 240;
    let handOff: Promise<unknown> = Promise.resolve();
    let death: Promise<void> = Promise.resolve();
    let carriedByNext = 0;
    const sayings: Promise<string>[] = [];
    const startedAt = performance.now();
    for (let index = 0; index < count; index += 1) {
      sayings.push(ada.say(`@${ben.peerId}`, `a${index}`), ben.say(`@${ada.peerId}`, `b${index}`));
      if (index === 80) handOff = relay.call("host.handOff", { to: next.peerId });
      // The new host relays now, and has some of them in its hands.
      if (index === 160) {
        death = next.call("host.stats", {}).then(({ relayed }) => {
          carriedByNext = relayed.frames;
          return next.kill("SIGKILL");
        });
      }
      await until(startedAt + (index + 1) * 10);
    }
    await Promise.all([handOff, death, ...sayings]);

    const texts = (letter: string): string[] => Array.from({ length: count }, (_, index) => `${letter}${index}`);
    await Promise.all([
      ada.shows(`@${ben.peerId}`, [...texts("a"), ...texts("b")]),
      ben.shows(`@${ada.peerId}`, [...texts("a"), ...texts("b")]),
    ]);
    expect(arrivals(ben, ada).map(({ text }) => text)).toEqual(texts("a"));
    expect(arrivals(ada, ben).map(({ text }) => text)).toEqual(texts("b"));
    const { messages } = await ben.call("messages.list", { in: `@${ada.peerId}`, limit: 500 });
    expect(textsOf(messages).filter((text) => text.startsWith("a"))).toEqual(texts("a"));
    await sameScreen(ada, ben);
    report("longest silence around the hand-off", longestGap(arrivals(ben, ada).slice(40, 140)));
    report("longest silence around the relay's death", longestGap(arrivals(ben, ada).slice(140)));
    expect((await relay.call("host.stats", {})).relayed.frames).toBeGreaterThan(0);
    expect(carriedByNext).toBeGreaterThan(0);
    await agreedHost([ada, ben, ...others(middle, next)], (view) => view.hostId !== next.peerId);
  });

  it("that sleeps is replaced, and follows when it wakes", async () => {
    const peers = await lab().meet("ada", "ben", "cleo");
    const host = await agreedHost(peers);
    const awake = others(peers, host);
    const [first] = awake;
    if (first === undefined) throw new Error("two are awake");
    const { term } = await host.call("host.get", {});
    const asleepAt = performance.now();
    host.signal("SIGSTOP");
    const next = await agreedHost(awake, (view) => view.term > term);
    report("host asleep to agreement of the others", agreedAt(awake, next, asleepAt) - asleepAt);
    await first.say("#lobby", "it sleeps");
    host.signal("SIGCONT");
    expect(await agreedHost(peers, (view) => view.term > term)).toBe(next);
    await allLinked(peers);
    await Promise.all(peers.map((peer) => peer.shows("#lobby", ["it sleeps"])));
  });

  it("of a LAN cut in two: two hosts, then one agreed by all, and what both halves said is on every screen", async () => {
    const { lan } = lab();
    const peers = await lab().meet(
      ...(["ada", "ben", "cleo"] as const).map((name) => lan.host(name)),
      ...(["dan", "eva"] as const).map((name) => lan.host(name, 1)),
    );
    const [left, right] = [peers.slice(0, 3), peers.slice(3)];
    const [ada, ben, , dan, eva] = peers;
    if (ada === undefined || ben === undefined || dan === undefined || eva === undefined) throw new Error("five were started");
    await agreedHost(peers);
    await ada.say("#lobby", "before the cut");
    await Promise.all(peers.map((peer) => peer.shows("#lobby", ["before the cut"])));

    const cutAt = performance.now();
    lan.cutTrunk();
    await Promise.all(left.map((peer) => peer.sees(right, (other) => !other.online, "no way")));
    await Promise.all(right.map((peer) => peer.sees(left, (other) => !other.online, "no way")));
    report("cut to seen by all", performance.now() - cutAt);
    expect(left).toContain(await agreedHost(left, (view) => left.some((peer) => peer.peerId === view.hostId)));
    expect(right).toContain(await agreedHost(right, (view) => right.some((peer) => peer.peerId === view.hostId)));
    await Promise.all([ada.say("#lobby", "from the left"), dan.say("#lobby", "from the right")]);
    await ada.say(`@${dan.peerId}`, "across the cut");
    await ben.say("#lobby", "from the left too");
    await eva.call("rooms.create", { name: "right", visibility: "public" });
    await Promise.all(left.map((peer) => peer.shows("#lobby", ["before the cut", "from the left", "from the left too"])));
    await Promise.all(right.map((peer) => peer.shows("#lobby", ["before the cut", "from the right"])));

    const healedAt = performance.now();
    lan.healTrunk();
    await allLinked(peers);
    report("healed to all linked", performance.now() - healedAt);
    await agreedHost(peers);
    report("healed to one host", performance.now() - healedAt);
    const said = ["before the cut", "from the left", "from the left too", "from the right"];
    await Promise.all(peers.map((peer) => peer.shows("#lobby", said)));
    report("healed to one history", performance.now() - healedAt);
    await sameOrder(peers, "#lobby");
    await dan.shows(`@${ada.peerId}`, ["across the cut"]);
    await Promise.all(
      peers.map((peer) =>
        peer.until("rooms.list", {}, ({ rooms }) => rooms.some((room) => room.name === "right"), "the other half's room"),
      ),
    );
  });
});

/** Ada and Ben cannot reach each other; the host is one of the three between them, and carries what they say. */
async function twoThroughTheHost(lab: Lab): Promise<{ ada: LabPeer; ben: LabPeer; middle: readonly LabPeer[]; relay: LabPeer }> {
  const [one, other] = [lab.lan.host("ada"), lab.lan.host("ben")];
  lab.lan.blockBetween(one, other);
  const middle: readonly LabPeer[] = await lab.meet("cleo", "dan", "eva");
  await agreedHost(middle);
  const [ada, ben] = await Promise.all([lab.start(one), lab.start(other)]);
  await Promise.all(middle.map((peer) => peer.linkedTo(ada, ben)));
  const relay = await agreedHost([...middle, ada, ben]);
  expect(middle).toContain(relay);
  const isThere = (peer: { link: string; via: string | null }): boolean => peer.link === "relayed" && peer.via === relay.peerId;
  await Promise.all([ada.sees([ben], isThere, "a way through the host"), ben.sees([ada], isThere, "a way through the host")]);
  return { ada, ben, middle, relay };
}

/** Both show their conversation in the same order. */
async function sameScreen(one: LabPeer, other: LabPeer): Promise<void> {
  const [mine, theirs] = await Promise.all([
    one.call("messages.list", { in: `@${other.peerId}`, limit: 500 }),
    other.call("messages.list", { in: `@${one.peerId}`, limit: 500 }),
  ]);
  expect(textsOf(mine.messages)).toEqual(textsOf(theirs.messages));
}

function isSaid(event: LabPeer["events"][number]["event"], text: string): boolean {
  return event.event === "messageAdded" && event.message.text === text;
}

/** What `at` was told of messages by `from`, in the order of telling. */
function arrivals(at: LabPeer, from: LabPeer): { at: number; text: string }[] {
  return at.events.flatMap(({ at: toldAt, event }) =>
    event.event === "messageAdded" && event.message.from === from.peerId ? [{ at: toldAt, text: event.message.text }] : [],
  );
}

function longestGap(told: readonly { readonly at: number }[]): number {
  return Math.max(...told.slice(1).map(({ at }, index) => at - (told[index]?.at ?? at)));
}

/** A pace, not a guess: resolves at that moment. */
function until(moment: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, moment - performance.now())));
}
