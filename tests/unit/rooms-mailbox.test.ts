/** Holders, a sender and a reader of mail, by their frames; and those among them who lie. */
import { describe, expect, it } from "vitest";
import type { Millis, PeerId } from "../../src/ids.ts";
import { mailAgeMs, mailPerPairMax, mailPerSenderBytesMax, mailTotalBytesMax } from "../../src/rooms/limits.ts";
import { type Mail, type MailFrame, signMail, signTaken, silence } from "../../src/rooms/mail-frames.ts";
import { Mailbox } from "../../src/rooms/mailbox.ts";
import { identityFromKeys, type Person, person, signatures } from "./rooms.town.ts";

const start = 1_790_000_000_000;

class Post {
  readonly boxes = new Map<PeerId, Mailbox>();
  readonly here = new Set<PeerId>();
  readonly ended: string[] = [];
  readonly read: string[] = [];
  readonly sent: { readonly from: PeerId; readonly to: PeerId; readonly frame: MailFrame }[] = [];
  now = 0 as Millis;
  wall = start;
  role: PeerId[] = [];

  add(who: Person, kept: Iterable<readonly [string, Uint8Array]> = []): Mailbox {
    const self = who.self.peerId;
    const box = new Mailbox(
      {
        self: who.self,
        signSeed: who.signSeed,
        signatures,
        identityFromKeys,
        wallNow: () => this.wall as Millis,
        isReachable: (peerId) => this.here.has(peerId),
        role: () => this.role,
        read: (from, mail) => {
          this.read.push(`${who.name} from ${from.peerId}: ${mail.sealed[0]}`);
          return "read";
        },
        send: (to, frame) => this.sent.push({ from: self, to, frame }),
        ended: (_id, how) => this.ended.push(how),
        changed: () => undefined,
      },
      kept,
    );
    this.boxes.set(self, box);
    this.here.add(self);
    return box;
  }

  come(who: Person): void {
    this.here.add(who.self.peerId);
    for (const [peerId, box] of this.boxes) if (peerId !== who.self.peerId) box.peerReachable(who.self.peerId, this.now);
  }

  go(who: Person): void {
    this.here.delete(who.self.peerId);
    for (const [peerId, box] of this.boxes) if (peerId !== who.self.peerId) box.peerUnreachable(who.self.peerId, this.now);
  }

  /** Until nothing is said any more. */
  pass(ms = 1_000): void {
    for (const end = this.now + ms; this.now <= end; this.now = (this.now + 100) as Millis) {
      for (const [peerId, box] of this.boxes) if (this.here.has(peerId)) box.wake(this.now);
      for (let next = this.sent.shift(); next !== undefined; next = this.sent.shift())
        if (this.here.has(next.from) && this.here.has(next.to)) this.boxes.get(next.to)?.receive(next.from, next.frame, this.now);
    }
    this.wall = start + this.now;
  }
}

const [ann, ben, cid, dee, eve, mal] = ["ann", "ben", "cid", "dee", "eve", "mal"].map(person) as [
  Person,
  Person,
  Person,
  Person,
  Person,
  Person,
];
const mailOf = (from: Person, to: Person, number: number, bytes = 200): Mail =>
  signMail(signatures, from.signSeed, from.self, to.self.peerId, (start + number) as Millis, new Uint8Array(bytes).fill(number % 256));

/** Ann writes to Ben, who is away; Cid, Dee and Eve are host and successors. */
function town(): { post: Post; box: (who: Person) => Mailbox } {
  const post = new Post();
  post.role = [cid, dee, eve].map(({ self }) => self.peerId);
  for (const who of [ann, cid, dee, eve, mal]) post.add(who);
  const box = (who: Person): Mailbox => post.boxes.get(who.self.peerId) as Mailbox;
  return { post, box };
}

const held = (box: Mailbox): number => box.stats().items;

