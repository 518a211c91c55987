/** A client of a running peer's API, for benchmarks: typed calls and the next message. */
import type { MessageView, MethodName, Params, Result } from "../src/api/contract.ts";

export class ApiConnection {
  static async open(dataDir: string): Promise<ApiConnection> {
    throw new Error(`not wired: ${dataDir}`);
  }
  call<M extends MethodName>(_method: M, _params: Params<M>): Promise<Result<M>> {
    throw new Error("not wired");
  }
  onMessage(_listener: (message: MessageView) => void): void {}
  nextMessageFrom(_peerId: string): Promise<MessageView> {
    throw new Error("not wired");
  }
  close(): void {}
}
