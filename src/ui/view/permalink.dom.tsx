/** A link to a message. Whether it is here is known when it is opened: nothing is asked for what is only looked at. */
import { useState } from "preact/hooks";
import { useApp } from "../app.dom.ts";
import { placeStrings } from "../strings-places.ts";
import { Icon } from "./icon.dom.tsx";

export function Permalink({ messageId }: { readonly messageId: string }) {
  const { api, reveal } = useApp();
  const [isGone, setGone] = useState(false);
  const open = async () => {
    try {
      const { message } = await api.call("messages.get", { messageId });
      setGone(!(await reveal(message.in, messageId)));
    } catch {
      setGone(true);
    }
  };
  return (
    <>
      <button type="button" class="permalink" title={placeStrings.openPermalink} onClick={() => void open()}>
        <Icon name="link" size={12} /> {placeStrings.permalink}
      </button>
      {isGone && (
        <span class="permalink-gone" role="alert">
          {` ${placeStrings.permalinkGone}`}
        </span>
      )}
    </>
  );
}
