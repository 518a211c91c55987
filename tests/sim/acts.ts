/**
 * What is done to the virtual LAN, as a list that can be read, stored, replayed and made shorter: when, what, and the names
 * of those whom it concerns. An act that makes no sense any more, since others were left out, does nothing.
 *
 *   1200 say P3 #lobby 17
 */

export const verbs = {
  join: "NAME [guest] [NETWORK]: a machine is switched on, its peer starts",
  return: "NAME: a machine that is off is switched on again; a profile comes from its disk",
  say: "NAME WHERE NUMBER [BYTES]: #lobby, a room's name, or @NAME; NUMBER names the text",
  create: "NAME ROOM: a public room",
  createPrivate: "NAME ROOM: whoever comes in reads all",
  createClosed: "NAME ROOM: private; whoever comes in reads from then on",
  enter: "NAME ROOM",
  leave: "NAME ROOM",
  invite: "NAME ROOM NAME",
  rename: "NAME NEWNAME",
  read: "NAME WHERE",
  act: "NAME WHERE KIND NUMBER: edit, delete, react, pin or answer, on one of the messages there",
  timer: "NAME WHERE MS: messages written there disappear after as much; 0: they stay",
  shun: "NAME NAME: the first blocks the second",
  unshun: "NAME NAME",
  accept: "NAME: takes everybody whose key is new for who they say",
  connect: "NAME NAME: types the other's address",
  handOff: "NAME: whoever is host passes the role on",
  quit: "NAME",
  forGood: "NAME: quits, and never comes back",
  loseHolder: "somebody who holds mail dies, and never comes back",
  kill: "NAME: the process dies, the disk loses what was not synced",
  unplug: "NAME: the machine dies, and the others see nothing of it",
  killHost: "the process of whoever is host dies",
  killInHandOff: "NAME MS: the host passes the role to NAME, and dies so much later",
  killHeir: "NAME MS: the host passes the role to NAME, which dies so much later",
  cut: "NAME NAME: both ways",
  cutOneWay: "NAME NAME: from the first to the second",
  heal: "NAME NAME",
  split: "NAME,NAME,…: cut from all others",
  healAll: "",
  block: "NAME NAME: cannot dial each other",
  blockUdp: "NAME NAME: connections, but no data channels",
  weather: "NAME NAME LATENCY-MS LOSS BYTES-PER-SECOND (0: unlimited)",
  sleep: "NAME",
  wake: "NAME kept|lost: the connections",
  jump: "NAME MS: the wall clock is set",
  move: "NAME: another address",
  sight: "NAME NAME: the first sees the second announced",
  replay: "NAME: somebody replays a recorded handshake at it",
  liar: "NAME: joins",
  lie: "KIND NUMBER: what the liar does next",
  liarLeaves: "",
  calm: "all is healed, all wake up, and faults end",
} as const;
export type Verb = keyof typeof verbs;

export interface Act {
  readonly at: number;
  readonly verb: Verb;
  readonly words: readonly string[];
}

export function formatAct({ at, verb, words }: Act): string {
  return [String(Math.round(at)), verb, ...words].join(" ");
}

/** Throws for what is no act. */
export function parseAct(line: string): Act {
  const [at = "", verb = "", ...words] = line.trim().split(/\s+/);
  if (!/^\d+$/.test(at) || !Object.hasOwn(verbs, verb)) throw new Error(`no act: ${line}`);
  return { at: Number(at), verb: verb as Verb, words };
}
