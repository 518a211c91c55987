/** What was written and is not yet in the conversation: being sent, or refused and waiting for the person's word. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { failureWords } from "./failure.ts";
import { outboxMax, sendingShownAfterMs } from "./limits.ts";
import type { ConversationId } from "./model/conversation.ts";
import type { Api } from "./port.ts";

export interface OutgoingText {
  readonly key: number;
  readonly to: ConversationId;
  readonly text: string;
  readonly replyTo: string | undefined;
  /** `hidden` until sending takes long enough to be noticed. */
  readonly state: "hidden" | "sending" | "failed";
  readonly why: string | undefined;
}

export interface Outbox {
  readonly texts: ReadonlySignal<readonly OutgoingText[]>;
  /** False where too many wait already: the text stays with the caller. */
  send(to: ConversationId, text: string, replyTo: string | undefined): boolean;
  tryAgain(key: number): void;
  /** Takes it out, to be edited or discarded. */
  take(key: number): OutgoingText | undefined;
}

export function createOutbox(api: Api): Outbox {
  const texts = signal<readonly OutgoingText[]>([]);
  let lastKey = 0;

  function update(key: number, change: Partial<OutgoingText>): void {
    texts.value = texts.value.map((text) => (text.key === key ? { ...text, ...change } : text));
  }

  function take(key: number): OutgoingText | undefined {
    const taken = texts.value.find((text) => text.key === key);
    texts.value = texts.value.filter((text) => text.key !== key);
    return taken;
  }

  async function attempt({ key, to, text, replyTo }: OutgoingText): Promise<void> {
    const slow = setTimeout(() => update(key, { state: "sending" }), sendingShownAfterMs);
    try {
      await api.call("messages.send", { to, text, ...(replyTo === undefined ? {} : { replyTo }) });
      take(key);
    } catch (error) {
      update(key, { state: "failed", why: failureWords(error) });
    } finally {
      clearTimeout(slow);
    }
  }

  return {
    texts,
    take,
    send(to, text, replyTo) {
      if (texts.value.filter((waiting) => waiting.to === to).length >= outboxMax) return false;
      lastKey += 1;
      const outgoing: OutgoingText = { key: lastKey, to, text, replyTo, state: "hidden", why: undefined };
      texts.value = [...texts.value, outgoing];
      void attempt(outgoing);
      return true;
    },
    tryAgain(key) {
      const failed = texts.value.find((text) => text.key === key && text.state === "failed");
      if (!failed) return;
      update(key, { state: "sending", why: undefined });
      void attempt(failed);
    },
  };
}
