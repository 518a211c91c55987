/**
 * Runs inside a namespace: throws connections at a signalling port, boundedly, from each of the given addresses in turn.
 * `KIND HOST PORT COUNT FROM...`; prints how it went as JSON. Earshot's default network has no key, so this stranger
 * knows what every stranger can know: how to begin a handshake.
 */
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { createIdentity, deriveNetwork, noiseSuite, startHandshake } from "../../src/crypto/index.ts";
import { createNodeSignatures } from "../../src/crypto/signatures.node.ts";

const [kind, host = "", port, count, ...from] = process.argv.slice(2);
const atOnce = 1_000;
/** Longer than a peer lets a stranger hold a place. */
const patienceMs = 5_000;
const prologue = Buffer.from("EARSHOT1");
const firstMessage = beginHandshake();

/** A length as it stands before every message, and a body. */
function framed(length: number, body: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(length >> 8, length & 0xff), body]);
}

function beginHandshake(): Buffer {
  const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
  const { agreeSecret, agreeKey } = createIdentity(random, createNodeSignatures());
  const handshake = startHandshake({
    initiator: true,
    prologue,
    psk: deriveNetwork({ name: "earshot" }).secret,
    staticSecret: agreeSecret,
    staticPublic: agreeKey,
    randomBytes: random,
    suite: noiseSuite,
  });
  const message = handshake.writeMessage(new Uint8Array(0));
  return Buffer.concat([prologue, framed(message.length, message)]);
}

function payload(): Buffer {
  switch (kind) {
    case "garbage":
      return randomBytes(300);
    case "garbageAfterPrologue":
      return Buffer.concat([prologue, framed(300, randomBytes(300))]);
    case "silence":
      return prologue.subarray(0, 4);
    // A length that no message has, and a body to go with it.
    case "oversized":
      return Buffer.concat([prologue, framed(0xffff, Buffer.alloc(0xffff, 7))]);
    // Right so far; what would follow never comes.
    case "half":
      return firstMessage;
    default:
      throw new Error(`what is ${kind}?`);
  }
}

let connected = 0;
let answered = 0;

function once(localAddress: string | undefined): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), ...(localAddress === undefined ? {} : { localAddress }) });
    const timer = setTimeout(() => socket.destroy(), patienceMs);
    socket.on("connect", () => {
      connected += 1;
      socket.write(payload());
    });
    socket.once("data", () => {
      answered += 1;
    });
    socket.on("error", () => undefined);
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
      await once(from[started % Math.max(1, from.length)]);
    }
  }),
);
console.log(JSON.stringify({ connected, answered }));
