/** What has become of one's own message, as a mark and in words. */
import type { MessageView } from "../../api/contract.ts";
import { strings } from "../strings.ts";

export type DeliveryMark = "queued" | "held" | "delivered" | "read";

export interface Delivery {
  readonly mark: DeliveryMark;
  /** Shown beside the mark where only some have it. */
  readonly count: number | undefined;
  readonly words: string;
}

/** Names said before "and 3 more". */
const namesSaid = 5;

export function describeDelivery(message: MessageView, nameOf: (peerId: string) => string): Delivery {
  const names = listNames(message.receivedBy.map(nameOf));
  const received = message.receivedBy.length;
  switch (message.state) {
    case "queued":
      return { mark: "queued", count: undefined, words: message.readers === 0 ? strings.delivery.noReaders : strings.delivery.queued };
    case "held":
      return { mark: "held", count: received, words: strings.delivery.held(received, message.readers, names) };
    case "delivered":
      return { mark: "delivered", count: undefined, words: strings.delivery.delivered(names) };
    case "read":
      return { mark: "read", count: undefined, words: strings.delivery.read(names) };
  }
}

export function listNames(names: readonly string[]): string {
  if (names.length > namesSaid) return strings.andMore(names.slice(0, namesSaid).join(", "), names.length - namesSaid);
  if (names.length < 2) return names[0] ?? "";
  return strings.and(names.slice(0, -1).join(", "), names[names.length - 1] ?? "");
}
