/** The page's parts, wired: API events go in at the top, components read signals and call the acts below. */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { MessageView } from "../api/contract.ts";
import { type Access, createAccess } from "./access.dom.ts";
import { type Attention, createAttention } from "./attention.dom.ts";
import { type Conversations, createConversations } from "./conversations.dom.ts";
import { createDrafts, type Drafts } from "./drafts.dom.ts";
import { createEmojiShelf, type EmojiShelf } from "./emoji.dom.ts";
import { createLate, type Late } from "./late.dom.ts";
import { clockTickMs, pageMessages } from "./limits.ts";
import { type Conversation, type ConversationId, findConversation, lobbyId } from "./model/conversation.ts";
import { createDateWords, type DateWords } from "./model/dates.ts";
import { createLinkFinder } from "./model/links.ts";
import { createMarkdown, type ReadMarkdown } from "./model/markdown.ts";
import { createReadable, type Readable } from "./model/plain-text.ts";
import { buildSidebar, nextStop, type SidebarView, unreadTotal, walkOf } from "./model/sidebar.ts";
import { firstUnread } from "./model/timeline.ts";
import { createNavigation, type Navigation } from "./navigation.dom.ts";
import { createNotifier, type Notifier } from "./notifier.dom.ts";
import { createOutbox, type Outbox } from "./outbox.dom.ts";
import { createOwnThings, type OwnThings } from "./own.dom.ts";
import type { Api } from "./port.ts";
import { createPreferences, type Preferences } from "./preferences.dom.ts";
import { createStore, type Store } from "./store.dom.ts";
import { createThreads, type Threads } from "./threads.dom.ts";
import { isWide } from "./widths.dom.ts";

export interface App {
  readonly api: Api;
  readonly access: Access;
  readonly store: Store;
  readonly conversations: Conversations;
  readonly outbox: Outbox;
  readonly navigation: Navigation;
  readonly threads: Threads;
  readonly attention: Attention;
  readonly preferences: Preferences;
  readonly notifier: Notifier;
  readonly emoji: EmojiShelf;
  readonly dates: DateWords;
  readonly readMarkdown: ReadMarkdown;
  /** A message in a line: without markup. */
  readonly readable: Readable;
  readonly now: ReadonlySignal<number>;
  readonly sidebar: ReadonlySignal<SidebarView>;
  readonly current: ReadonlySignal<Conversation | undefined>;
  readonly drafts: Drafts;
  readonly own: OwnThings;
  readonly late: Late;
  /** Counts up when something was starred, or is no longer. */
  readonly starsChanged: ReadonlySignal<number>;
  open(id: ConversationId): void;
  step(direction: 1 | -1, unreadOnly: boolean): void;
  /** Opens the conversation at this message. False where it is not here any more. */
  reveal(id: ConversationId, messageId: string): Promise<boolean>;
  /** Goes to the first message from a moment on. */
  goToDate(id: ConversationId, at: number): Promise<void>;
}

