/**
 * The process that runs a peer: Electron's utility process; or, for a kept profile where this Electron is too old for the encrypted
 * database, the Node that started it (`EARSHOT_NODE`).
 */
import { fork } from "node:child_process";
import { utilityProcess } from "electron";

export interface PeerChild {
  readonly pid: number | undefined;
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: (code: number) => void): void;
  kill(): void;
}

/** Of the database's binaries; older runtimes load them and end. */
const nodeApiMin = 10;

export function startChild(script: string, args: readonly string[], isKept: boolean): PeerChild {
  const node = process.env["EARSHOT_NODE"];
  const isOld = Number(process.versions["napi"] ?? 0) < nodeApiMin;
  return isKept && isOld && node !== undefined ? nodeChild(node, script, args) : utilityChild(script, args);
}

function utilityChild(script: string, args: readonly string[]): PeerChild {
  const child = utilityProcess.fork(script, [...args], { serviceName: "Earshot peer", stdio: "inherit" });
  return {
    get pid() {
      return child.pid;
    },
    send: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on("message", listener),
    onExit: (listener) => void child.once("exit", listener),
    kill: () => void child.kill(),
  };
}

function nodeChild(node: string, script: string, args: readonly string[]): PeerChild {
  const child = fork(script, [...args], { execPath: node, execArgv: [], stdio: ["ignore", "inherit", "inherit", "ipc"] });
  return {
    get pid() {
      return child.pid;
    },
    // To one that has ended there is nothing to say.
    send: (message) => void (child.connected && child.send(message as object)),
    onMessage: (listener) => void child.on("message", listener),
    onExit: (listener) => void child.once("exit", (code) => listener(code ?? 1)),
    kill: () => void child.kill(),
  };
}
