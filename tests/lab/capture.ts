/** What crosses a wire, byte for byte. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inNamespace, temporaryFolder } from "./namespaces.ts";

export interface Capture {
  /** Where it is written until `stop`. */
  readonly file: string;
  /** Ends it. Gives the packets as tcpdump wrote them: payloads stand in them as they were. */
  stop(): Promise<Buffer>;
}

/** On every interface of a namespace, loopback included. Captures from the moment it resolves. */
export async function startCapture(namespace: string): Promise<Capture> {
  const folder = temporaryFolder();
  const file = join(folder, "wire.pcap");
  const [command, ...words] = inNamespace(namespace);
  const options = ["-Z", "root", "-i", "any", "-U", "--immediate-mode", "-s", "0", "-w", file];
  const tcpdump = spawn(command, [...words, "tcpdump", ...options], { stdio: ["ignore", "ignore", "pipe"] });
  // "listening on any": the filter is in place.
  await once(tcpdump.stderr, "data");
  return {
    file,
    async stop() {
      const gone = once(tcpdump, "exit");
      tcpdump.kill("SIGINT");
      await gone;
      const bytes = readFileSync(file);
      rmSync(folder, { recursive: true });
      return bytes;
    },
  };
}
