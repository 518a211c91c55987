import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { MessageView } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import { failureWords } from "../failure.ts";
import { searchPauseMs, searchResultsMax } from "../limits.ts";
import { findConversation, labelOf } from "../model/conversation.ts";
import { strings } from "../strings.ts";
import { Avatar } from "./avatar.dom.tsx";
import { Name } from "./controls.dom.tsx";

const words = strings.search;

interface Found {
  readonly query: string;
  readonly messages: readonly MessageView[];
}

export function SearchPanel() {
  const { api, current, navigation, now } = useApp();
  const [query, setQuery] = useState("");
  const [everywhere, setEverywhere] = useState(false);
  const [found, setFound] = useState<Found | undefined>(undefined);
  const [note, setNote] = useState<string | undefined>(undefined);
  const field = useRef<HTMLInputElement>(null);
  const conversation = navigation.conversation.value;
  useLayoutEffect(() => field.current?.focus(), []);

  useEffect(() => {
    const wanted = query.trim();
    setNote(undefined);
    if (wanted === "") {
      setFound(undefined);
      return undefined;
    }
    let isCurrent = true;
    const search = async () => {
      try {
        const scope = everywhere ? {} : { in: conversation };
        const { messages } = await api.call("messages.search", {
          query: wanted,
          limit: searchResultsMax,
          eastMinutes: -new Date().getTimezoneOffset(),
          ...scope,
        });
        if (isCurrent) setFound({ query: wanted, messages });
      } catch (error) {
        if (isCurrent) setNote(failureWords(error));
      }
    };
    const timer = setTimeout(() => void search(), searchPauseMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [query, everywhere, conversation]);

  // What disappears leaves the list.
  useEffect(() => {
    setFound(
      (shown) => shown && { ...shown, messages: shown.messages.filter(({ expiresAt }) => expiresAt === null || expiresAt > now.value) },
    );
  }, [now.value]);

  return (
    <search class="search-panel">
      <input
        class="input"
        ref={field}
        type="search"
        value={query}
        maxLength={200}
        aria-label={words.field}
        placeholder={words.field}
        autocomplete="off"
        dir="auto"
        onInput={(event) => setQuery(event.currentTarget.value)}
      />
      <fieldset class="segments">
        <legend class="visually-hidden">{words.scope}</legend>
        <label>
          <input type="radio" name="scope" checked={!everywhere} onChange={() => setEverywhere(false)} />
          <span>{words.scopeHere(current.value ? labelOf(current.value) : "")}</span>
        </label>
        <label>
          <input type="radio" name="scope" checked={everywhere} onChange={() => setEverywhere(true)} />
          <span>{words.scopeAll}</span>
        </label>
      </fieldset>
      <p class="aside-note" role="status">
        {note ?? (found ? (found.messages.length === 0 ? words.none(found.query) : words.found(found.messages.length)) : words.hint)}
      </p>
      {found && found.messages.length > 0 && (
        <ul class="results" aria-label={words.results}>
          {found.messages.map((message) => (
            <Result key={message.messageId} message={message} showWhere={everywhere} onMissing={() => setNote(words.notShown)} />
          ))}
        </ul>
      )}
    </search>
  );
}

function Result({ message, showWhere, onMissing }: ResultProps) {
  const { dates, now, readable, reveal, store } = useApp();
  const where = findConversation(message.in, { rooms: store.rooms.value, peers: store.peers.value });
  const show = async () => {
    try {
      if (!(await reveal(message.in, message.messageId))) onMissing();
    } catch {
      onMissing();
    }
  };
  return (
    <li>
      <button type="button" class="result" onClick={() => void show()}>
        <span class="result-head">
          <Avatar peerId={message.from} name={message.fromName} size="small" />
          <Name>{message.fromName}</Name>
          {showWhere && where && <span class="muted">{labelOf(where)}</span>}
          <time class="muted" dateTime={new Date(message.sentAt).toISOString()} title={dates.full(message.sentAt)}>
            {dates.day(message.sentAt, now.value)} {dates.time(message.sentAt)}
          </time>
        </span>
        <bdi class="result-text">{readable(message.text)}</bdi>
      </button>
    </li>
  );
}

interface ResultProps {
  readonly message: MessageView;
  readonly showWhere: boolean;
  readonly onMissing: () => void;
}
