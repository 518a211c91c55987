/**
 * Completes package-lock.json with the binaries of other platforms. npm leaves out optional packages that its registry
 * does not offer while the lock is written (a mirror may hold one platform only), and then `npm ci` refuses the lock
 * everywhere. The added entries say version and platform; npm asks the registry for them only where the platform fits.
 * Run after every change of dependencies: `npm run lock`. With `--check` it only says what is missing.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./checkout.ts";

interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const processors = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"];

const lockFile = join(root, "package-lock.json");
const lock: { packages: Record<string, LockedPackage> } = JSON.parse(readFileSync(lockFile, "utf8"));
const missing = missingBinaries(lock.packages);
if (process.argv.includes("--check")) {
  if (missing.size > 0) {
    console.error(`package-lock.json lacks ${[...missing.keys()].join(", ")}: run \`npm run lock\``);
    process.exitCode = 1;
  }
} else if (missing.size > 0) {
  const [own, ...rest] = Object.entries({ ...lock.packages, ...Object.fromEntries(missing) });
  if (own === undefined) throw new Error("package-lock.json is empty");
  lock.packages = Object.fromEntries([own, ...rest.sort(([a], [b]) => (a < b ? -1 : 1))]);
  writeFileSync(lockFile, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`added ${missing.size} packages of other platforms`);
}

function missingBinaries(packages: Readonly<Record<string, LockedPackage>>): Map<string, LockedPackage> {
  const found = new Map<string, LockedPackage>();
  for (const [owner, { dev, optionalDependencies }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies ?? {})) {
      if (`${owner}/node_modules/${name}` in packages || `node_modules/${name}` in packages) continue;
      found.set(`node_modules/${name}`, { version, ...platformOf(name), ...(dev === true && { dev }), optional: true });
    }
  }
  return found;
}

/** From names such as `binding-linux-arm64-musl`, as all native packages here are called. */
function platformOf(name: string): Pick<LockedPackage, "os" | "cpu" | "libc"> {
  const words = name.split(/[/-]/);
  const os = words.find((word) => systems.includes(word));
  const cpu = words.find((word) => processors.includes(word));
  if (os === undefined || cpu === undefined) throw new Error(`${name} names no platform: add it to the lock by hand`);
  const libc = words.some((word) => word.startsWith("musl")) ? "musl" : "glibc";
  return { os: [os], cpu: [cpu], ...(os === "linux" && { libc: [libc] }) };
}
