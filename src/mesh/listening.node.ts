/** Opens the signalling port: the one that was asked for, or the first free one of a few. */
import { createServer, type Server } from "node:net";
import { signallingPort, signallingPortsTried } from "./signalling-limits.ts";
import { strict } from "./strict.ts";

export type ListenFailure = "portInUse" | "portForbidden" | "addressMissing" | "failed";

/** Why the port could not be opened, in words for the person who started it. */
export class ListenError extends Error {
  readonly code: ListenFailure;

  constructor(code: ListenFailure, message: string) {
    super(message);
    this.name = "ListenError";
    this.code = code;
  }
}

/**
 * One server for each host, all on one port.
 * @param wantedPort only this; undefined: the first free one from `signallingPort`
 * Throws `ListenError`.
 */
export async function listenOnFreePort(
  hosts: readonly string[],
  wantedPort: number | undefined,
): Promise<{ servers: Server[]; port: number }> {
  const ports =
    wantedPort === undefined ? Array.from({ length: signallingPortsTried }, (_, index) => signallingPort + index) : [wantedPort];
  let last: ListenError | undefined;
  for (const wanted of ports) {
    const servers: Server[] = [];
    try {
      let port = wanted;
      for (const host of hosts) {
        const server = await listen(host, port);
        servers.push(server);
        const bound = server.address();
        if (typeof bound === "object" && bound !== null) port = bound.port;
      }
      return { servers, port };
    } catch (error) {
      for (const server of servers) server.close();
      strict(error instanceof ListenError, "listening fails with a reason");
      last = error;
      if (error.code !== "portInUse") throw error;
    }
  }
  if (wantedPort === undefined) {
    const end = signallingPort + signallingPortsTried - 1;
    throw new ListenError(
      "portInUse",
      `All ports from ${signallingPort} to ${end} are in use. Close another Earshot, or choose one with --port.`,
    );
  }
  throw last ?? new ListenError("failed", "There is no address to listen on.");
}

async function listen(host: string, port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(explain(error, host, port)));
    server.listen({ host, port, exclusive: true }, () => {
      server.removeAllListeners("error");
      // Accepting can fail for want of file descriptors; the next one may succeed.
      server.on("error", ignore);
      resolve(server);
    });
  });
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): ListenError {
  switch (error.code) {
    case "EADDRINUSE":
      return new ListenError("portInUse", `Port ${port} is in use. Close the program that uses it, or choose another with --port.`);
    case "EACCES":
      return new ListenError("portForbidden", `This system does not let you use port ${port}. Choose one above 1023 with --port.`);
    case "EADDRNOTAVAIL":
      return new ListenError("addressMissing", `This computer has no address ${host}.`);
    default:
      return new ListenError("failed", `Cannot listen on ${host} port ${port}: ${error.message}`);
  }
}

function ignore(): void {}
