/** The API's `profile.*`: what concerns the files of this peer, and so is answered beside the peer, which has none. */
import type { ErrorCode, Params, ProfileMethodName } from "../api/contract.ts";
import type { CallOutcome } from "../api/peer-port.ts";
import { type OpenKeptProfile, ProfileError } from "../store/index.ts";

export interface ProfileCallsParts {
  /** Undefined for a guest. */
  readonly kept: OpenKeptProfile | undefined;
  /** Nothing is kept from here on. */
  destroyed(): void;
  /** Once the answer has left. */
  quit(): void;
}

export async function answerProfile(parts: ProfileCallsParts, method: ProfileMethodName, params: unknown): Promise<CallOutcome> {
  try {
    return { ok: true, result: await act(parts, method, params) };
  } catch (error) {
    if (error instanceof ProfileError)
      return { ok: false, error: { code: codes[error.code] ?? "profileUnusable", message: error.message } };
    throw error;
  }
}

const codes: Readonly<Record<string, ErrorCode>> = {
  passphraseNeeded: "wrongPassphrase",
  wrongPassphrase: "wrongPassphrase",
  tooManyTries: "tooManyTries",
  passphraseInvalid: "passphraseInvalid",
  unknownProfile: "notKept",
};

async function act(parts: ProfileCallsParts, method: ProfileMethodName, params: unknown): Promise<unknown> {
  const { kept } = parts;
  switch (method) {
    case "profile.get":
      return view(kept);
    case "profile.changePassphrase": {
      const { old, next } = params as Params<"profile.changePassphrase">;
      await needed(kept).changePassphrase(old, next);
      return view(kept);
    }
    case "profile.setWipeOnQuit":
      await needed(kept).setWipeOnQuit((params as Params<"profile.setWipeOnQuit">).on);
      return view(kept);
    case "profile.wipe":
      parts.destroyed();
      await kept?.destroy();
      parts.quit();
      return {};
  }
}

function view(kept: OpenKeptProfile | undefined): unknown {
  if (kept === undefined) return { isKept: false, protection: null, hasPassphrase: false, wipeOnQuit: true };
  const { protection, hasPassphrase, wipeOnQuit } = kept.summary();
  return { isKept: true, protection, hasPassphrase, wipeOnQuit };
}

function needed(kept: OpenKeptProfile | undefined): OpenKeptProfile {
  if (kept === undefined) throw new ProfileError("unknownProfile", "You are a guest: nothing is kept, so there is nothing to protect.");
  return kept;
}
