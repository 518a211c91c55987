/** Messages that disappear: where it is set, that it is set, that somebody set it, and how long a message still has. */
import type { MessageView } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import type { ConversationId } from "../model/conversation.ts";
import { durationWords, leftWords, timerChoices } from "../model/timers.ts";
import { strings } from "../strings.ts";
import { Name } from "./controls.dom.tsx";
import { Icon } from "./icon.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

const words = strings.timer;

export function TimerSetting({ conversation, timerMs }: { readonly conversation: ConversationId; readonly timerMs: number | null }) {
  const { api } = useApp();
  const setting = useSubmit();
  // Another program may have set what is not offered here.
  const choices = timerChoices.includes(timerMs) ? timerChoices : [...timerChoices, timerMs];
  return (
    <label class="field">
      <span class="field-label">{words.setting}</span>
      <select
        class="input"
        value={String(timerMs)}
        disabled={setting.busy}
        onChange={({ currentTarget }) => {
          const chosen = choices.find((choice) => String(choice) === currentTarget.value) ?? null;
          setting.run(async () => {
            try {
              await api.call("messages.setTimer", { in: conversation, afterMs: chosen });
            } catch (error) {
              currentTarget.value = String(timerMs);
              throw error;
            }
          });
        }}
      >
        {choices.map((choice) => (
          <option key={String(choice)} value={String(choice)} selected={choice === timerMs}>
            {choice === null ? words.off : durationWords(choice)}
          </option>
        ))}
      </select>
      <span class="fact-note" role={setting.error === undefined ? undefined : "alert"}>
        {setting.error ?? words.explain}
      </span>
    </label>
  );
}

/** Beside the conversation's name. */
export function TimerMark({ timerMs }: { readonly timerMs: number | null }) {
  if (timerMs === null) return null;
  const label = words.header(durationWords(timerMs));
  return (
    <span class="timer-mark" title={label}>
      <Icon name="timer" size={14} />
      <span class="visually-hidden">{label}</span>
    </span>
  );
}

export function TimerNotice({ message, isOwn }: { readonly message: MessageView; readonly isOwn: boolean }) {
  const timerMs = message.notice?.timerMs ?? null;
  return (
    <p class="notice notice-timer">
      <Icon name="timer" size={12} />
      <span>
        {isOwn ? strings.you : <Name>{message.fromName}</Name>} {timerMs === null ? words.setOff : words.set(durationWords(timerMs))}
      </span>
    </p>
  );
}

/** Follows the time by itself: the message it stands on is not drawn anew. */
export function TimeLeft({ expiresAt }: { readonly expiresAt: number }) {
  const label = words.left(leftWords(Math.max(0, expiresAt - useApp().now.value)));
  return (
    <span class="message-timer">
      <Icon name="timer" size={12} />
      <span class="tip">{label}</span>
    </span>
  );
}
