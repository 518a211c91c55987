/** A fenced block of code. It is plain until the highlighter, a chunk of its own, has come. */
import { useEffect, useState } from "preact/hooks";
import type { CodeSpan } from "../highlight.dom.ts";
import { copiedShownMs, highlightedCharsMax } from "../limits.ts";
import { formatStrings } from "../strings-format.ts";
import { IconButton } from "./controls.dom.tsx";

export function CodeBlock({ info, text }: { readonly info: string; readonly text: string }) {
  const [spans, setSpans] = useState<readonly CodeSpan[] | undefined>(undefined);
  const [isCopied, setCopied] = useState(false);
  const language = /^[\w+#.-]*/u.exec(info)?.[0].toLowerCase() ?? "";
  useEffect(() => {
    let isOver = false;
    setSpans(undefined);
    if (language === "" || text.length > highlightedCharsMax) return undefined;
    import("../highlight.dom.ts").then(
      ({ highlight }) => {
        if (!isOver) setSpans(highlight(text, language));
      },
      () => undefined,
    );
    return () => {
      isOver = true;
    };
  }, [language, text]);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), copiedShownMs);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <figure class="code-block">
      {info !== "" && <figcaption dir="auto">{info}</figcaption>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: longer than it is shown, it is scrolled by keys */}
      <pre dir="ltr" tabIndex={0}>
        <code>
          {spans?.map(({ text: part, kind }, at) =>
            kind === undefined ? (
              part
            ) : (
              <span key={at} class={`code-${kind}`}>
                {part}
              </span>
            ),
          ) ?? text}
        </code>
      </pre>
      <IconButton
        icon={isCopied ? "delivered" : "copy"}
        class="copy-code"
        label={isCopied ? formatStrings.copied : formatStrings.copyCode}
        onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
      />
    </figure>
  );
}
