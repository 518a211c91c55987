/** A peer's events for one listener that comes later: what happened before is kept until then. */
import type { EarshotEvent } from "../api/contract.ts";

export interface EventFeed {
  push(event: EarshotEvent): void;
  follow(listener: (event: EarshotEvent) => void): void;
}

export function createEventFeed(): EventFeed {
  const early: EarshotEvent[] = [];
  let deliver = (event: EarshotEvent): void => void early.push(event);
  return {
    push: (event) => deliver(event),
    follow(listener) {
      deliver = listener;
      for (const event of early.splice(0)) listener(event);
    },
  };
}
