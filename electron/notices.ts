/** Native notifications, one a conversation: a new message replaces the one before it. */
import { Notification } from "electron";
import type { MessageNotice } from "./bridge.ts";
import { drawIcon } from "./icon.ts";
import { notificationsMax } from "./limits.ts";

export interface Notices {
  message(notice: MessageNotice): void;
  /** The window was closed: where it went and how it comes back. */
  stillRunning(onShown: () => void): void;
  closeAll(): void;
}

interface Handlers {
  onClick(): void;
  onShown(): void;
}

export function createNotices({ open }: { open(conversation: string | undefined): void }): Notices {
  // Kept, because a notification that is collected loses its click.
  const shown = new Map<string, Notification>();

  function show(key: string, title: string, body: string, { onClick, onShown }: Handlers): void {
    shown.get(key)?.close();
    shown.delete(key);
    const oldest = shown.keys().next();
    if (shown.size >= notificationsMax && !oldest.done) shown.delete(oldest.value);
    const notification = new Notification({ title, body, icon: drawIcon(64, "mark", { unread: false }) });
    notification.on("click", onClick);
    notification.on("show", onShown);
    const forget = () => {
      if (shown.get(key) === notification) shown.delete(key);
    };
    notification.on("close", forget);
    // A desktop without notifications: tray, title and badge remain.
    notification.on("failed", forget);
    shown.set(key, notification);
    notification.show();
  }

  return {
    message({ title, body, conversation }) {
      show(conversation, title, body, { onClick: () => open(conversation), onShown: () => undefined });
    },
    stillRunning(onShown) {
      const end = process.platform === "darwin" ? "⌘Q ends it." : "Quit in the tray, or Ctrl+Q in the window, ends it.";
      const back = "You can still be reached. The tray icon, or starting Earshot again, brings the window back.";
      show("", "Earshot keeps running", `${back} ${end}`, { onClick: () => open(undefined), onShown });
    },
    closeAll() {
      for (const notification of shown.values()) notification.close();
      shown.clear();
    },
  };
}
