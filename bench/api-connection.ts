/** A client of a running peer's API for benchmarks: calls, and the next message from somebody. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connectApi, type NodeApiClient } from "../src/api/client.node.ts";
import type { MessageView, MethodName, Params, Result } from "../src/api/contract.ts";

export class ApiConnection {
  readonly #client: NodeApiClient;
  readonly #listeners = new Set<(message: MessageView) => void>();

  static async open(dataDir: string): Promise<ApiConnection> {
    const address = JSON.parse(readFileSync(join(dataDir, "api.json"), "utf8")) as { url: string; token: string };
    return new ApiConnection(await connectApi(address));
  }

  private constructor(client: NodeApiClient) {
    this.#client = client;
    client.onEvent((event) => {
      if (event.event !== "messageAdded") return;
      for (const listener of this.#listeners) listener(event.message);
    });
  }

  call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> {
    return this.#client.call(method, params);
  }

  onMessage(listener: (message: MessageView) => void): void {
    this.#listeners.add(listener);
  }

  nextMessageFrom(peerId: string): Promise<MessageView> {
    return new Promise((resolve) => {
      const listener = (message: MessageView): void => {
        if (message.from !== peerId) return;
        this.#listeners.delete(listener);
        resolve(message);
      };
      this.#listeners.add(listener);
    });
  }

  close(): void {
    this.#client.close();
  }
}
