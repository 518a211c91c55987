/** The window: three panes, the banner above, the keys that work everywhere. */
import { useEffect, useState } from "preact/hooks";
import { type App, useApp } from "../app.dom.ts";
import { commandOf } from "../model/shortcuts.ts";
import { strings } from "../strings.ts";
import { isWide, twoPanesPx } from "../widths.dom.ts";
import { AsidePane } from "./aside.dom.tsx";
import { Conversation } from "./conversation.dom.tsx";
import { Dialogs } from "./dialogs.dom.tsx";
import { Icon } from "./icon.dom.tsx";
import { isMac } from "./platform.dom.ts";
import { Sidebar } from "./sidebar.dom.tsx";
import { useSwipeBack } from "./use-swipe-back.dom.ts";

export function Shell() {
  const app = useApp();
  const { navigation, attention } = app;
  const swipe = useSwipeBack(() => goBack(app));
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (obey(app, event)) event.preventDefault();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [app]);
  return (
    <main
      class="shell"
      data-pane={navigation.pane.value}
      data-aside={navigation.aside.value.kind !== "none" ? "open" : "closed"}
      {...swipe}
    >
      <h1 class="visually-hidden">{strings.app}</h1>
      <div class="banners">
        <Banner />
        <Damage />
      </div>
      <Sidebar />
      <Conversation />
      <AsidePane />
      <Dialogs />
      <div class="visually-hidden" role="status" aria-live="polite">
        {attention.announcement.value}
      </div>
    </main>
  );
}

export function Banner() {
  const { store } = useApp();
  const connection = store.connection.value;
  if (connection === "open") return null;
  return (
    <div class={`banner banner-${connection}`} role="status">
      <Icon name={connection === "connecting" ? "queued" : "alert"} size={14} />
      <span>{strings.connection[connection]}</span>
    </div>
  );
}

/** Said until it has been read: what is lost does not come back by itself. */
function Damage() {
  const { access } = useApp();
  const [isRead, setRead] = useState(false);
  const damage = access.view.value?.damage ?? null;
  if (damage === null || isRead) return null;
  return (
    <div class="banner banner-damage" role="alert">
      <Icon name="alert" size={14} />
      <span>{damage}</span>
      <button type="button" class="button button-small" onClick={() => setRead(true)}>
        {strings.understood}
      </button>
    </div>
  );
}

/** False where the key means nothing here, so that the platform may have it. */
function obey(app: App, event: KeyboardEvent): boolean {
  const command = commandOf(event, isMac);
  if (command === undefined || event.defaultPrevented || event.isComposing || app.store.session.value?.named !== true) return false;
  const isDialogOpen = app.navigation.dialog.value.kind !== "none";
  switch (command) {
    case "jump":
      app.navigation.openDialog({ kind: "jump" });
      return true;
    case "search":
      app.navigation.closeDialog();
      app.navigation.showAside({ kind: "search" });
      document.querySelector<HTMLInputElement>(".search-panel input[type=search]")?.select();
      return true;
    case "date":
      app.navigation.openDialog({ kind: "date" });
      return true;
    case "shortcuts":
      app.navigation.openDialog({ kind: "shortcuts" });
      return true;
    case "nextConversation":
    case "previousConversation":
      if (!isDialogOpen) app.step(command === "nextConversation" ? 1 : -1, false);
      return !isDialogOpen;
    case "nextUnread":
    case "previousUnread":
      if (!isDialogOpen) app.step(command === "nextUnread" ? 1 : -1, true);
      return !isDialogOpen;
    case "back":
      // A dialog closes itself.
      if (isDialogOpen) return false;
      return goBack(app);
  }
}

function goBack({ navigation, attention }: App): boolean {
  const isNarrow = window.innerWidth < twoPanesPx;
  const aside = navigation.aside.value.kind;
  if (navigation.pane.value === "aside" && isNarrow) navigation.closeAside();
  else if (aside !== "none" && (aside !== "conversation" || !isWide())) navigation.closeAside();
  else if (isNarrow && navigation.pane.value === "conversation") navigation.pane.value = "list";
  else {
    attention.unreadFrom.value = undefined;
    document.querySelector<HTMLButtonElement>(".go-to-end")?.click();
    navigation.focusComposer();
  }
  return true;
}
