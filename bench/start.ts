/** From starting a process to its first link. */
import { LineProcess, linked, ready, startPeer } from "./processes.ts";
import { type Row, spread } from "./stats.ts";

const starts = 20;

export async function startRow(): Promise<Row> {
  const network = `start-${process.pid}`;
  const first = startPeer(network);
  await ready(first);
  const samples: number[] = [];
  const bare: number[] = [];
  try {
    for (let round = 0; round < starts; round += 1) {
      const newcomer = startPeer(network);
      samples.push((await linked(newcomer, 1)) - newcomer.startedAt);
      await newcomer.stop();
      const node = new LineProcess(process.execPath, [
        "-e",
        'require("node-datachannel"); console.log(JSON.stringify({ event: "ready" }))',
      ]);
      bare.push((await node.waitFor((line) => line["event"] === "ready")).at - node.startedAt);
      await node.stop();
    }
  } finally {
    await first.stop();
  }
  return {
    what: "process start → first link",
    value: spread(samples),
    baseline: `node that only loads the WebRTC library: ${spread(bare)}`,
    aim: "≤ 300 ms",
  };
}