describe("mail", () => {
  it("lies with host and successors, is read once, and then nowhere any more", () => {
    const { post, box } = town();
    const mail = mailOf(ann, ben, 1);
    expect(box(ann).keep(mail, post.now)).toBeUndefined();
    post.pass();
    expect([...(box(ann).own(mail.id)?.copies ?? [])].sort()).toEqual([...post.role].sort());
    expect(box(cid).stats()).toEqual({ items: 1, bytes: mail.bytes.length, oldestAt: start, forPeople: 1 });
    post.go(ann);
    post.go(cid);
    post.add(ben);
    post.come(ben);
    post.pass();
    expect(post.read).toEqual([`ben from ${ann.self.peerId}: 1`]);
    expect([dee, eve].map((who) => held(box(who)))).toEqual([0, 0]);
    // Cid has missed that, and is told when it offers the piece again; so is Ann.
    post.go(ben);
    post.come(cid);
    for (const who of [dee, eve]) box(cid).peerReachable(who.self.peerId, post.now);
    post.come(ann);
    for (const who of [cid, dee, eve]) box(ann).peerReachable(who.self.peerId, post.now);
    post.pass(5_000);
    expect(post.ended).toEqual(["read"]);
    expect([held(box(cid)), post.read.length]).toEqual([0, 1]);
  });

  it("is handed to whoever takes over the role, though its sender is gone", () => {
    const { post, box } = town();
    box(ann).keep(mailOf(ann, ben, 1), post.now);
    post.pass();
    post.go(ann);
    post.go(cid);
    post.role = [mal, dee, eve].map(({ self }) => self.peerId);
    for (const who of [dee, eve]) box(who).roleChanged(post.now);
    post.pass();
    expect(held(box(mal))).toBe(1);
  });

  it("is given to its reader and to the role, to nobody else, and ended by its reader alone", () => {
    const { post, box } = town();
    const mail = mailOf(ann, ben, 1);
    box(ann).keep(mail, post.now);
    post.pass();
    const asMal = (frame: MailFrame): MailFrame[] => {
      box(cid).receive(mal.self.peerId, frame, post.now);
      return post.sent.splice(0).flatMap(({ to, frame: said }) => (to === mal.self.peerId ? [said] : []));
    };
    expect(asMal({ ...silence, wanted: [mail.id] })).toEqual([]);
    asMal({ ...silence, gone: [mail.id] });
    asMal({ ...silence, taken: [signTaken(signatures, mal.signSeed, mal.self, mail.id, true)] });
    asMal({ ...silence, taken: [{ ...signTaken(signatures, mal.signSeed, mal.self, mail.id, true), keys: ben.self }] });
    expect(held(box(cid))).toBe(1);
    // Who was not asked holds nothing.
    box(ann).receive(mal.self.peerId, { ...silence, held: [mail.id] }, post.now);
    expect(box(ann).own(mail.id)?.copies.has(mal.self.peerId)).toBe(false);
    expect(post.ended).toEqual([]);
  });

  it("in somebody else's name, or altered, is not taken", () => {
    const { post, box } = town();
    const genuine = mailOf(ann, ben, 1);
    const altered = { ...genuine, sealed: new Uint8Array(200).fill(9) };
    const borrowed = { ...mailOf(mal, ben, 2), keys: genuine.keys };
    expect(box(cid).receive(mal.self.peerId, { k: "put", mail: [altered, borrowed] }, post.now)).toBe(false);
    expect(held(box(cid))).toBe(0);
  });

  it("of a flooder stops at its bounds, and the sender hears why; others still have room", () => {
    const { post, box } = town();
    const refused: string[] = [];
    const put = (from: Person, mail: Mail): void => {
      box(cid).receive(from.self.peerId, { k: "put", mail: [mail] }, post.now);
      for (const { to, frame } of post.sent.splice(0))
        if (to === from.self.peerId && frame.k === "word") refused.push(...frame.refused.map(([, why]) => why));
    };
    for (let number = 0; number < mailPerPairMax + 3; number++) put(mal, mailOf(mal, ben, number));
    expect(refused).toEqual(["full", "full", "full"]);
    expect(held(box(cid))).toBe(mailPerPairMax);
    for (let number = 0; number < 200; number++) put(mal, mailOf(mal, dee, number, 50_000));
    expect(box(cid).stats().bytes).toBeLessThanOrEqual(mailPerSenderBytesMax);
    expect(mailPerSenderBytesMax).toBeLessThan(mailTotalBytesMax / 4);
    refused.length = 0;
    put(ann, mailOf(ann, ben, 1));
    expect(refused).toEqual([]);
  });

  it("grows old: it is let go, and its sender is told", () => {
    const { post, box } = town();
    const mail = mailOf(ann, ben, 1);
    box(ann).keep(mail, post.now);
    post.pass();
    post.wall = start + mailAgeMs + 1_000;
    post.now = (post.now + 11 * 60_000) as Millis;
    box(cid).wake(post.now);
    expect(held(box(cid))).toBe(0);
    for (const { from, to, frame } of post.sent.splice(0)) box(ann).receive(from, to === ann.self.peerId ? frame : silence, post.now);
    expect(box(ann).own(mail.id)?.copies.has(cid.self.peerId)).toBe(false);
    expect(box(cid).receive(ann.self.peerId, { k: "put", mail: [mail] }, post.now)).toBe(true);
    expect(post.sent.at(-1)?.frame).toMatchObject({ refused: [[mail.id, "old"]] });
  });

  it("is there again after a restart of its holder", () => {
    const { post, box } = town();
    box(ann).keep(mailOf(ann, ben, 1), post.now);
    post.pass();
    const records = box(cid)
      .takeRecords()
      .flatMap(({ key, value }) => (value === undefined ? [] : [[key, value] as const]));
    expect(held(post.add(cid, records))).toBe(1);
  });
});
