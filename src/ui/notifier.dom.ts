/** Tells of a message outside the window: through the desktop shell, or the browser where the person switched it on. */
import type { ConversationId } from "./model/conversation.ts";
import type { DesktopBridge } from "./port.ts";
import type { Preferences } from "./preferences.dom.ts";

declare global {
  interface Window {
    readonly earshotDesktop?: DesktopBridge;
  }
}

export interface Notifier {
  /** True where the shell decides about notifications and there is nothing to switch. */
  readonly isDesktop: boolean;
  setBadge(count: number): void;
  notify(title: string, body: string, conversation: ConversationId): void;
  /** Asks the browser, on the person's own click. False where it refuses. */
  askPermission(): Promise<boolean>;
}

export function createNotifier(preferences: Preferences, open: (conversation: ConversationId) => void): Notifier {
  const desktop = window.earshotDesktop;
  desktop?.onOpenConversation(open);
  return {
    isDesktop: desktop !== undefined,
    setBadge: (count) => desktop?.setBadge(count),
    notify(title, body, conversation) {
      if (desktop) {
        desktop.notify({ title, body, conversation });
        return;
      }
      if (!preferences.notify.value || !("Notification" in window) || Notification.permission !== "granted") return;
      const notification = new Notification(title, { body, tag: conversation });
      notification.addEventListener("click", () => {
        window.focus();
        open(conversation);
      });
    },
    async askPermission() {
      return "Notification" in window && (await Notification.requestPermission()) === "granted";
    },
  };
}
