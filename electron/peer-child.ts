/**
 * The process that runs a peer: Electron's utility process; or, where profiles may be kept and this Electron is too old for the encrypted
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

/** @param mayKeep whether it opens kept profiles; @param more for its environment */
export function startChild(script: string, args: readonly string[], mayKeep: boolean, more: Readonly<Record<string, string>>): PeerChild {
  const node = process.env["EARSHOT_NODE"];
  const isOld = Number(process.versions["napi"] ?? 0) < nodeApiMin;
  const env = { ...process.env, ...more };
  return mayKeep && isOld && node !== undefined ? nodeChild(node, script, args, env) : utilityChild(script, args, env);
}

function utilityChild(script: string, args: readonly string[], env: NodeJS.ProcessEnv): PeerChild {
  const child = utilityProcess.fork(script, [...args], { env, serviceName: "Earshot peer", stdio: "inherit" });
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

function nodeChild(node: string, script: string, args: readonly string[], env: NodeJS.ProcessEnv): PeerChild {
  const child = fork(script, [...args], { env, execPath: node, execArgv: [], stdio: ["ignore", "inherit", "inherit", "ipc"] });
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
