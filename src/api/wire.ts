/** How the contract's calls travel. Apart from the schemas, so that a client need not carry them. */

/** The WebSocket's path, and its subprotocol; a second subprotocol of this prefix carries the token. */
export const apiPath = "/api";
export const apiSubprotocol = "earshot.v1";
export const apiTokenPrefix = "earshot.token.";

/** Events are notifications of this method; its params are the event. */
export const eventMethod = "event";

/** JSON-RPC error numbers: the specification's for malformed calls, one of our own for refused ones (`data.code` tells which). */
export const rpcErrorNumbers = {
  parse: -32700,
  invalidRequest: -32600,
  unknownMethod: -32601,
  invalidParams: -32602,
  refused: -32000,
} as const;

/** Why the server ends a connection (RFC 6455, section 7.4). */
export const closeCodes = {
  /** The peer stops. */
  stopping: 1001,
  messageTooLarge: 1009,
  /** It does not read its events, which would be kept for it without end: connect again and read anew. */
  readsTooSlowly: 4000,
} as const;

/** How a file with an exported profile ends, or one with a conversation; the desktop lets its page save no other. */
export const exportSuffix = ".earshot-profile";
export const conversationSuffixes = [".conversation.md", ".conversation.json"] as const;
