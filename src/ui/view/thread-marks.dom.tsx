/** What stands with a message about its thread, and about who said it first. */
import type { MessageView } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import { threadStrings } from "../strings-threads.ts";
import { Name } from "./controls.dom.tsx";
import { Icon } from "./icon.dom.tsx";

/** Below it: how many have answered beside the conversation. */
export function ThreadMark({ message }: { readonly message: MessageView }) {
  const { dates, navigation, now } = useApp();
  if (message.replies === 0) return null;
  const replies = threadStrings.replies(message.replies);
  const at = message.lastReplyAt;
  const isToday = at !== null && dates.day(at, now.value) === dates.day(now.value, now.value);
  return (
    <button type="button" class="thread-mark" tabIndex={-1} onClick={() => navigation.showThread(message)}>
      <Icon name="thread" size={14} /> <span>{replies}</span>
      {at !== null && <span class="thread-mark-last">{threadStrings.lastReply(isToday ? dates.time(at) : dates.day(at, now.value))}</span>}
      <span class="visually-hidden">{threadStrings.openLabel(message.fromName)}</span>
    </button>
  );
}

/** Above it: that it answers in a thread as well, and who said it first. */
export function WhereFrom({ message, inThread }: { readonly message: MessageView; readonly inThread: boolean }) {
  const { dates, navigation } = useApp();
  const { thread, forwarded } = message;
  return (
    <>
      {thread !== null && !inThread && (
        <button type="button" class="quote" tabIndex={-1} onClick={() => navigation.showThread(message)}>
          <Icon name="thread" size={12} /> <span class="quote-text">{threadStrings.inThread}</span>
        </button>
      )}
      {forwarded !== null && (
        <p class="forwarded">
          <Icon name="forward" size={12} /> <Name>{threadStrings.forwarded(forwarded.fromName, dates.full(forwarded.sentAt))}</Name>
        </p>
      )}
    </>
  );
}
