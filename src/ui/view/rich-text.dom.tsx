/** A message's text, formatted. A tree of elements, never HTML: what somebody else wrote has no way to become any. */
import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { useApp } from "../app.dom.ts";
import { isEmojiAlone } from "../model/emoji.ts";
import type { Block, Inline, Item } from "../model/markdown.ts";
import { inlineText } from "../model/markdown.ts";
import type { MentionNames, Piece } from "../model/rich-text.ts";
import { stickerIn } from "../model/stickers.ts";
import { strings } from "../strings.ts";
import { formatStrings } from "../strings-format.ts";
import { CodeBlock } from "./code-block.dom.tsx";
import { Permalink } from "./permalink.dom.tsx";
import { StickerPicture } from "./sticker.dom.tsx";

export function RichText({ text, names }: { readonly text: string; readonly names: MentionNames }) {
  const sticker = stickerIn(text);
  return sticker === undefined ? (
    <Formatted text={text} names={names} />
  ) : (
    <div class="text">
      <StickerPicture sticker={sticker} size={96} />
    </div>
  );
}

function Formatted({ text, names }: { readonly text: string; readonly names: MentionNames }) {
  const { readMarkdown } = useApp();
  const blocks = useMemo(() => readMarkdown(text, names), [text, names, readMarkdown]);
  const [only] = blocks;
  return (
    <div class={isEmojiAlone(text) ? "text text-emoji" : "text"} dir="auto">
      {blocks.length === 1 && only?.kind === "paragraph" ? <Inlines of={only.children} /> : <Blocks of={blocks} />}
    </div>
  );
}

function Blocks({ of }: { readonly of: readonly Block[] }) {
  return (
    <>
      {of.map((block, at) => (
        <BlockView key={at} block={block} />
      ))}
    </>
  );
}

/** Empty lines stay as typed. */
function Gap({ lines }: { readonly lines: number }) {
  return lines > 0 ? <div class="text-gap">{"\n".repeat(lines)}</div> : null;
}

function BlockView({ block }: { readonly block: Block }) {
  return (
    <>
      <Gap lines={block.gap} />
      <BlockBody block={block} />
    </>
  );
}

function BlockBody({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case "paragraph":
      return (
        <div class="text-lines" dir="auto">
          <Inlines of={block.children} />
        </div>
      );
    case "heading":
      // Not the page's: a message's headings would drown its own for whoever walks by them.
      return (
        <div class={`text-heading text-heading-${block.level}`} dir="auto">
          <Inlines of={block.children} />
        </div>
      );
    case "quote":
      return (
        <blockquote class="text-quote">
          <Blocks of={block.blocks} />
        </blockquote>
      );
    case "list":
      return block.start === undefined ? (
        <ul class="text-list">
          <Items of={block.items} />
        </ul>
      ) : (
        <ol class="text-list" start={block.start}>
          <Items of={block.items} />
        </ol>
      );
    case "code":
      return <CodeBlock info={block.info} text={block.text} />;
    case "table":
      return <Table block={block} />;
    case "rule":
      return <hr class="text-rule" />;
  }
}

function Items({ of }: { readonly of: readonly Item[] }) {
  return (
    <>
      {of.map(({ gap, done, blocks }, at) => (
        <li key={at} class={done === undefined ? "" : done ? "task task-done" : "task"} dir="auto">
          <Gap lines={gap} />
          {done !== undefined && (
            <span class="task-box">
              <span class="visually-hidden">{done ? formatStrings.done : formatStrings.toDo} </span>
            </span>
          )}
          <Blocks of={blocks} />
        </li>
      ))}
    </>
  );
}

function Table({ block: { align, rows } }: { readonly block: Extract<Block, { kind: "table" }> }) {
  const [head = [], ...body] = rows;
  const classOf = (column: number) => (align[column] === undefined ? "" : `cell-${align[column]}`);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: wider than the message, it is scrolled by keys
    <section class="text-table" tabIndex={0} aria-label={formatStrings.table}>
      <table>
        <thead>
          <tr>
            {head.map((cell, column) => (
              <th key={column} scope="col" class={classOf(column)} dir="auto">
                <Inlines of={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {body.map((row, at) => (
            <tr key={at}>
              {row.map((cell, column) => (
                <td key={column} class={classOf(column)} dir="auto">
                  <Inlines of={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Inlines({ of }: { readonly of: readonly Inline[] }) {
  return (
    <>
      {of.map((inline, at) => (
        <InlineView key={at} inline={inline} />
      ))}
    </>
  );
}

function InlineView({ inline }: { readonly inline: Inline }) {
  switch (inline.kind) {
    case "piece":
      return <PieceView piece={inline.piece} />;
    case "code":
      return <code class="text-code">{inline.text}</code>;
    case "strong":
      return (
        <strong>
          <Inlines of={inline.children} />
        </strong>
      );
    case "emphasis":
      return (
        <em>
          <Inlines of={inline.children} />
        </em>
      );
    case "strike":
      return (
        <s>
          <Inlines of={inline.children} />
        </s>
      );
    case "spoiler":
      return <Spoiler inline={inline} />;
    case "link":
      return (
        <Outward url={inline.url} host={inline.host} disguised={inline.disguised}>
          <bdi>
            <Inlines of={inline.children} />
          </bdi>
        </Outward>
      );
  }
}

/** Hidden, it is a button and no more: what lies in it can neither be read out nor opened by mistake. */
function Spoiler({ inline }: { readonly inline: Extract<Inline, { children: readonly Inline[] }> }) {
  const [isShown, show] = useState(false);
  if (isShown) {
    return (
      <span class="spoiler spoiler-shown">
        <Inlines of={inline.children} />
      </span>
    );
  }
  return (
    <button type="button" class="spoiler" title={formatStrings.spoiler} onClick={() => show(true)}>
      <span class="visually-hidden">{formatStrings.spoiler}</span>
      <span aria-hidden="true">{inlineText(inline)}</span>
    </button>
  );
}

function PieceView({ piece }: { readonly piece: Piece }) {
  switch (piece.kind) {
    case "text":
      return <>{piece.text}</>;
    case "mention":
      return <span class={piece.isSelf ? "mention mention-self" : "mention"}>{piece.text}</span>;
    case "permalink":
      return <Permalink messageId={piece.messageId} />;
    case "link":
      return <Outward {...piece.link}>{piece.link.text}</Outward>;
  }
}

interface OutwardProps {
  readonly url: string;
  readonly host: string;
  readonly disguised: boolean;
  readonly children?: ComponentChildren;
}

function Outward({ url, host, disguised, children }: OutwardProps) {
  return (
    <a
      href={url}
      target="_blank"
      rel="noreferrer noopener"
      title={disguised ? strings.conversation.disguisedHost(host) : strings.conversation.opensHost(host)}
    >
      {children}
      {disguised && <bdi class="real-host"> ({host})</bdi>}
    </a>
  );
}
