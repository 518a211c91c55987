/**
 * How the process of a peer ends.
 *
 *   running ──signal, or nobody reads its output──► stopping ──everything closed──► exit 0
 *      └──────────── uncaught error ──────────────► abandon ──────────────────────► exit 1
 *   stopping ──second signal──► exit at once
 */
import type { StartedPeer } from "./composition.node.ts";
import { exitPatienceMs, stopMaxMs } from "./limits.ts";
import { printable } from "./print.ts";

/**
 * Resolves with the exit code.
 * @param alsoOn hands out a stop that, unlike a second signal, may come twice: a terminal's Ctrl+C reaches shell and peer alike
 */
export function runUntilStopped(peer: StartedPeer, alsoOn: (stop: () => void) => void = () => undefined): Promise<number> {
  let isStopping = false;
  let settle: (code: number) => void;
  const ended = new Promise<number>((resolve) => {
    settle = resolve;
  });

  const stop = (): void => {
    if (isStopping) {
      peer.abandon();
      process.exit(1);
    }
    isStopping = true;
    setTimeout(() => {
      peer.abandon();
      process.exit(0);
    }, stopMaxMs).unref();
    void peer.stop().then(() => settle(0), fallOver);
  };
  const fallOver = (error: unknown): never => {
    peer.abandon();
    console.error(`earshot: ended by an error of its own: ${describe(error)}`);
    process.exit(1);
  };

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  process.on("uncaughtException", fallOver);
  process.on("unhandledRejection", fallOver);
  const stopOnce = (): void => {
    if (!isStopping) stop();
  };
  alsoOn(stopOnce);
  process.stdout.on("error", stopOnce);
  return ended;
}

/** Once everything is closed and printed. A thread of the WebRTC library must not keep the process, nor a reader that hangs. */
export function exitWhenPrinted(code: number): void {
  process.stdout.write("", () => process.exit(code));
  setTimeout(() => process.exit(code), exitPatienceMs);
}

/** One line, with the place in our own files where there is one. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return printable(String(error));
  const place = error.stack?.split("\n").find((line) => line.trim().startsWith("at "));
  return printable(`${error.message}${place === undefined ? "" : ` (${place.trim()})`}`);
}
