/** `call`, `watch`, `peers`, `people`, `rooms`, `doctor`: short conversations with a running peer. Each returns the exit code. */

import { connectApi, type NodeApiClient } from "../api/client.node.ts";
import { ApiCallError } from "../api/client.ts";
import type { MethodName } from "../api/contract.ts";
import { machineAddresses } from "../discovery/interfaces.node.ts";
import { runMessageCommand } from "./message-commands.node.ts";
import type { Command } from "./options.ts";
import { formatDoctor, formatPeers, formatPeople, formatRooms } from "./print.ts";
import type { ProfileCommand } from "./profile-options.ts";
import { findRunningPeer } from "./running-peer.node.ts";
import type { Whereabouts } from "./whereabouts.ts";

export type ClientCommand = Exclude<Command, ProfileCommand | { readonly command: "run" | "help" | "version" }>;

export async function runClientCommand(command: ClientCommand): Promise<number> {
  return withPeer(command.at, async (api) => {
    switch (command.command) {
      case "call":
        print(JSON.stringify(await api.call(command.method as MethodName, command.params as never), undefined, 2));
        return 0;
      case "peers":
        print(formatPeers((await api.call("peers.list", {})).peers));
        return 0;
      case "people":
        print(formatPeople((await api.call("people.list", {})).people));
        return 0;
      case "rooms":
        print(formatRooms((await api.call("rooms.list", {})).rooms));
        return 0;
      case "doctor": {
        const [session, host, { peers }, stats] = await Promise.all([
          api.call("session.get", {}),
          api.call("host.get", {}),
          api.call("peers.list", {}),
          api.call("host.stats", {}),
        ]);
        print(formatDoctor({ session, host, peers, stats, interfaces: machineAddresses() }));
        return 0;
      }
      case "watch":
        return watch(api);
      default:
        return runMessageCommand(api, command, { print, fail });
    }
  });
}

/** Until the peer ends, or nobody reads any more. */
function watch(api: NodeApiClient): Promise<number> {
  return new Promise((resolve) => {
    api.onEvent((event) => print(JSON.stringify(event)));
    api.onClosed(() => resolve(fail("this Earshot is not running any more")));
    process.stdout.on("error", () => resolve(0));
  });
}

async function withPeer(at: Whereabouts, act: (api: NodeApiClient) => Promise<number>): Promise<number> {
  const found = findRunningPeer(at);
  if (!found.ok) return fail(found.message);
  let api: NodeApiClient | undefined;
  try {
    api = await connectApi(found.peer);
    return await act(api);
  } catch (error) {
    if (!(error instanceof ApiCallError)) throw error;
    console.error(`${error.code}: ${error.message}`);
    return 1;
  } finally {
    api?.close();
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(message: string): number {
  console.error(`earshot: ${message}`);
  return 1;
}
