/** Which addresses are the window's own, and which may be handed to the person's browser. */
import { outsideUrlCharsMax } from "./limits.ts";

/** The address to hand to the person's browser, or undefined where it is none for a browser. */
export function outsideUrl(text: string): string | undefined {
  const url = text.length > outsideUrlCharsMax ? undefined : parseUrl(text);
  if (url?.protocol !== "http:" && url?.protocol !== "https:") return undefined;
  // "https://bank.example@evil.example" exists to deceive.
  return url.username === "" && url.password === "" ? url.href : undefined;
}

export function isOwnRequest(text: string, ownOrigin: string | undefined): boolean {
  // The tools' own files, and what an address itself contains: neither leaves this process.
  if (text.startsWith("devtools://") || text.startsWith("data:")) return true;
  const url = parseUrl(text);
  if (ownOrigin === undefined || url === undefined) return false;
  // A blob's origin is that of the page that made it. A WebSocket's differs in its scheme alone.
  return url.origin === ownOrigin || (url.protocol === "ws:" && `http://${url.host}` === ownOrigin);
}

/** A page of the peer's own, and not one that a page made up (blob:). */
export function isOwnPage(text: string, ownOrigin: string | undefined): boolean {
  const url = parseUrl(text);
  return ownOrigin !== undefined && url?.protocol === "http:" && url.origin === ownOrigin;
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
