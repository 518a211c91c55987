/** The one dialog that is open. */
import { useApp } from "../app.dom.ts";
import { JumpDialog } from "./jump-dialog.dom.tsx";
import { lazily } from "./lazily.dom.tsx";
import { NameDialog } from "./name-dialog.dom.tsx";

const ExportDialog = lazily(async () => (await import("./account-dialogs.dom.tsx")).ExportDialog);
const KeepDialog = lazily(async () => (await import("./account-dialogs.dom.tsx")).KeepDialog);
const LogOutDialog = lazily(async () => (await import("./account-dialogs.dom.tsx")).LogOutDialog);
const ConnectDialog = lazily(async () => (await import("./connect-dialog.dom.tsx")).ConnectDialog);
const DateDialog = lazily(async () => (await import("./date-dialog.dom.tsx")).DateDialog);
const ExportConversationDialog = lazily(async () => (await import("./export-conversation-dialog.dom.tsx")).ExportConversationDialog);
const EmojiDialog = lazily(async () => (await import("./emoji-dialog.dom.tsx")).EmojiDialog);
const ForwardDialog = lazily(async () => (await import("./forward-dialog.dom.tsx")).ForwardDialog);
const HandOffDialog = lazily(async () => (await import("./hand-off-dialog.dom.tsx")).HandOffDialog);
const InviteDialog = lazily(async () => (await import("./member-dialogs.dom.tsx")).InviteDialog);
const LeaveDialog = lazily(async () => (await import("./member-dialogs.dom.tsx")).LeaveDialog);
const BrowseRoomsDialog = lazily(async () => (await import("./room-dialogs.dom.tsx")).BrowseRoomsDialog);
const CreateRoomDialog = lazily(async () => (await import("./room-dialogs.dom.tsx")).CreateRoomDialog);
const SafetyDialog = lazily(async () => (await import("./safety-dialog.dom.tsx")).SafetyDialog);
const ScheduleDialog = lazily(async () => (await import("./schedule-dialog.dom.tsx")).ScheduleDialog);
const SettingsDialog = lazily(async () => (await import("./settings-dialog.dom.tsx")).SettingsDialog);
const ShortcutsDialog = lazily(async () => (await import("./shortcuts-dialog.dom.tsx")).ShortcutsDialog);
const TwoPeopleDialog = lazily(async () => (await import("./two-people-dialog.dom.tsx")).TwoPeopleDialog);
const DeleteDialog = lazily(async () => (await import("./act-dialogs.dom.tsx")).DeleteDialog);
const HistoryDialog = lazily(async () => (await import("./act-dialogs.dom.tsx")).HistoryDialog);

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
    case "emoji":
      return <EmojiDialog target={dialog.target} />;
    case "schedule":
      return <ScheduleDialog id={dialog.id} />;
    case "leave":
      return <LeaveDialog roomId={dialog.roomId} />;
  }
}
