/**
 * Who may talk to the server. It listens on 127.0.0.1, where every page that a person opens anywhere, and every other
 * user of the machine, can send requests too.
 *
 * Invariants
 * 1. `Host` must be our own: a foreign name that resolves to 127.0.0.1 (DNS rebinding) gets nothing.
 * 2. A page may connect only from our own origin; programs send no `Origin`.
 * 3. The token is compared in constant time, and is neither in an address that is logged nor in a cookie that is sent unasked.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { apiSubprotocol, apiTokenPrefix } from "./wire.ts";

/** The HTTP status that tells why: 401 for a wrong token, 403 for all else. */
export type Refusal = { readonly status: 401 | 403; readonly message: string };

export interface Access {
  /** For every request. */
  checkHost(request: IncomingMessage): Refusal | undefined;
  /** For WebSockets, on top. */
  checkClient(request: IncomingMessage): Refusal | undefined;
  /** For `Authorization: Bearer`, by which the page asks whether its token is good. */
  checkBearer(request: IncomingMessage): Refusal | undefined;
}

export function createAccess(port: number, token: string): Access {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const origins = hosts.map((host) => `http://${host}`);
  const tokenDigest = digest(token);
  const isToken = (given: string | undefined) => given !== undefined && timingSafeEqual(digest(given), tokenDigest);

  return {
    checkHost({ headers }) {
      if (headers.host !== undefined && hosts.includes(headers.host)) return undefined;
      return { status: 403, message: "This server answers only under its own address." };
    },

    checkClient({ headers }) {
      const { origin } = headers;
      if (origin !== undefined && !origins.includes(origin)) return { status: 403, message: "Pages of other origins may not connect." };
      const offered = (headers["sec-websocket-protocol"] ?? "").split(",").map((protocol) => protocol.trim());
      if (!offered.includes(apiSubprotocol)) return { status: 403, message: `The subprotocol ${apiSubprotocol} must be offered.` };
      const given = offered.find((protocol) => protocol.startsWith(apiTokenPrefix))?.slice(apiTokenPrefix.length);
      return isToken(given) ? undefined : wrongToken(given);
    },

    checkBearer({ headers }) {
      const given = /^Bearer (.+)$/u.exec(headers.authorization ?? "")?.[1];
      return isToken(given) ? undefined : wrongToken(given);
    },
  };
}

function wrongToken(given: string | undefined): Refusal {
  return { status: 401, message: given === undefined ? "The token is missing." : "The token is wrong." };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
