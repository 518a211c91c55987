import { useState } from "preact/hooks";
import type { RoomView } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import { roomNameCharsMax, topicCharsMax } from "../limits.ts";
import { strings } from "../strings.ts";
import { Field, FormError, Name } from "./controls.dom.tsx";
import { Dialog } from "./dialog.dom.tsx";
import { Icon } from "./icon.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

export function CreateRoomDialog() {
  const { api, navigation, open } = useApp();
  const [name, setName] = useState("");
  const [topic, setTopic] = useState("");
  const [visibility, setVisibility] = useState<RoomView["visibility"]>("public");
  const [tellsAll, setTellsAll] = useState(false);
  const creating = useSubmit();
  const words = strings.createRoom;
  const submit = (event: Event) => {
    event.preventDefault();
    if (name.trim() === "") return;
    const history = visibility === "private" ? { history: tellsAll ? ("all" as const) : ("fromJoin" as const) } : {};
    creating.run(async () => {
      const { roomId } = await api.call("rooms.create", { name: name.trim(), visibility, topic: topic.trim(), ...history });
      open(roomId);
    });
  };
  const choice = (value: RoomView["visibility"], label: string, what: string) => (
    <label class="choice">
      <input type="radio" name="visibility" checked={visibility === value} onChange={() => setVisibility(value)} />
      <span>
        {label}
        <span class="choice-what">{what}</span>
      </span>
    </label>
  );
  return (
    <Dialog title={words.title} onClose={() => navigation.closeDialog()}>
      <form class="form" onSubmit={submit}>
        <Field
          label={words.name}
          name="room"
          value={name}
          onValue={setName}
          maxLength={roomNameCharsMax}
          placeholder={words.namePlaceholder}
          errorId="create-error"
        />
        <FormError id="create-error">{creating.error}</FormError>
        <Field
          label={words.topic}
          name="topic"
          value={topic}
          onValue={setTopic}
          maxLength={topicCharsMax}
          placeholder={words.topicPlaceholder}
        />
        <fieldset class="choices">
          <legend class="field-label">{words.who}</legend>
          {choice("public", words.public, words.publicWhat)}
          {choice("private", words.private, words.privateWhat)}
          {visibility === "private" && (
            <label class="choice">
              <input type="checkbox" checked={tellsAll} onChange={({ currentTarget }) => setTellsAll(currentTarget.checked)} />
              <span>{words.tellAll}</span>
            </label>
          )}
        </fieldset>
        <div class="form-actions">
          <button type="button" class="button" onClick={() => navigation.closeDialog()}>
            {strings.cancel}
          </button>
          <button type="submit" class="button button-primary" disabled={name.trim() === "" || creating.busy}>
            {words.create}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export function BrowseRoomsDialog() {
  const { navigation, sidebar } = useApp();
  const { otherRooms } = sidebar.value;
  const words = strings.browse;
  return (
    <Dialog title={words.title} onClose={() => navigation.closeDialog()}>
      {otherRooms.length === 0 && <p class="form-lead">{words.none}</p>}
      <ul class="panel-list browse-list" aria-label={words.title}>
        {otherRooms.map((room) => (
          <BrowsedRoom key={room.roomId} room={room} />
        ))}
      </ul>
      <div class="form-actions">
        <button type="button" class="button" onClick={() => navigation.openDialog({ kind: "createRoom" })}>
          <Icon name="plus" size={14} /> {words.create}
        </button>
      </div>
    </Dialog>
  );
}

function BrowsedRoom({ room }: { readonly room: RoomView }) {
  const { api, open } = useApp();
  const joining = useSubmit();
  return (
    <li class="browse-room">
      <span class="row-icon">
        <Icon name="room" />
      </span>
      <div class="browse-text">
        <p>
          <Name>{room.name}</Name> <span class="muted">{strings.conversation.people(room.memberCount)}</span>
        </p>
        <p class="muted">{joining.error ?? room.topic}</p>
      </div>
      <button
        type="button"
        class="button button-small"
        aria-label={strings.sidebar.joinRoom(room.name)}
        disabled={joining.busy}
        onClick={() =>
          joining.run(async () => {
            await api.call("rooms.join", { room: room.roomId });
            open(room.roomId);
          })
        }
      >
        {strings.sidebar.join}
      </button>
    </li>
  );
}
