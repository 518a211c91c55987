/**
 * Runs inside a namespace for a moment: opens a connection to a port of it and hands it to the parent. A socket stays in
 * the namespace in which it was made, so one process can hold connections into many.
 */
import { connect } from "node:net";

const socket = connect({ host: "127.0.0.1", port: Number(process.argv[2]) });
socket.once("error", (error) => {
  console.error(String(error));
  process.exit(1);
});
// The parent disconnects once it has the socket; without a listener this process would be gone before that.
process.once("disconnect", () => process.exit());
socket.once("connect", () => process.send?.("connected", socket));
