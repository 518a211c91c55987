/** The conversation itself. Mounted anew for each conversation, so that its place is its own. */
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { MessageView } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import { type Conversation, lobbyId } from "../model/conversation.ts";
import type { MentionNames } from "../model/rich-text.ts";
import { buildTimeline, type Row } from "../model/timeline.ts";
import { strings } from "../strings.ts";
import { ownStrings } from "../strings-own.ts";
import { placeStrings } from "../strings-places.ts";
import { Beginning } from "./beginning.dom.tsx";
import { Icon } from "./icon.dom.tsx";
import { Message } from "./message.dom.tsx";
import { Outgoing } from "./outgoing.dom.tsx";
import { TimerNotice } from "./timer.dom.tsx";
import { useKeptPlace } from "./use-kept-place.dom.ts";
import { useRenderedRange } from "./use-rendered-range.dom.ts";

const words = strings.conversation;
/** Older messages are read when the top is closer than this: before one gets there. */
const nearPx = 600;

interface MessagesProps {
  readonly conversation: Conversation;
  readonly onReply: (message: MessageView) => void;
  readonly onEdit: (message: MessageView) => void;
}

export function Messages({ conversation, onReply, onEdit }: MessagesProps) {
  const { conversations, store, attention, late, navigation, dates, now } = useApp();
  const { id } = conversation;
  const loaded = conversations.windowOf(id).value;
  const selfId = store.session.value?.peerId;
  const range = useRenderedRange(loaded.messages);
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const place = useKeptPlace(scroller, content, range.atEnd && !loaded.hasNewer);
  const placed = useRef(false);
  const [flash, setFlash] = useState<string | undefined>(undefined);
  const names = useMentionNames();
  const byId = useMemo(() => new Map(loaded.messages.map((message) => [message.messageId, message])), [loaded.messages]);
  const unreadFrom = attention.unreadFrom.value;
  const told = store.notices.value;
  const notices = useMemo(() => told.filter((one) => (one.in ?? lobbyId) === id), [told, id]);
  const lateIds = late.of.value.get(id);
  const rows = useMemo(
    () =>
      buildTimeline({
        messages: range.rendered,
        notices,
        unreadFrom,
        ...(lateIds !== undefined && { late: new Set(lateIds) }),
        dates,
        now: now.value,
      }),
    [lateIds, loaded.messages, range.rendered[0], range.rendered.length, notices, unreadFrom, dates, now.value],
  );
  const target = navigation.target.value;
  const isEnd = range.atEnd && !loaded.hasNewer;

  const notice = useCallback(() => {
    const atEnd = place.noticeScroll() && isEnd;
    if (placed.current) attention.endVisible.value = atEnd;
    const box = scroller.current;
    if (!box || !placed.current) return;
    if (box.scrollTop < nearPx) {
      if (!range.atStart) range.moveUp();
      // A failed page is asked for again by the next scroll; the banner says why.
      else void conversations.loadOlder(id).catch(() => undefined);
    } else if (!isEnd && box.scrollHeight - box.scrollTop - box.clientHeight < nearPx) {
      if (!range.atEnd) range.moveDown();
      else void conversations.loadNewer(id).catch(() => undefined);
    }
  }, [loaded, range.rendered[0], range.rendered.length, isEnd]);

  // Once, when the first page is here: at what is new, or at the end.
  useLayoutEffect(() => {
    if (placed.current || loaded.status === "unread" || loaded.status === "loading") return;
    placed.current = true;
    const divider = content.current?.querySelector<HTMLElement>("[data-unread]");
    const box = scroller.current;
    if (divider && box && box.scrollHeight - divider.offsetTop > box.clientHeight) place.goTo(divider, "start");
    else place.goToEnd();
    notice();
  }, [loaded.status, notice]);

  useLayoutEffect(() => {
    if (placed.current && place.isAtEnd()) attention.endVisible.value = isEnd;
  }, [isEnd, loaded.messages]);

  // A step may not have been enough, and at the very top nothing scrolls any more.
  useLayoutEffect(() => {
    if (placed.current) notice();
  }, [rows]);

  // One's own word brings one to the end.
  const last = loaded.messages.at(-1);
  useLayoutEffect(() => {
    if (!placed.current || last?.from !== selfId || loaded.hasNewer || target !== undefined) return;
    range.toEnd();
    place.goToEnd();
  }, [last?.messageId]);

  useEffect(() => {
    if (target === undefined) return;
    range.include(target);
    const element = content.current?.querySelector<HTMLElement>(`[data-message="${CSS.escape(target)}"]`);
    if (!element) return;
    place.goTo(element, "center");
    element.focus({ preventScroll: true });
    setFlash(target);
    navigation.target.value = undefined;
  }, [target, rows]);

  const goToEnd = () => {
    range.toEnd();
    if (loaded.hasNewer) void conversations.loadNewest(id).catch(() => undefined);
    place.goToEnd();
    navigation.focusComposer();
  };

  return (
    <div class="messages-frame">
      <div
        class="messages"
        role="log"
        aria-label={words.messages}
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by key
        tabIndex={0}
        ref={scroller}
        onScroll={notice}
        onKeyDown={walkMessages}
      >
        <div class="messages-content" ref={content}>
          {loaded.status === "loadingOlder" && <p class="loading-older">{words.loadingOlder}</p>}
          {range.atStart && !loaded.hasOlder && loaded.status === "ready" && (
            <Beginning conversation={conversation} isEmpty={loaded.messages.length === 0} />
          )}
          {rows.map((row) => (
            <TimelineRow
              key={row.key}
              row={row}
              selfId={selfId}
              byId={byId}
              names={names}
              flash={flash}
              onReply={onReply}
              onEdit={onEdit}
            />
          ))}
          <Outgoing conversation={id} />
        </div>
      </div>
      <LateAbove />
      <GoToEnd unread={attention.endVisible.value ? 0 : attention.unreadOf(id)} onClick={goToEnd} />
    </div>
  );
}

