/** Which part of the remembered messages stands in the document: the end, or a stretch that follows the scrolling. */
import { useState } from "preact/hooks";
import type { MessageView } from "../../api/contract.ts";
import { renderedMessagesMax, renderedStep } from "../limits.ts";

export interface RenderedRange {
  readonly rendered: readonly MessageView[];
  readonly atStart: boolean;
  readonly atEnd: boolean;
  moveUp(): void;
  moveDown(): void;
  toEnd(): void;
  /** Makes sure that this message is in it. */
  include(messageId: string): void;
}

export function useRenderedRange(messages: readonly MessageView[]): RenderedRange {
  // The stretch is held by its last message, so that older pages coming in above do not move it.
  const [lastId, setLastId] = useState<string | undefined>(undefined);
  const at = lastId === undefined ? -1 : messages.findIndex(({ messageId }) => messageId === lastId);
  const end = at === -1 ? messages.length : at + 1;
  const start = Math.max(0, end - renderedMessagesMax);
  const endAt = (next: number) => setLastId(next >= messages.length ? undefined : messages[Math.max(0, next - 1)]?.messageId);
  return {
    rendered: messages.slice(start, end),
    atStart: start === 0,
    atEnd: end === messages.length,
    moveUp: () => endAt(Math.max(renderedMessagesMax, end - renderedStep)),
    moveDown: () => endAt(end + renderedStep),
    toEnd: () => setLastId(undefined),
    include(messageId) {
      const index = messages.findIndex((message) => message.messageId === messageId);
      if (index !== -1 && (index < start || index >= end)) endAt(Math.max(index + renderedStep, renderedMessagesMax));
    },
  };
}
