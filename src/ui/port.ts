/** What the page needs of the API's client. */
import type { EarshotEvent, MethodName, Params, Result } from "../api/contract.ts";

/** `refused`: the token is missing or wrong, trying again does not help. */
export type ConnectionState = "connecting" | "open" | "reconnecting" | "refused";

export interface Api {
  /** Rejects with what `failureWords` can read; also while the connection is down, so that nothing waits unseen. */
  call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>>;
  onEvent(listener: (event: EarshotEvent) => void): void;
  onState(listener: (state: ConnectionState) => void): void;
}

/** What the desktop shell gives its page; absent in a browser. */
export interface DesktopBridge {
  setBadge(count: number): void;
  notify(notification: { readonly title: string; readonly body: string; readonly conversation: string }): void;
  onOpenConversation(listener: (conversation: string) => void): void;
}
