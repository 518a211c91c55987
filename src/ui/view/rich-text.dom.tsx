import { useMemo } from "preact/hooks";
import { useApp } from "../app.dom.ts";
import { type MentionNames, type Piece, splitText } from "../model/rich-text.ts";
import { strings } from "../strings.ts";

export function RichText({ text, names }: { readonly text: string; readonly names: MentionNames }) {
  const { findLinks } = useApp();
  const pieces = useMemo(() => splitText(text, names, findLinks), [text, names, findLinks]);
  return (
    <div class="text" dir="auto">
      {pieces.map((piece, at) => (
        <PieceView key={at} piece={piece} />
      ))}
    </div>
  );
}

function PieceView({ piece }: { readonly piece: Piece }) {
  switch (piece.kind) {
    case "text":
      return <>{piece.text}</>;
    case "mention":
      return <span class={piece.isSelf ? "mention mention-self" : "mention"}>{piece.text}</span>;
    case "link": {
      const { url, host, disguised, text } = piece.link;
      return (
        <a
          href={url}
          target="_blank"
          rel="noreferrer noopener"
          title={disguised ? strings.conversation.disguisedHost(host) : strings.conversation.opensHost(host)}
        >
          {text}
          {disguised && <span class="real-host"> ({host})</span>}
        </a>
      );
    }
  }
}
