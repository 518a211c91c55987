/**
 * What page and shell say to each other, and nothing else crosses. The page is not trusted: whatever it says is decoded
 * here, bounded, and dropped where it does not fit.
 */
import { conversationCharsMax, notificationBodyCharsMax, notificationTitleCharsMax, unreadMax } from "./limits.ts";

export const channels = {
  /** page → shell: how much is unread. */
  setBadge: "earshot:setBadge",
  /** page → shell: tell of a message outside the window. */
  notify: "earshot:notify",
  /** shell → page: the person clicked a notification. */
  openConversation: "earshot:openConversation",
} as const;

export interface MessageNotice {
  readonly title: string;
  readonly body: string;
  readonly conversation: string;
}

export function decodeUnread(value: unknown): number | undefined {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0) return undefined;
  return Math.min(value, unreadMax);
}

export function decodeNotice(value: unknown): MessageNotice | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { title, body, conversation } = value as Partial<Record<string, unknown>>;
  if (typeof title !== "string" || typeof body !== "string" || typeof conversation !== "string") return undefined;
  if (conversation === "" || conversation.length > conversationCharsMax) return undefined;
  return { title: title.slice(0, notificationTitleCharsMax), body: body.slice(0, notificationBodyCharsMax), conversation };
}
