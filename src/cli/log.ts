/** What the process around a peer tells whoever looks into it: single lines, never a token or a message. */
import type { LogLevel } from "./options.ts";

export type Log = (level: LogLevel, line: string) => void;

const order: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

export function createLog(most: LogLevel, write: (line: string) => void): Log {
  return (level, line) => {
    if (order[level] <= order[most]) write(`earshot: ${line}`);
  };
}
