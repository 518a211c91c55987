/** An afternoon in an office, for the fake world: every kind of room, person and message once. */
import type { MessageView, PeerView, RoomView } from "../../../src/api/contract.ts";
import type { WorldStart } from "./fake-world.node.ts";

export const idOf = (letter: string) => letter.repeat(32);
const selfId = idOf("s");
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const person = (letter: string, name: string, change: Partial<PeerView> = {}): PeerView => ({
  peerId: idOf(letter),
  name,
  online: true,
  link: "direct",
  via: null,
  address: `192.168.1.${letter.charCodeAt(0) - 80}:47474`,
  linkedSince: Date.now() - 42 * minuteMs,
  isHost: false,
  verified: false,
  blocked: false,
  keyChange: null,
  nameClash: false,
  forked: false,
  unread: 0,
  timerMs: null,
  keepMs: null,
  lastMessageAt: null,
  ...change,
});

const room = (roomId: string, change: Partial<RoomView> = {}): RoomView => ({
  roomId,
  name: roomId,
  topic: "",
  visibility: "public",
  history: "all",
  hasUntold: false,
  missing: 0,
  joined: true,
  invitedBy: null,
  memberCount: 7,
  unread: 0,
  mentioned: false,
  waitingFor: [],
  keyChanges: [],
  timerMs: null,
  keepMs: null,
  lastMessageAt: null,
  ...change,
});

interface SceneOptions {
  readonly named?: boolean;
  readonly alone?: boolean;
  readonly isHost?: boolean;
  /** More messages of history in #design, for scrolling. */
  readonly history?: number;
}

export function createScene({ named = true, alone = false, isHost = false, history = 0 }: SceneOptions = {}): WorldStart {
  const people = [
    person("m", "Mara Lind", { isHost: !isHost }),
    person("j", "Jon", { link: "relayed", via: idOf("m"), unread: 2, linkedSince: null }),
    person("a", "Aïcha Benali"),
    person("k", "Kenji 健二"),
    person("p", "Pat", { nameClash: true }),
    person("q", "Pat", { nameClash: true }),
    person("t", "Tomás Ferreira-Montgomery of the second floor", { online: false, link: "none", linkedSince: null }),
    person("w", "Wren", { online: false, link: "none", linkedSince: null }),
  ];
  const rooms = [
    room("lobby", { memberCount: people.length + 1, topic: "Everybody in the building" }),
    room("design", { topic: "Screens, words, icons. Reviews on Thursdays at ten.", memberCount: 5 }),
    room("board", { visibility: "private", memberCount: 3, unread: 4, mentioned: true }),
    room("lunch", { unread: 12, topic: "Where and when" }),
    room("printer-graveyard", { joined: false, memberCount: 2, topic: "What it says and what it means" }),
    room("music", { joined: false, memberCount: 4, topic: "What plays in the workshop" }),
    room("offsite", { visibility: "private", joined: false, invitedBy: idOf("m"), memberCount: 3 }),
  ];
  return {
    session: {
      peerId: selfId,
      name: "Sam",
      named,
      profile: null,
      network: "earshot",
      version: "0.1.0",
      addresses: ["192.168.1.35:47474"],
    },
    peers: alone ? [] : people,
    rooms: alone ? [room("lobby", { memberCount: 1 })] : rooms,
    host: { hostId: isHost || alone ? selfId : idOf("m"), term: 3, isSelf: isHost || alone, since: Date.now() - 3 * hourMs },
    stats: {
      peers: people.slice(0, 6).map(({ peerId, name, address, linkedSince }, at) => ({
        peerId,
        name,
        address,
        linkedSince: linkedSince ?? Date.now() - 5 * minuteMs,
        relayedFrames: at * 40,
        relayedBytes: at * 61_000,
      })),
      rooms: rooms
        .filter(({ visibility }) => visibility === "public")
        .map(({ roomId, name, memberCount }) => ({ roomId, name, memberCount })),
      relayed: { frames: 612, bytes: 918_000 },
      mail: { items: 14, bytes: 9_800, oldestAt: Date.now() - 26 * hourMs, forPeople: 3 },
      refused: { tooMany: 0, badHandshake: 2, timedOut: 1, badFrames: 0, unauthentic: 0 },
      floods: [
        { peerId: idOf("w"), name: "Wren", since: Date.now() - 5 * minuteMs, dropped: 18_204, reportedBy: null },
        {
          peerId: idOf("t"),
          name: "Tomás Ferreira-Montgomery of the second floor",
          since: Date.now() - 3 * minuteMs,
          dropped: 1,
          reportedBy: idOf("m"),
        },
      ],
      log: [
        { at: Date.now() - 50 * minuteMs, kind: "hostChanged", peerId: selfId, text: "You keep the room list now" },
        { at: Date.now() - 42 * minuteMs, kind: "joined", peerId: idOf("m"), text: "Mara Lind came" },
        {
          at: Date.now() - 20 * minuteMs,
          kind: "lost",
          peerId: idOf("t"),
          text: "Tomás Ferreira-Montgomery of the second floor does not answer any more",
        },
        { at: Date.now() - 4 * minuteMs, kind: "left", peerId: idOf("w"), text: "Wren left" },
      ],
    },
    messages: alone ? [] : [...historyOf(history), ...conversation()],
  };
}

