/** The one dialog that is open. */
import { useApp } from "../app.dom.ts";
import { ExportDialog, KeepDialog, LogOutDialog } from "./account-dialogs.dom.tsx";
import { DeleteDialog, HistoryDialog } from "./act-dialogs.dom.tsx";
import { ConnectDialog } from "./connect-dialog.dom.tsx";
import { DateDialog } from "./date-dialog.dom.tsx";
import { ExportConversationDialog } from "./export-conversation-dialog.dom.tsx";
import { ForwardDialog } from "./forward-dialog.dom.tsx";
import { HandOffDialog } from "./hand-off-dialog.dom.tsx";
import { JumpDialog } from "./jump-dialog.dom.tsx";
import { InviteDialog, LeaveDialog } from "./member-dialogs.dom.tsx";
import { NameDialog } from "./name-dialog.dom.tsx";
import { BrowseRoomsDialog, CreateRoomDialog } from "./room-dialogs.dom.tsx";
import { SafetyDialog } from "./safety-dialog.dom.tsx";
import { ScheduleDialog } from "./schedule-dialog.dom.tsx";
import { SettingsDialog } from "./settings-dialog.dom.tsx";
import { ShortcutsDialog } from "./shortcuts-dialog.dom.tsx";
import { TwoPeopleDialog } from "./two-people-dialog.dom.tsx";

export function Dialogs() {
  const { navigation, store } = useApp();
  if (store.session.value?.named === false) return <NameDialog isFirst />;
  const dialog = navigation.dialog.value;
  switch (dialog.kind) {
    case "none":
      return null;
    case "jump":
      return <JumpDialog />;
    case "date":
      return <DateDialog />;
    case "createRoom":
      return <CreateRoomDialog />;
    case "browseRooms":
      return <BrowseRoomsDialog />;
    case "connect":
      return <ConnectDialog />;
    case "rename":
      return <NameDialog isFirst={false} />;
    case "settings":
      return <SettingsDialog />;
    case "shortcuts":
      return <ShortcutsDialog />;
    case "handOff":
      return <HandOffDialog />;
    case "keep":
      return <KeepDialog />;
    case "exportProfile":
      return <ExportDialog />;
    case "logOut":
      return <LogOutDialog />;
    case "invite":
      return <InviteDialog roomId={dialog.roomId} />;
    case "safety":
      return <SafetyDialog peerId={dialog.peerId} />;
    case "twoPeople":
      return <TwoPeopleDialog peerId={dialog.peerId} />;
    case "delete":
      return <DeleteDialog messageId={dialog.messageId} />;
    case "history":
      return <HistoryDialog messageId={dialog.messageId} />;
    case "forward":
      return <ForwardDialog messageId={dialog.messageId} />;
    case "exportConversation":
      return <ExportConversationDialog id={dialog.id} />;
    case "schedule":
      return <ScheduleDialog id={dialog.id} />;
    case "leave":
      return <LeaveDialog roomId={dialog.roomId} />;
  }
}
