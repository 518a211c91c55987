import { useMemo } from "preact/hooks";
import { useApp } from "../app.dom.ts";
import { type MentionNames, splitText } from "../model/rich-text.ts";
import { strings } from "../strings.ts";

export function RichText({ text, names }: { readonly text: string; readonly names: MentionNames }) {
  const { findLinks } = useApp();
  const pieces = useMemo(() => splitText(text, names, findLinks), [text, names, findLinks]);
  return (
    <div class="text" dir="auto">
      {pieces.map((piece, at) => {
        switch (piece.kind) {
          case "text":
            return piece.text;
          case "mention":
            return (
              <span key={at} class={piece.isSelf ? "mention mention-self" : "mention"}>
                {piece.text}
              </span>
            );
          case "link": {
            const { url, host, disguised, text: shown } = piece.link;
            return (
              <a
                key={at}
                href={url}
                target="_blank"
                rel="noreferrer noopener"
                title={disguised ? strings.conversation.disguisedHost(host) : strings.conversation.opensHost(host)}
              >
                {shown}
                {disguised && <span class="real-host"> ({host})</span>}
              </a>
            );
          }
        }
      })}
    </div>
  );
}
