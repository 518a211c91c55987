/** What a crowd does, in the lab and in the simulator alike. */
export interface CrowdPlan {
  readonly peers: number;
  /** Of a hundred packets that arrive at a peer. */
  readonly lossPercent: number;
  /** What each peer can send. */
  readonly megabits: number;
  readonly messagesPerSecond: number;
  readonly seconds: number;
  readonly textLength: number;
  /** Seconds after the first message. Another peer starts in place of each host that is killed. */
  readonly killHostAt: readonly number[];
}

/** In the lobby a message is one broadcast, in a room a post to each member. */
export const conversationNames = ["lobby", "room"] as const;
export type ConversationName = (typeof conversationNames)[number];

/** In turn, and so that each speaker, who comes round once in `peers` messages, uses both. */
export function conversationOf(number: number, { peers }: CrowdPlan): ConversationName {
  return conversationNames[(number + Math.floor(number / peers)) % conversationNames.length] ?? "lobby";
}

/** So long before a host's death and after it a message counts as said in the upheaval: it may wait for the next. */
export const upheavalMs = 5_000;
