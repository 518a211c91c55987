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

const words = strings.delivery;
/** Names said before "and 3 more". */
const namesSaid = 5;

export function describeDelivery(message: MessageView, nameOf: (peerId: string) => string): Delivery {
  const names = listNames(message.receivedBy.map(nameOf));
  const received = message.receivedBy.length;
  switch (message.state) {
    case "queued":
      return { mark: "queued", count: received === 0 ? undefined : received, words: queuedWords(message, names) };
    case "held":
      return {
        mark: "held",
        count: received === 0 ? undefined : received,
        words: sentences(reached(message, names), words.held(message.heldBy)),
      };
    case "delivered":
      return { mark: "delivered", count: undefined, words: sentences(words.delivered(names), readWords(message, nameOf)) };
    case "read":
      return { mark: "read", count: undefined, words: words.read(listNames(message.readBy.map(nameOf))) };
  }
}

function queuedWords(message: MessageView, names: string): string {
  const { readers, heldBy, notHeld } = message;
  if (readers === 0) return words.noReaders;
  const wait = heldBy === 1 ? words.heldByOne : notHeld === null ? words.queued : words.notHeld[notHeld];
  return sentences(reached(message, names), wait);
}

const reached = ({ receivedBy, readers }: MessageView, names: string): string =>
  receivedBy.length === 0 ? "" : words.reached(receivedBy.length, readers, names);

const readWords = ({ readBy }: MessageView, nameOf: (peerId: string) => string): string =>
  readBy.length === 0 ? "" : words.read(listNames(readBy.map(nameOf)));

const sentences = (...said: readonly string[]): string => said.filter((sentence) => sentence !== "").join(". ");

export function listNames(names: readonly string[]): string {
  if (names.length > namesSaid) return strings.andMore(names.slice(0, namesSaid).join(", "), names.length - namesSaid);
  if (names.length < 2) return names[0] ?? "";
  return strings.and(names.slice(0, -1).join(", "), names[names.length - 1] ?? "");
}
