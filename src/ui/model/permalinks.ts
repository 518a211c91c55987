/** Links to messages, as people pass them on inside Earshot: `earshot://message/` and the message's id. */

const scheme = "earshot://message/";
/** Author, log and place in it. */
const pattern = /earshot:\/\/message\/([a-z2-7]{32}\/[0-9a-f]{16}\/[1-9][0-9]{0,14})(?![\p{L}\p{N}/])/gu;

export interface FoundPermalink {
  readonly start: number;
  readonly end: number;
  readonly messageId: string;
}

export const permalinkTo = (messageId: string): string => `${scheme}${messageId}`;

export function findPermalinks(text: string): readonly FoundPermalink[] {
  if (!text.includes(scheme)) return [];
  return [...text.matchAll(pattern)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    messageId: match[1] ?? "",
  }));
}
