import { startNodeTransport } from "/work/main/tests/contracts/transport-node-lab.ts";
import { releaseNodeDataChannel } from "/work/main/src/mesh/webrtc.node.ts";
import { fork } from "node:child_process";
const role = process.argv[2];
if (role === "server") {
  const t = await startNodeTransport((i) => { if (i.type === "connectionAuthenticated") t.negotiate(i.connectionId); if (i.type === "frameArrived") t.sendFrame(i.connectionId, i.bytes); });
  process.send!({ port: t.port });
  process.on("message", async () => { await t.stop(); const a = performance.now(); releaseNodeDataChannel(); console.log("server cleanup", performance.now() - a); process.disconnect(); });
} else {
  const child = fork(import.meta.filename, ["server"]);
  const port: number = await new Promise((r) => child.once("message", (m: any) => r(m.port)));
  let resolve: (i: any) => void = () => {};
  const auth: number[] = [], open: number[] = [], rtt: number[] = [];
  let t0 = 0, tSend = 0;
  const t = await startNodeTransport((i) => {
    if (i.type === "connectionAuthenticated") { auth.push(performance.now() - t0); t.negotiate(i.connectionId); }
    else if (i.type === "linkOpened") { open.push(performance.now() - t0); tSend = performance.now(); t.sendFrame(i.connectionId, new Uint8Array(100)); }
    else if (i.type === "frameArrived") { rtt.push(performance.now() - tSend); resolve(i); }
    else { console.log(i); resolve(i); }
  });
  for (let n = 0; n < 100; n++) {
    const done = new Promise<any>((r) => (resolve = r));
    t0 = performance.now();
    t.dial(`out-${n}` as any, { host: "127.0.0.1", port });
    await done;
    t.closeConnection(`out-${n}` as any, "goodbye");
    await new Promise((r) => setTimeout(r, 30));
  }
  const p = (a: number[]) => { const s = [...a].sort((x, y) => x - y); return { p50: s[s.length >> 1], p99: s[Math.floor(s.length*0.99)], p90: s[Math.floor(s.length * 0.9)], max: s.at(-1), first: a[0] }; };
  console.log("auth", p(auth)); console.log("open", p(open)); console.log("rtt", p(rtt));
  child.send("stop");
  let a = performance.now(); await t.stop(); console.log("stop", performance.now() - a); a = performance.now(); releaseNodeDataChannel(); console.log("cleanup", performance.now() - a);
  child.on("exit", (c) => console.log("child exit", c, performance.now() - a));
}
