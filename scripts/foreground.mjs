/** Runs a command in this process's place: same terminal, same signals, same exit code. */
import { spawn } from "node:child_process";

/**
 * @param {string} command
 * @param {readonly string[]} commandArguments
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<never>} ends this process with the command's own end
 */
export function runInPlace(command, commandArguments, options = {}) {
  return new Promise(() => {
    const child = spawn(command, [...commandArguments], { stdio: "inherit", ...options });
    // A terminal sends Ctrl-C to the whole group: the child has it already, this process only has to outlive it.
    process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    process.on("SIGHUP", () => child.kill("SIGHUP"));
    child.on("error", (error) => {
      console.error(`earshot: ${command} cannot be started: ${error.message}`);
      process.exit(1);
    });
    child.on("exit", (code, signal) => {
      if (signal === null) process.exit(code ?? 1);
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    });
  });
}
