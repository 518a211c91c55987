/** A conversation as a file. It is read whole before it is offered, so that what is saved is what was said. */
import { useEffect, useState } from "preact/hooks";
import { conversationAsJson, conversationAsMarkdown, readConversation } from "../../api/conversation-export.ts";
import { useApp } from "../app.dom.ts";
import { type ConversationId, findConversation, labelOf } from "../model/conversation.ts";
import { conversationFileName } from "../model/export-name.ts";
import { strings } from "../strings.ts";
import { threadStrings } from "../strings-threads.ts";
import { FormError } from "./controls.dom.tsx";
import { Dialog } from "./dialog.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

type Format = "markdown" | "json";
interface Prepared {
  readonly url: string;
  readonly format: Format;
  readonly count: number;
  readonly leftOut: number;
}

export function ExportConversationDialog({ id }: { readonly id: ConversationId }) {
  const { api, dates, navigation, store } = useApp();
  const [format, setFormat] = useState<Format>("markdown");
  const [prepared, setPrepared] = useState<Prepared | undefined>(undefined);
  const preparing = useSubmit();
  const conversation = findConversation(id, { rooms: store.rooms.value, peers: store.peers.value });
  const title = conversation === undefined ? strings.app : labelOf(conversation);
  useEffect(() => () => (prepared === undefined ? undefined : URL.revokeObjectURL(prepared.url)), [prepared]);
  const prepare = () =>
    preparing.run(async () => {
      const read = await readConversation(api, id);
      const exported = { title, exportedAt: Date.now(), exportedBy: store.session.value?.name ?? "", ...read };
      const calendar = { day: (at: number) => dates.longDay(at), time: dates.time };
      const text = format === "json" ? conversationAsJson(exported) : conversationAsMarkdown(exported, calendar);
      const url = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
      setPrepared({ url, format, count: read.messages.length, leftOut: read.leftOut });
    });
  const choose = (next: Format) => () => {
    setFormat(next);
    setPrepared(undefined);
  };
  return (
    <Dialog title={threadStrings.exportTitle(title)} onClose={() => navigation.closeDialog()}>
      <div class="form">
        <p class="form-lead">{threadStrings.exportExplain}</p>
        <label class="choice">
          <input type="radio" name="format" checked={format === "markdown"} onChange={choose("markdown")} data-autofocus="" />
          <span>{threadStrings.exportMarkdown}</span>
        </label>
        <label class="choice">
          <input type="radio" name="format" checked={format === "json"} onChange={choose("json")} />
          <span>{threadStrings.exportJson}</span>
        </label>
        <FormError id="export-error">{preparing.error}</FormError>
        {prepared !== undefined && (
          <p class="form-lead" role="status">
            {threadStrings.exportReady(prepared.count, prepared.leftOut)}
          </p>
        )}
        <div class="form-actions">
          {prepared === undefined ? (
            <button type="button" class="button button-primary" disabled={preparing.busy} onClick={prepare}>
              {threadStrings.exportPrepare}
            </button>
          ) : (
            <a
              class="button button-primary"
              href={prepared.url}
              download={conversationFileName(title, prepared.format)}
              ref={(link) => link?.focus()}
            >
              {threadStrings.exportSave}
            </a>
          )}
        </div>
      </div>
    </Dialog>
  );
}
