/** Which parts of a piece of code are keywords, strings and so on. A chunk of its own, loaded when the first code is shown. */
import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import csharp from "highlight.js/lib/languages/csharp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import go from "highlight.js/lib/languages/go";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { highlightedCharsMax } from "./limits.ts";

export interface CodeSpan {
  readonly text: string;
  readonly kind: CodeKind | undefined;
}

export type CodeKind = "keyword" | "string" | "number" | "comment" | "name" | "added" | "removed";

const languages = { bash, c, cpp, csharp, css, diff, go, java, javascript, json, python, rust, sql, typescript, xml, yaml };
for (const [name, language] of Object.entries(languages)) hljs.registerLanguage(name, language);

/** The highlighter's many scopes as the few colours of the page. */
const kinds: Readonly<Record<string, CodeKind>> = {
  keyword: "keyword",
  "selector-tag": "keyword",
  tag: "keyword",
  literal: "number",
  number: "number",
  string: "string",
  regexp: "string",
  char: "string",
  comment: "comment",
  quote: "comment",
  meta: "comment",
  doctag: "comment",
  title: "name",
  type: "name",
  built_in: "name",
  attr: "name",
  attribute: "name",
  name: "name",
  "selector-class": "name",
  "selector-id": "name",
  variable: "name",
  addition: "added",
  deletion: "removed",
};

/** Gathers runs of text instead of HTML. */
class SpanEmitter {
  readonly spans: CodeSpan[] = [];
  private readonly scopes: (CodeKind | undefined)[] = [];

  addText(text: string): void {
    const kind = this.scopes[this.scopes.length - 1];
    const last = this.spans[this.spans.length - 1];
    if (text === "") return;
    if (last !== undefined && last.kind === kind) this.spans[this.spans.length - 1] = { text: last.text + text, kind };
    else this.spans.push({ text, kind });
  }
  startScope(scope: string): void {
    this.openNode(scope);
  }
  endScope(): void {
    this.closeNode();
  }
  openNode(scope: string): void {
    this.scopes.push(kinds[scope.split(".")[0] ?? ""] ?? this.scopes[this.scopes.length - 1]);
  }
  closeNode(): void {
    this.scopes.pop();
  }
  __addSublanguage(emitter: SpanEmitter): void {
    for (const { text, kind } of emitter.spans) this.spans.push({ text, kind });
  }
  finalize(): void {
    this.scopes.length = 0;
  }
  toHTML(): string {
    return "";
  }
}
hljs.configure({ __emitter: SpanEmitter as never });

/** Undefined where the language is not known, or the code too long to be coloured in a moment. */
export function highlight(code: string, language: string): readonly CodeSpan[] | undefined {
  if (code.length > highlightedCharsMax || hljs.getLanguage(language) === undefined) return undefined;
  const { _emitter: emitter, value } = hljs.highlight(code, { language, ignoreIllegals: true }) as unknown as {
    readonly _emitter: SpanEmitter;
    readonly value: string;
  };
  return value === "" && emitter.spans.map(({ text }) => text).join("") === code ? emitter.spans : undefined;
}
