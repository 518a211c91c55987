/** Native notifications, one a conversation: a new message replaces the one before it. */
import { Notification } from "electron";
import type { MessageNotice } from "./bridge.ts";
import { drawIcon } from "./icon.ts";
import { notificationsMax } from "./limits.ts";

export interface Notices {
  message(notice: MessageNotice): void;
  /** The window was closed for the first time: where it went and how it comes back. */
  stillRunning(): void;
  closeAll(): void;
}

export function createNotices({ open }: { open(conversation: string | undefined): void }): Notices {
  // Kept, because a notification that is collected loses its click.
  const shown = new Map<string, Notification>();

  function show(key: string, title: string, body: string, onClick: () => void): void {
    if (!Notification.isSupported()) return;
    shown.get(key)?.close();
    shown.delete(key);
    const oldest = shown.keys().next();
    if (shown.size >= notificationsMax && !oldest.done) shown.delete(oldest.value);
    const notification = new Notification({ title, body, icon: drawIcon(64, "mark", { unread: false }) });
    notification.on("click", onClick);
    notification.on("close", () => {
      if (shown.get(key) === notification) shown.delete(key);
    });
    shown.set(key, notification);
    notification.show();
  }

  return {
    message: ({ title, body, conversation }) => show(conversation, title, body, () => open(conversation)),
    stillRunning() {
      const end = process.platform === "darwin" ? "⌘Q ends it." : "Quit in the tray, or Ctrl+Q in the window, ends it.";
      const back = "You can still be reached. The tray icon, or starting Earshot again, brings the window back.";
      show("", "Earshot keeps running", `${back} ${end}`, () => open(undefined));
    },
    closeAll() {
      for (const notification of shown.values()) notification.close();
      shown.clear();
    },
  };
}
