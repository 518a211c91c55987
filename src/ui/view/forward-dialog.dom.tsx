/** To whom a message is passed on. */
import { useMemo } from "preact/hooks";
import { useApp } from "../app.dom.ts";
import { type Conversation, directWith, labelOf } from "../model/conversation.ts";
import { threadStrings } from "../strings-threads.ts";
import { FormError } from "./controls.dom.tsx";
import { ConversationPicker } from "./conversation-picker.dom.tsx";
import { Dialog } from "./dialog.dom.tsx";
import { Icon } from "./icon.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

export function ForwardDialog({ messageId }: { readonly messageId: string }) {
  const { api, sidebar, navigation, open } = useApp();
  const forwarding = useSubmit();
  const { rooms, here, away } = sidebar.value;
  const all = useMemo<readonly Conversation[]>(
    () => [
      ...rooms.map((room) => ({ kind: "room", id: room.roomId, room }) as const),
      ...[...here, ...away].map((peer) => ({ kind: "person", id: directWith(peer.peerId), peer }) as const),
    ],
    [rooms, here, away],
  );
  const forward = (to: Conversation) =>
    forwarding.run(async () => {
      await api.call("messages.forward", { messageId, to: to.id });
      navigation.closeDialog();
      open(to.id);
    });
  return (
    <Dialog title={threadStrings.forwardTitle} class="dialog-jump" onClose={() => navigation.closeDialog()}>
      <ConversationPicker
        all={all}
        onPick={forward}
        row={({ item }) => (
          <>
            <span class="row-icon">
              <Icon name={item.kind === "person" ? "invite" : item.room.visibility === "private" ? "private" : "room"} />
            </span>
            <bdi class="jump-label">{labelOf(item)}</bdi>
          </>
        )}
      >
        <FormError id="forward-error">{forwarding.error}</FormError>
      </ConversationPicker>
    </Dialog>
  );
}
