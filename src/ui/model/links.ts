/** Finds what may become a link: http and https alone, with the host as it is really asked for. */
import { LinkifyIt } from "linkify-it";

export interface FoundLink {
  readonly start: number;
  readonly end: number;
  readonly url: string;
  /** Letters that reorder or hide text are shown as their codes. */
  readonly text: string;
  readonly host: string;
  /** The host's letters are not plain ASCII: a lookalike could hide here. */
  readonly disguised: boolean;
}

export type FindLinks = (text: string) => readonly FoundLink[];

/** `parseUrl` is the platform's parser; undefined for what it refuses. `host` is in ASCII (punycode). */
export type ParseUrl = (url: string) => { readonly protocol: string; readonly host: string; readonly href: string } | undefined;

const reordering = /[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

export function createLinkFinder(parseUrl: ParseUrl): FindLinks {
  const linkify = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: false, fuzzyIP: false, urlAuth: false });
  return (text) => {
    const found: FoundLink[] = [];
    for (const match of linkify.match(text) ?? []) {
      if (match.schema !== "" && match.schema !== "http:" && match.schema !== "https:") continue;
      const parsed = parseUrl(match.url);
      if (!parsed || (parsed.protocol !== "http:" && parsed.protocol !== "https:")) continue;
      const disguised = !match.raw.toLowerCase().includes(parsed.host);
      const shown = match.raw.replace(reordering, (character) => encodeURIComponent(character));
      found.push({ start: match.index, end: match.lastIndex, url: parsed.href, text: shown, host: parsed.host, disguised });
    }
    return found;
  };
}
