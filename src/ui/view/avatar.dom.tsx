import { hueOf, initialsOf } from "../model/avatar.ts";

export type Presence = "here" | "away";

/** Decoration: the name always stands beside it. */
export function Avatar({ peerId, name, size, presence }: AvatarProps) {
  return (
    <span class={`avatar avatar-${size}`} style={{ "--avatar-hue": String(hueOf(peerId)) }} aria-hidden="true">
      {initialsOf(name)}
      {presence && <span class={`presence presence-${presence}`} />}
    </span>
  );
}

interface AvatarProps {
  readonly peerId: string;
  readonly name: string;
  readonly size: "small" | "medium" | "large";
  readonly presence?: Presence;
}
