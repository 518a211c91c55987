/** What details consist of: a face, facts, an identity to compare. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { groupId } from "../model/amounts.ts";
import { strings } from "../strings.ts";
import { Avatar, type Presence } from "./avatar.dom.tsx";
import { IconButton, Name } from "./controls.dom.tsx";

export function Face({ peerId, name, presence, note }: FaceProps) {
  return (
    <div class="face">
      <Avatar peerId={peerId} name={name} size="large" presence={presence} />
      <h3>
        <Name>{name}</Name>
      </h3>
      <p class="face-note">{note}</p>
    </div>
  );
}

interface FaceProps {
  readonly peerId: string;
  readonly name: string;
  readonly presence: Presence;
  readonly note: string;
}

export function Facts({ children }: { readonly children: ComponentChildren }) {
  return <dl class="facts">{children}</dl>;
}

export function Fact({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function Identity({ peerId }: { readonly peerId: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <Fact label={strings.details.id}>
      <span class="identity">
        <code>{groupId(peerId)}</code>
        <IconButton
          icon={copied ? "delivered" : "copy"}
          label={copied ? strings.details.copied : strings.details.copyId}
          onClick={() => void navigator.clipboard.writeText(peerId).then(() => setCopied(true))}
        />
      </span>
    </Fact>
  );
}