function TimelineRow({ row, selfId, byId, names, flash, onReply, onEdit }: TimelineRowProps) {
  switch (row.kind) {
    case "day":
      return (
        <h3 class="day">
          <DayButton label={row.label} />
        </h3>
      );
    case "unread":
      return (
        <h3 class="unread-line" data-unread="">
          <span>{words.unreadFrom}</span>
        </h3>
      );
    case "late":
      return (
        <p class="notice notice-late">
          <Icon name="queued" size={12} /> {ownStrings.late(row.count)}
        </p>
      );
    case "notice":
      return (
        <p class="notice">
          <Icon name={row.notice.in === undefined ? "crown" : "later"} size={12} /> {row.notice.text}
        </p>
      );
    case "timer":
      return <TimerNotice message={row.message} isOwn={row.message.from === selfId} />;
    case "message":
      return (
        <Message
          message={row.message}
          startsGroup={row.startsGroup}
          isOwn={row.message.from === selfId}
          quoted={row.message.replyTo === null ? undefined : byId.get(row.message.replyTo)}
          names={names}
          flash={flash === row.key}
          onReply={onReply}
          onEdit={onEdit}
        />
      );
  }
}

function DayButton({ label }: { readonly label: string }) {
  const { navigation } = useApp();
  return (
    <button
      type="button"
      class="day-button"
      tabIndex={-1}
      title={placeStrings.goToDate}
      onClick={() => navigation.openDialog({ kind: "date" })}
    >
      {label}
    </button>
  );
}

interface TimelineRowProps extends Omit<MessagesProps, "conversation"> {
  readonly row: Row;
  readonly selfId: string | undefined;
  readonly byId: ReadonlyMap<string, MessageView>;
  readonly names: MentionNames;
  readonly flash: string | undefined;
}

/** Leads to what came in where one does not look. */
function LateAbove() {
  const { late, navigation } = useApp();
  const untold = late.untold.value;
  if (untold.length === 0) return null;
  return (
    <button
      type="button"
      class="late-above"
      onClick={() => {
        navigation.target.value = untold[0];
        late.told();
      }}
    >
      <Icon name="queued" size={14} /> {ownStrings.lateAbove(untold.length)}
    </button>
  );
}

function GoToEnd({ unread, onClick }: { readonly unread: number; readonly onClick: () => void }) {
  const { attention } = useApp();
  if (attention.endVisible.value) return null;
  return (
    <button
      type="button"
      class={unread > 0 ? "go-to-end go-to-end-new" : "go-to-end"}
      aria-label={words.newBelowLabel(unread)}
      onClick={onClick}
    >
      {words.newBelow(unread)} <Icon name="down" size={14} />
    </button>
  );
}

/** The same object as long as the names are the same: messages are drawn anew only where something changed. */
export function useMentionNames(): MentionNames {
  const { store } = useApp();
  const self = store.session.value?.name ?? "";
  const others = [...store.peers.value.values()].map(({ name }) => name);
  return useMemo(() => ({ self, others }), [self, others.join("\n")]);
}

export function walkMessages(event: KeyboardEvent): void {
  if (event.altKey || event.ctrlKey || event.metaKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
  const log = event.currentTarget;
  if (!(log instanceof HTMLElement)) return;
  const all = [...log.querySelectorAll<HTMLElement>("[data-message]")];
  const chosen = document.activeElement?.closest<HTMLElement>("[data-message]");
  const at = chosen ? all.indexOf(chosen) : all.length;
  const next = all[at + (event.key === "ArrowUp" ? -1 : 1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
