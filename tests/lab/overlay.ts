/**
 * A program on a machine whose whole file system is watched: it sees the real one, and whatever it writes, changes or removes lands in
 * a layer of its own, which says afterwards what the program has left. Shared memory is its own too. Needs root.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { inNamespace, temporaryFolder } from "./namespaces.ts";

/** Mounts are the script's own and end with it. Its first line says which process the program is, the last ones what is left. */
const script = `
set -eu
folder=$1; shift
mount -t tmpfs none "$folder"
mkdir "$folder/upper" "$folder/work" "$folder/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
for place in proc sys dev; do mount --rbind "/$place" "$folder/root/$place"; done
mount -t tmpfs none "$folder/root/dev/shm"
while [ "$1" != -- ]; do rm -rf "$folder/root$1"; shift; done; shift
# A folder that was there before is in the layer because something in it was touched; it is nothing that was left.
state() {
  (cd "$folder/upper"; find . -mindepth 1 -printf '%P %y %s %T@\\n' | while read -r path rest; do
    { [ -d "$path" ] && [ -d "/$path" ]; } || echo "/$path $rest"
  done)
  (cd "$folder/root"; find dev/shm -mindepth 1 -printf '/%p %y\\n'; find dev -path dev/pts -prune -o -path dev/shm -prune -o -printf '/%p %y\\n')
  sed 's/^/shm /' /proc/sysvipc/shm
}
state | sort > "$folder/before"
chroot "$folder/root" bash -c 'cd "$0"; exec "$@"' "$PWD" "$@" &
echo "IS $!"
trap 'kill -TERM $!' TERM
wait $! || wait $! || true
state | sort > "$folder/after"
comm -3 "$folder/before" "$folder/after" | tr -d '\\t' | cut -d' ' -f1 | sort -u | sed 's/^/LEFT /'
echo DONE
`;

export class Watched {
  readonly #process: ChildProcess;
  readonly #exit: Promise<unknown>;
  readonly #folder = temporaryFolder();
  readonly #lines: string[] = [];
  readonly #wakers = new Set<() => void>();

  /** `unseen`: what it is not to see of the real file system, such as what others have left. */
  constructor(namespace: string, program: readonly string[], unseen: readonly string[] = []) {
    const [command, ...words] = inNamespace(namespace);
    const enter = ["unshare", "--mount", "--ipc", "--propagation", "private", "bash", "-c", script, "watched", this.#folder];
    this.#process = spawn(command, [...words, ...enter, ...unseen, "--", ...program], { stdio: ["ignore", "pipe", "inherit"] });
    this.#exit = once(this.#process, "exit");
    if (this.#process.stdout === null) throw new Error("its output is read");
    createInterface({ input: this.#process.stdout }).on("line", (line) => {
      this.#lines.push(line);
      for (const wake of this.#wakers) wake();
    });
  }

  /** The first line of its output that fits. */
  line(fits: (line: string) => boolean, timeoutMs = 20_000): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#wakers.delete(look);
        reject(new Error(`waited in vain; it said: ${this.#lines.slice(-5).join("\n")}`));
      }, timeoutMs);
      const look = (): void => {
        const found = this.#lines.find(fits);
        if (found === undefined) return;
        clearTimeout(timer);
        this.#wakers.delete(look);
        resolve(found);
      };
      this.#wakers.add(look);
      look();
    });
  }

  async pid(): Promise<number> {
    return Number((await this.line((line) => line.startsWith("IS "))).slice(3));
  }

  /** Where all that it has written lies, while it runs. */
  layer(): string {
    if (this.#process.pid === undefined) throw new Error("it could not be started");
    return `/proc/${this.#process.pid}/root${this.#folder}/upper`;
  }

  /** What is there after its end that was not, or is gone, or is different. */
  async left(): Promise<string[]> {
    await this.line((line) => line === "DONE");
    return this.#lines.filter((line) => line.startsWith("LEFT ")).map((line) => line.slice(5));
  }

  async signal(signal: NodeJS.Signals): Promise<void> {
    process.kill(await this.pid(), signal);
  }

  /** Ends it, whatever it does. */
  async end(): Promise<void> {
    if (!this.#lines.includes("DONE")) await this.signal("SIGKILL");
    await this.#exit;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
