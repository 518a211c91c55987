/**
 * `npm run demo`: a window, and three more people to talk to, all on this machine's loopback, so that anyone can look
 * around alone. They answer what they are asked in private or by name.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { connectApi, type NodeApiClient } from "../src/api/client.node.ts";

const program = join(import.meta.dirname, "..", "dist", "earshot.mjs");
const network = `demo-${process.pid}`;
const common = ["--guest", "--interface", "lo", "--network", network];

interface Actor {
  readonly name: string;
  readonly peerId: string;
  readonly process: ChildProcess;
  readonly api: NodeApiClient;
}

const script: readonly (readonly [who: string, to: string, text: string, pauseMs: number])[] = [
  ["Mara", "#lobby", "Good morning. The projector in room 2 is fixed.", 1_500],
  ["Jon", "#lobby", "Thank you. I put today's plan on the shared drive.", 1_800],
  ["Ines", "#lobby", "Has anybody seen the long network cable?", 1_500],
  ["Mara", "#lobby", "On the shelf behind the printer, I think.", 2_000],
  ["Ines", "#lobby", "Found it, thanks", 1_500],
  ["Jon", "#design", "The new sketches are ready for a look.", 1_800],
  ["Mara", "#design", "I like the second one best. See also https://www.w3.org/TR/WCAG22/ on contrast.", 2_500],
];

const actors: Actor[] = [];
let window: ChildProcess | undefined;
const stop = (): void => {
  window?.kill("SIGTERM");
  for (const actor of actors.splice(0)) {
    actor.api.close();
    actor.process.kill("SIGTERM");
  }
};
process.on("SIGINT", stop);
process.on("SIGTERM", stop);

for (const name of ["Mara", "Jon", "Ines"]) actors.push(await startActor(name));
window = spawn(process.execPath, [program, "run", ...common, ...process.argv.slice(2)], { stdio: "inherit" });
window.on("exit", (code) => {
  stop();
  process.exitCode = code ?? 0;
});
console.log("Mara, Jon and Ines are in the chat with you, on this machine only. Ctrl+C ends it for all.");
await converse();

async function startActor(name: string): Promise<Actor> {
  const child = spawn(process.execPath, [program, "run", "--headless", "--json", ...common, "--name", name], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { peerId, dataDir } = await new Promise<{ peerId: string; dataDir: string }>((resolve, reject) => {
    child.on("exit", () => reject(new Error(`${name} could not start`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const event = JSON.parse(line) as { event: string; peerId: string; dataDir: string };
      if (event.event === "ready") resolve(event);
    });
  });
  const api = await connectApi(JSON.parse(readFileSync(join(dataDir, "api.json"), "utf8")) as { url: string; token: string });
  const actor = { name, peerId, process: child, api };
  api.onEvent((event) => {
    if (event.event === "messageAdded" && event.message.from !== peerId) void reply(actor, event.message);
  });
  return actor;
}

async function reply(
  actor: Actor,
  message: { from: string; fromName: string; in: string; text: string; mentionsYou: boolean },
): Promise<void> {
  const isScripted = actors.some((other) => other.peerId === message.from);
  if (isScripted || !(message.in.startsWith("@") || message.mentionsYou)) return;
  await pause(900);
  const text = message.text.trim().endsWith("?")
    ? "Good question. I am only here to show how it looks; on your network there will be somebody who knows."
    : `Got it, ${message.fromName}. This went straight from your window to mine, sealed.`;
  await actor.api.call("messages.send", { to: message.in, text }).catch(() => undefined);
}

async function converse(): Promise<void> {
  const byName = new Map(actors.map((actor) => [actor.name, actor]));
  await pause(2_500);
  await byName.get("Jon")?.api.call("rooms.create", { name: "design", visibility: "public", topic: "Sketches and opinions" });
  await pause(500);
  await byName.get("Mara")?.api.call("rooms.join", { room: "#design" });
  for (const [who, to, text, pauseMs] of script) {
    const actor = byName.get(who);
    if (actor === undefined || actors.length === 0) return;
    await actor.api.call("messages.send", { to, text }).catch(() => undefined);
    await pause(pauseMs);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
