/** Why a call did not work, in words for the person. The API words its refusals itself; all else is worded here. */
import { strings } from "./strings.ts";

export function failureWords(error: unknown): string {
  if (typeof error !== "object" || error === null) return strings.failures.unknown;
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code !== "string" || code === "disconnected") return strings.failures.unreachable;
  return typeof message === "string" && message !== "" ? message : strings.failures.unknown;
}
