/** The floor: a bare data channel between two processes, described over stdin and stdout. `echo` or `ping COUNT`. */
import { createInterface } from "node:readline";
import { type DataChannel, type DescriptionType, PeerConnection } from "node-datachannel";

const [role, count] = process.argv.slice(2);
const connection = new PeerConnection(role ?? "peer", { iceServers: [], bindAddress: "127.0.0.1" });
const print = (line: object): void => console.log(JSON.stringify(line));
connection.onLocalDescription((sdp, type) => print({ event: "description", sdp, type }));
connection.onLocalCandidate((candidate, mid) => print({ event: "candidate", candidate, mid }));

const samples: number[] = [];
let sentAt = 0;
const text = "x".repeat(200);

function use(channel: DataChannel): void {
  const ping = (): void => {
    sentAt = performance.now();
    channel.sendMessage(text);
  };
  channel.onMessage((message) => {
    if (role === "echo") {
      if (typeof message === "string") channel.sendMessage(message);
      return;
    }
    samples.push((performance.now() - sentAt) / 2);
    if (samples.length < Number(count)) ping();
    else print({ event: "done", samples });
  });
  if (role === "ping") channel.onOpen(ping);
}

if (role === "ping") use(connection.createDataChannel("bench"));
else connection.onDataChannel(use);

createInterface({ input: process.stdin }).on("line", (input) => {
  const line = JSON.parse(input) as { event: string; sdp: string; type: DescriptionType; candidate: string; mid: string };
  if (line.event === "description") connection.setRemoteDescription(line.sdp, line.type);
  else connection.addRemoteCandidate(line.candidate, line.mid);
});
