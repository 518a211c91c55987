/** The system's keychain, where there is a real one: what Chromium does without it is no protection. */
import { safeStorage } from "electron";
import { answerKeychain, type KeychainAnswer } from "../src/cli/keychain-channel.node.ts";

/** Once the app is ready. */
export function hasKeychain(): boolean {
  if (!safeStorage.isEncryptionAvailable()) return false;
  if (process.platform !== "linux") return true;
  // Older ones cannot say which it is, and count no keyring as none.
  const { getSelectedStorageBackend } = safeStorage as Partial<typeof safeStorage>;
  return getSelectedStorageBackend === undefined || !["basic_text", "unknown"].includes(getSelectedStorageBackend.call(safeStorage));
}

/** Undefined for any other message. */
export function keychainAnswer(message: unknown): KeychainAnswer | undefined {
  const safe = {
    encryptString: (text: string) => safeStorage.encryptString(text),
    decryptString: (bytes: Uint8Array) => safeStorage.decryptString(Buffer.from(bytes)),
  };
  return answerKeychain(safe, message);
}
