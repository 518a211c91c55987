/** Runs inside a namespace: throws things at a signalling port, boundedly. `KIND HOST PORT COUNT`; prints how it went as JSON. */
import { connect, type Socket } from "node:net";

const [kind, host, port, count] = process.argv.slice(2);
const atOnce = 100;
const prologue = Buffer.from("EARSHOT1");
const answered: Buffer[] = [];
let refused = 0;
let connected = 0;

function payload(): Buffer {
  if (kind === "garbage") return Buffer.from(Array.from({ length: 300 }, () => Math.floor(Math.random() * 256)));
  if (kind === "half") return prologue;
  // A length that no message has, and a body to go with it.
  if (kind === "oversized") return Buffer.concat([prologue, Buffer.from([0xff, 0xff]), Buffer.alloc(65_535, 7)]);
  return Buffer.alloc(0);
}

function once(): Promise<void> {
  return new Promise((resolve) => {
    const socket: Socket = connect({ host: host ?? "", port: Number(port) });
    const timer = setTimeout(() => socket.destroy(), 5_000);
    socket.on("connect", () => {
      connected += 1;
      socket.write(payload());
    });
    socket.on("data", (chunk) => answered.push(chunk));
    socket.on("error", () => {
      refused += 1;
    });
    socket.on("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

let started = 0;
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    while (started < Number(count)) {
      started += 1;
      await once();
    }
  }),
);
console.log(JSON.stringify({ connected, refused, bytesAnswered: Buffer.concat(answered).length }));
