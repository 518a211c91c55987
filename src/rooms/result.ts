/** How calls of `Rooms` end. */
import type { ReceiveFailure } from "./inbox.ts";
import type { RoomsOutcome } from "./ports.ts";

/** Why something was refused; the API's codes of the same names. */
export type RoomsFailure =
  | "unknownRoom"
  | "ambiguousRoom"
  | "notMember"
  | "notInvited"
  | "nameTaken"
  | "nameInvalid"
  | "textTooLong"
  | "lobbyPermanent"
  | "roomFull"
  | "unknownMessage"
  | "notYours"
  | "deleted"
  | "disappears"
  | "tooManyReactions"
  | "threadFull";

export type RoomsResult<T> =
  | ({ readonly ok: true; readonly outcome: RoomsOutcome } & T)
  | { readonly ok: false; readonly code: RoomsFailure };
export type Received = { readonly ok: true; readonly outcome: RoomsOutcome } | { readonly ok: false; readonly failure: ReceiveFailure };
