/** The baseline that most chats are: a socket.io server and two clients, each a process. `server`, `echo URL` or `ping URL COUNT`. */
import { createServer } from "node:http";
import { Server } from "socket.io";
import { io } from "socket.io-client";

const [role, url, count] = process.argv.slice(2);
if (role === "server") {
  const http = createServer();
  const server = new Server(http, { transports: ["websocket"] });
  server.on("connection", (socket) => {
    socket.on("message", (text: string) => socket.broadcast.emit("message", text));
  });
  http.listen(0, "127.0.0.1", () => {
    const address = http.address();
    console.log(JSON.stringify({ event: "ready", port: typeof address === "object" ? address?.port : 0 }));
  });
} else if (url !== undefined) {
  const socket = io(url, { transports: ["websocket"] });
  let sentAt = 0;
  const samples: number[] = [];
  const ping = (): void => {
    sentAt = performance.now();
    socket.emit("message", "x".repeat(200));
  };
  socket.on("connect", () => {
    console.log(JSON.stringify({ event: "ready" }));
    if (role === "ping") ping();
  });
  socket.on("message", (text: string) => {
    if (role === "echo") {
      socket.emit("message", text);
      return;
    }
    samples.push((performance.now() - sentAt) / 2);
    if (samples.length < Number(count)) ping();
    else console.log(JSON.stringify({ event: "done", samples }));
  });
}