export function createApp(api: Api): App {
  const access = createAccess(() => {
    preferences.forget();
    location.reload();
  });
  const store = createStore(api);
  const conversations = createConversations(api);
  const navigation = createNavigation(isWide);
  const threads = createThreads(api, navigation);
  const preferences = createPreferences();
  const collator = new Intl.Collator(undefined, { sensitivity: "base", numeric: true });
  const sidebar = computed(() => buildSidebar(store.rooms.value.values(), store.peers.value.values(), collator.compare));
  const walk = computed(() => walkOf(sidebar.value));
  const unread = computed(() => unreadTotal(walk.value));
  const notifier = createNotifier(preferences, (id) => open(id));
  const readMarkdown = createMarkdown(createLinkFinder(parseUrl), parseUrl);
  const readable = createReadable(readMarkdown);
  const attention = createAttention(api, store, navigation, notifier, unread, readable);
  const drafts = createDrafts(api);
  const own = createOwnThings(api);
  const late = createLate();
  const starsChanged = signal(0);
  const now = signal(Date.now());
  setInterval(() => {
    now.value = Date.now();
  }, clockTickMs);

  api.onEvent((event) => {
    store.apply(event);
    own.apply(event);
    if (event.event === "profilesChanged") {
      const change = access.apply(event.profiles);
      if (change === "came" || change === "kept") void begin();
    } else if (event.event === "messageAdded") {
      noteLate(event.message);
      conversations.added(event.message);
      showOwn(event.message);
      threads.changed(event.message);
      attention.arrived(event.message);
    } else if (event.event === "messageChanged") {
      conversations.changed(event.message);
      threads.changed(event.message);
      starsChanged.value += 1;
    } else if (event.event === "historyGrown") {
      conversations.grown(event.in);
    } else if (event.event === "messageRemoved") {
      conversations.removed(event.in, event.messageId);
      threads.removed(event.messageId);
      attention.removed(event.messageId);
      drafts.dropReply(event.messageId);
    } else if (event.event === "roomRemoved" && event.roomId === navigation.conversation.value) {
      open(lobbyId);
    }
  });
  api.onState((state) => {
    if (state === "open") void begin();
  });

  async function begin(): Promise<void> {
    try {
      access.apply(await api.call("profiles.list", {}));
      if (access.view.value?.state !== "running") return;
      const { peerId } = await api.call("session.get", {});
      if (!access.isStill(peerId)) return;
      await store.refresh();
      preferences.keepFor(store.session.value?.profile ?? null);
      await Promise.all([drafts.restore(), own.refresh()]);
      const id = navigation.conversation.value;
      if (drafts.get(id) !== undefined) navigation.focusComposer();
      await conversations.interrupted(id, () => markUnread(id, attention.unreadOf(id)));
    } catch {
      // The connection broke again; its next opening begins anew.
    }
  }

  function markUnread(id: ConversationId, count: number): void {
    if (attention.unreadFrom.value !== undefined || id !== navigation.conversation.value) return;
    const { messages } = conversations.windowOf(id).value;
    attention.unreadFrom.value = firstUnread(messages, count, store.session.value?.peerId ?? "");
  }

  async function load(id: ConversationId): Promise<void> {
    const count = attention.unreadOf(id);
    const known = conversations.windowOf(id).value;
    try {
      // The line above what is new is there when the page is drawn first: that is where one begins to read.
      if (known.status === "unread" || known.hasNewer) await conversations.loadNewest(id, count, () => markUnread(id, count));
      else markUnread(id, count);
    } catch {
      // The banner says that the connection is gone; it is read again when it is back.
    }
  }

  function noteLate(message: MessageView): void {
    const { in: id } = message;
    if (id !== navigation.conversation.value) return;
    const { messages, hasNewer, status } = conversations.windowOf(id).value;
    if (status === "ready" && !hasNewer) late.arrived(message, newestOf(messages), message.from === store.session.value?.peerId);
  }

  /** Who writes while reading far back wants to see it said. */
  function showOwn({ in: id, from, thread }: MessageView): void {
    const isElsewhere = id === navigation.conversation.value && conversations.windowOf(id).value.hasNewer;
    if (isElsewhere && from === store.session.value?.peerId && thread === null) conversations.loadNewest(id).catch(() => undefined);
  }

  function goTo(id: ConversationId): void {
    if (id !== navigation.conversation.value) {
      attention.endVisible.value = false;
      attention.unreadFrom.value = undefined;
      late.leave(navigation.conversation.value);
    }
    navigation.goTo(id);
  }

  function open(id: ConversationId): void {
    goTo(id);
    void load(id);
  }

  return {
    api,
    access,
    store,
    conversations,
    outbox: createOutbox(api),
    navigation,
    threads,
    attention,
    preferences,
    notifier,
    emoji: createEmojiShelf(preferences),
    dates: createDateWords(),
    readMarkdown,
    readable,
    now,
    sidebar,
    current: computed(() => findConversation(navigation.conversation.value, { rooms: store.rooms.value, peers: store.peers.value })),
    drafts,
    own,
    late,
    starsChanged,
    open,
    step(direction, unreadOnly) {
      const next = nextStop(walk.value, navigation.conversation.value, direction, (stop) => !unreadOnly || stop.unread > 0);
      if (next !== undefined) open(next);
    },
    async reveal(id, messageId) {
      goTo(id);
      const isInThread = await threads.reveal(messageId);
      const reached = !isInThread && (await conversations.reach(id, messageId).catch(() => false));
      if (reached) navigation.target.value = messageId;
      // Where it is not to be seen the conversation is, all the same.
      else await load(id);
      return isInThread || reached;
    },
    async goToDate(id, at) {
      navigation.target.value = await conversations.reachDate(id, at);
    },
  };
}

const parseUrl = (url: string) => (URL.canParse(url) ? new URL(url) : undefined);

const AppContext = createContext<App | undefined>(undefined);
export const AppProvider = AppContext.Provider;

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error("a component stands outside AppProvider");
  return app;
}

/** By the moment of writing: one that came late may stand last until its place is known. */
const newestOf = (messages: readonly MessageView[]): MessageView | undefined =>
  messages.slice(-pageMessages).reduce<MessageView | undefined>((a, b) => (a === undefined || b.sentAt >= a.sentAt ? b : a), undefined);
