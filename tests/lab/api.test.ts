/** The API and the command line of a running peer: who may use them, and what they say to those who may not. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { agreedHost, labForAllTests } from "./lab.ts";
import type { LabPeer } from "./lab-peer.ts";
import type { Host } from "./lan.ts";

const handshake = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
};
const wrongToken = "earshot.v1, earshot.token.wrong";

describe("the API", () => {
  const lab = labForAllTests();
  let ada: LabPeer;
  let ben: LabPeer;
  let port: string;

  beforeAll(async () => {
    [ada, ben] = await lab().meet("ada", "ben");
    // Nothing changes by itself from here on.
    await agreedHost([ada, ben]);
    ({ port } = new URL(ada.apiUrl));
  });

  /** Everything that a call could have changed. */
  async function state(): Promise<unknown> {
    const [session, rooms, messages, host] = await Promise.all([
      ada.call("session.get", {}),
      ada.call("rooms.list", {}),
      ada.call("messages.list", { in: "#lobby" }),
      ada.call("host.get", {}),
    ]);
    return { session, rooms, messages, host };
  }

  it.each([
    { who: "without a token", headers: { "Sec-WebSocket-Protocol": "earshot.v1" }, status: 401, says: "token is missing" },
    { who: "with a wrong token", headers: { "Sec-WebSocket-Protocol": wrongToken }, status: 401, says: "token is wrong" },
    {
      who: "from a page of another origin",
      headers: { "Sec-WebSocket-Protocol": wrongToken, Origin: "https://example.com" },
      status: 403,
      says: "other origins",
    },
    { who: "by another name for this machine", headers: { Host: "example.com" }, status: 403, says: "its own address" },
    { who: "of another protocol", headers: { "Sec-WebSocket-Protocol": "chat" }, status: 403, says: "earshot.v1" },
  ])("refuses a client $who, and says why", ({ headers, status, says }) => {
    const answer = request(ada.host, "127.0.0.1", port, { ...handshake, ...headers });
    expect(answer).toMatchObject({ status, body: expect.stringContaining(says) });
  });

  it("refuses the right token from another origin, and takes it without one", async () => {
    const { token } = JSON.parse(ada.host.run("cat", join(ada.dataDir, "api.json"))) as { token: string };
    const protocols = { "Sec-WebSocket-Protocol": `earshot.v1, earshot.token.${token}` };
    expect(request(ada.host, "127.0.0.1", port, { ...handshake, ...protocols, Origin: "https://example.com" }).status).toBe(403);
    expect(request(ada.host, "127.0.0.1", port, { ...handshake, ...protocols }).status).toBe(101);
  });

  it("is not there for other machines, and its token not for other users", () => {
    expect(request(ben.host, ada.host.address, port, handshake)).toMatchObject({ status: 0, body: "ECONNREFUSED" });
    expect(statSync(join(ada.dataDir, "api.json")).mode & 0o077).toBe(0);
  });

  it.each([
    { call: ["messages.send", '{"to":"#lobby"}'], code: "invalidParams", says: "text" },
    { call: ["messages.send", '{"to":"#lobby","text":"x","extra":1}'], code: "invalidParams", says: "extra" },
    { call: ["messages.send", '{"to":"#lobby","text":7}'], code: "invalidParams", says: "text" },
    { call: ["messages.send", '{"to":"#nowhere","text":"x"}'], code: "unknownRoom", says: "" },
    { call: ["messages.send", `{"to":"@${"a".repeat(32)}","text":"x"}`], code: "unknownPeer", says: "" },
    { call: ["messages.send", `{"to":"#lobby","text":"${"x".repeat(20_000)}"}`], code: "textTooLong", says: "" },
    { call: ["rooms.create", '{"name":"two words","visibility":"public"}'], code: "nameInvalid", says: "" },
    { call: ["rooms.create", '{"name":"lobby","visibility":"public"}'], code: "nameTaken", says: "" },
    { call: ["rooms.create", '{"name":"x","visibility":"secret"}'], code: "invalidParams", says: "visibility" },
    { call: ["rooms.leave", '{"room":"#lobby"}'], code: "lobbyPermanent", says: "" },
    { call: ["peers.connect", '{"address":"not an address"}'], code: "addressInvalid", says: "" },
    { call: ["host.handOff", '{"to":"nobody"}'], code: "invalidParams", says: "to" },
    { call: ["no.such"], code: "unknownMethod", says: "" },
  ])("refuses $call.0 as $code, with exit code 1, and does nothing", async ({ call, code, says }) => {
    const before = await state();
    const { status, out, complaint } = ada.command("call", ...call);
    expect({ status, out }).toEqual({ status: 1, out: "" });
    expect(complaint).toMatch(new RegExp(`^${code}: .*${says}`));
    expect(await state()).toEqual(before);
  });

  it("does what the command line says", async () => {
    expect(ada.command("send", "#lobby", "by", "command line")).toMatchObject({ status: 0 });
    await ben.shows("#lobby", ["by command line"]);
    expect(ada.command("send", "@ben", "by name")).toMatchObject({ status: 0 });
    await ben.shows(`@${ada.peerId}`, ["by name"]);
    expect(ada.command("peers").out).toContain("ben");
    expect(ada.command("rooms").out).toContain("lobby");
    expect(ada.command("doctor").out).toContain("10.77.");
    const { messages } = JSON.parse(ada.command("call", "messages.list", '{"in":"#lobby"}').out) as { messages: { messageId: string }[] };
    const id = messages.at(-1)?.messageId ?? "";
    expect(ada.command("edit", id, "by", "terminal")).toMatchObject({ status: 0 });
    expect(ada.command("send", "#lobby", "an answer", "--thread", id)).toMatchObject({ status: 0 });
    expect(ada.command("forward", id, "@ben")).toMatchObject({ status: 0 });
    await ben.shows(`@${ada.peerId}`, ["by name", "by terminal"]);
    expect(ben.command("react", id, "👍")).toMatchObject({ status: 0 });
    expect(ben.command("pin", id)).toMatchObject({ status: 0 });
    await ada.until(
      "messages.get",
      { messageId: id },
      ({ message }) => message.reactions.length > 0 && message.pinned !== null,
      "sign and pin",
    );
    await ben.until("messages.get", { messageId: id }, ({ message }) => message.editedAt !== null, "the correction");
    expect(ada.command("history", "#lobby", "--ids").out).toMatch(
      new RegExp(
        `^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d ada: by terminal \\(edited\\) \\(pinned\\) \\(1 answer\\) \\(👍 1\\)\n    ${id}$`,
        "mu",
      ),
    );
    expect(ada.command("history", "#lobby", "--thread", id).out).toMatch(/ ada: an answer$/mu);
    expect(ada.command("versions", id).out).toMatch(/ada: by command line\n.*ada: by terminal$/mu);
    expect(ben.command("search", "terminal", "from:ada").out).toMatch(/#lobby ada: by terminal/u);
    expect(JSON.parse(ada.command("history", "#lobby", "--format", "json").out)).toMatchObject({ conversation: "#lobby" });
    const output = join(ada.dataDir, "lobby.md");
    expect(ada.command("history", "@ben", "--format", "md", "--output", output)).toMatchObject({ status: 0 });
    expect(ada.command("history", "@ben", "--format", "md", "--output", output)).toMatchObject({ status: 1 });
    expect(ada.host.run("cat", output)).toMatch(/^# @ben\n.*forwarded from ada.*> by terminal/su);
    expect(ada.command("send", "#lobby", "next year", "--at", "2001-01-01T00:00")).toMatchObject({ status: 1 });
    expect(ada.command("delete", id)).toMatchObject({ status: 0 });
    expect(ben.command("edit", id, "not mine")).toMatchObject({ status: 1, complaint: expect.stringMatching(/^notYours|^deleted/u) });
    expect(JSON.parse(ada.command("call", "session.get").out)).toMatchObject({ peerId: ada.peerId, name: "ada" });
  });
});

/** One HTTP request from within a namespace. Status 0: there was no answer, and the body is the system's word for it. */
function request(from: Host, host: string, port: string, headers: Readonly<Record<string, string>>): { status: number; body: string } {
  const script = `
    const { request } = require("node:http");
    const [host, port, headers] = process.argv.slice(1);
    const tell = (status, body) => process.stdout.write(JSON.stringify({ status, body }), () => process.exit(0));
    const asked = request({ host, port, path: "/api", headers: JSON.parse(headers), timeout: 5000 });
    asked.on("response", (response) => {
      let body = "";
      response.on("data", (chunk) => { body += chunk; });
      response.on("end", () => tell(response.statusCode, body));
    });
    asked.on("upgrade", (response) => tell(response.statusCode, ""));
    asked.on("error", (error) => tell(0, error.code));
    asked.on("timeout", () => tell(0, "timeout"));
    asked.end();
  `;
  return JSON.parse(from.run(process.execPath, "-e", script, host, port, JSON.stringify(headers))) as { status: number; body: string };
}
