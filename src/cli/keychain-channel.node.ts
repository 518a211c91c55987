/**
 * The system's keychain, which only the desktop shell can reach, from the peer's process: one question a message, one answer each.
 *
 *   peer ── {type: "keychain", id, act: "wrap" | "unwrap", bytes: base64} ──► shell
 *   peer ◄── {type: "keychain", id, bytes: base64 | null} ── shell
 */
import type { Keychain } from "../store/index.ts";
import { keychainPatienceMs } from "./limits.ts";

/** Set for a peer whose shell has a keychain. */
export const keychainVariable = "EARSHOT_KEYCHAIN";

export interface KeychainQuestion {
  readonly type: "keychain";
  readonly id: number;
  readonly act: "wrap" | "unwrap";
  readonly bytes: string;
}

export interface KeychainAnswer {
  readonly type: "keychain";
  readonly id: number;
  /** Null: it was refused. */
  readonly bytes: string | null;
}

export interface KeychainChannel {
  send(question: KeychainQuestion): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Calls once, after so many milliseconds. */
  after(ms: number, run: () => void): void;
}

export function createKeychain(channel: KeychainChannel): Keychain {
  const waiting = new Map<number, (bytes: string | null) => void>();
  let lastId = 0;
  channel.onMessage((message) => {
    const answer = decodeAnswer(message);
    if (answer !== undefined) waiting.get(answer.id)?.(answer.bytes);
  });
  function ask(act: KeychainQuestion["act"], bytes: string): Promise<string> {
    const id = ++lastId;
    return new Promise((resolve, reject) => {
      waiting.set(id, (answered) => {
        waiting.delete(id);
        if (answered === null) reject(new Error("it was refused"));
        else resolve(answered);
      });
      channel.after(keychainPatienceMs, () => waiting.get(id)?.(null));
      channel.send({ type: "keychain", id, act, bytes });
    });
  }
  return {
    wrap: async (secret) => fromBase64(await ask("wrap", toBase64(secret))),
    unwrap: async (wrapped) => fromBase64(await ask("unwrap", toBase64(wrapped))),
  };
}

/** The shell's side. `safe` is Electron's safeStorage, which takes texts. */
export function answerKeychain(
  safe: { encryptString(text: string): Uint8Array; decryptString(bytes: Uint8Array): string },
  message: unknown,
): KeychainAnswer | undefined {
  const question = decodeQuestion(message);
  if (question === undefined) return undefined;
  const { id, act, bytes } = question;
  try {
    return { type: "keychain", id, bytes: act === "wrap" ? toBase64(safe.encryptString(bytes)) : safe.decryptString(fromBase64(bytes)) };
  } catch {
    // Locked, or another person's.
    return { type: "keychain", id, bytes: null };
  }
}

function decodeQuestion(message: unknown): KeychainQuestion | undefined {
  const { type, id, act, bytes } = fieldsOf(message);
  const isOne = type === "keychain" && typeof id === "number" && (act === "wrap" || act === "unwrap") && typeof bytes === "string";
  return isOne ? { type, id, act, bytes } : undefined;
}

function decodeAnswer(message: unknown): KeychainAnswer | undefined {
  const { type, id, bytes } = fieldsOf(message);
  const isOne = type === "keychain" && typeof id === "number" && (bytes === null || typeof bytes === "string");
  return isOne ? { type, id, bytes } : undefined;
}

const fieldsOf = (message: unknown): Partial<Record<string, unknown>> =>
  typeof message === "object" && message !== null ? (message as Partial<Record<string, unknown>>) : {};
const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));
