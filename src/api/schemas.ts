/** What several parts of the contract take. */
import { z } from "zod";

/** The protocol's own limit leaves room above it. */
export const nameCharsMax = 40;
export const personName = z.string().trim().min(1).max(nameCharsMax);
export const empty = z.object({}).strict();

/** Bounds of what people type; the protocol's own limits leave room above them. */
export const roomNameCharsMax = 32;
export const topicCharsMax = 200;
export const textBytesMax = 16 * 1024;
export const listLimitMax = 500;
/** One sign, with all that joins it to others. */
export const emojiCharsMax = 32;
export const timerMsMin = 5_000;
export const timerMsMax = 28 * 24 * 3_600_000;

/** How long a room can be kept on one machine: a day to ten years. */
export const keepMsMin = 86_400_000;
export const keepMsMax = 3_650 * 86_400_000;
/** Nobody remembers what they wrote for in more than a year. */
export const scheduleAheadMsMax = 366 * 86_400_000;

export const peerId = z
  .string()
  .regex(/^[a-z2-7]{32}$/, "a peer id is 32 letters and digits")
  .describe("32 characters of base32");
export const roomId = z.string().min(1).max(80).describe('"lobby", or 26 characters of base32');
export const roomRef = z.string().min(1).max(80).describe('"#name" or a room id');
export const destination = z.string().min(1).max(80).describe('"#name", a room id, or "@" and a peer id');
export const millis = z.number().int().nonnegative().describe("milliseconds since 1970, wall time");
export const address = z.string().min(1).max(260).describe('"host" or "host:port"');
export const visibility = z.enum(["public", "private"]);
export const history = z
  .enum(["all", "fromJoin"])
  .describe("what whoever comes in is given: all that was said, or what is said from then on");

export const keepMs = z
  .number()
  .int()
  .positive()
  .nullable()
  .describe("how long this machine keeps what is said there; null: as long as there is space");
export const timerMs = z.number().int().positive().nullable().describe("after how long messages written now disappear; null: they stay");