function historyOf(count: number): readonly MessageView[] {
  const from = Date.now() - 26 * hourMs - count * 2 * minuteMs;
  return Array.from({ length: count }, (_, at) => {
    const letter = "mak"[Math.floor(at / 3) % 3] ?? "m";
    const name = { m: "Mara Lind", a: "Aïcha Benali", k: "Kenji 健二" }[letter] ?? "?";
    return message(
      "design",
      letter,
      name,
      `Note ${at + 1}: ${"the kerning is off here ".repeat((at % 4) + 1).trim()}.`,
      from + at * 2 * minuteMs,
      `h${at}`,
    );
  });
}

function message(
  to: string,
  letter: string,
  name: string,
  text: string,
  sentAt: number,
  key: string,
  change: Partial<MessageView> = {},
): MessageView {
  return {
    messageId: `${idOf(letter)}/0/${key}`,
    in: to,
    from: idOf(letter),
    fromName: name,
    text,
    sentAt,
    replyTo: null,
    state: "delivered",
    receivedBy: [],
    heldBy: 0,
    readBy: [],
    notHeld: null,
    readers: 4,
    mentionsYou: false,
    editedAt: null,
    deleted: false,
    reactions: [],
    pinned: null,
    thread: null,
    replies: 0,
    lastReplyAt: null,
    forwarded: null,
    starred: false,
    expiresAt: null,
    notice: null,
    ...change,
  };
}

function conversation(): readonly MessageView[] {
  const now = Date.now();
  const own = (readers: readonly string[], state: MessageView["state"]) => ({ state, receivedBy: readers.map(idOf), readers: 4 });
  return [
    message("design", "a", "Aïcha Benali", "Anyone up for a look at the settings page before we ship it?", now - 25 * hourMs, "1"),
    message("design", "s", "Sam", "Yes. After lunch?", now - 24.9 * hourMs, "2", own(["m", "a", "k", "j"], "delivered")),
    message(
      "design",
      "m",
      "Mara Lind",
      "Morning. I put the new empty states on https://wiki.example.com/design/empty-states.",
      now - 50 * minuteMs,
      "3",
    ),
    message(
      "design",
      "m",
      "Mara Lind",
      "The one for an empty lobby is the one I am least sure about: it should say what to do and not only what is missing.",
      now - 49 * minuteMs,
      "4",
    ),
    message("design", "k", "Kenji 健二", "これはいい。 I like the ear.", now - 44 * minuteMs, "5"),
    message(
      "design",
      "a",
      "Aïcha Benali",
      "@Sam can you check the contrast of the grey? It looks pale on the old monitors upstairs.",
      now - 40 * minuteMs,
      "6",
      { mentionsYou: true },
    ),
    message("design", "s", "Sam", "4.9 to 1 now, was 4.2.", now - 38 * minuteMs, "7", {
      ...own(["m", "a", "k", "j"], "delivered"),
      replyTo: `${idOf("a")}/0/6`,
    }),
    message(
      "design",
      "s",
      "Sam",
      "On the dark side it was fine already. I also looked at the focus ring: two pixels, everywhere, and it never gets cut off.\n\nLeft to do:\n- the narrow layout\n- words for “held”",
      now - 37 * minuteMs,
      "8",
      own(["m", "a"], "held"),
    ),
    message(
      "design",
      "m",
      "Mara Lind",
      "Careful with http://xn--pple-43d.com and http://аpple.com by the way, @Kenji 健二 got one of these yesterday",
      now - 12 * minuteMs,
      "9",
    ),
    message("design", "s", "Sam", "Good that we show it. Sending the last screens now", now - 2 * minuteMs, "10", own([], "queued")),
    message("lobby", "m", "Mara Lind", "Good morning, everybody.", now - 3 * hourMs, "l1"),
    message("lobby", "j", "Jon", "Coffee machine is repaired ☕", now - 2 * hourMs, "l2"),
    ...Array.from({ length: 12 }, (_, at) =>
      message("lunch", "a", "Aïcha Benali", `Option ${at + 1}: noodles`, now - (30 - at) * minuteMs, `u${at}`),
    ),
    message(`@${idOf("j")}`, "j", "Jon", "Do you have the key to the workshop?", now - 20 * minuteMs, "d1"),
    message(`@${idOf("j")}`, "j", "Jon", "<img src=x onerror=alert(1)> is what my badge says, funny", now - 19 * minuteMs, "d2"),
  ];
}
