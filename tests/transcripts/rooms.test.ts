import { expect, it } from "vitest";
import { decodeEvent } from "../../src/rooms/event.ts";
import { decodePayload } from "../../src/rooms/payload.ts";
import { decodeRecord } from "../../src/rooms/record.ts";
import { type Citizen, calm, identityFromKeys, signatures, Town } from "../unit/rooms.town.ts";

/** Writes down who says what to whom, as a play. */
class Scribe {
  readonly lines: string[] = [];
  readonly #town: Town;
  readonly #start: number;

  constructor(town: Town) {
    this.#town = town;
    this.#start = town.now;
    town.watch = (from, to, payload) => this.#note(`  ${from.name} → ${to.name}: ${this.#payload(payload)}`);
  }

  scene(title: string, act: () => void): void {
    this.lines.push("", title);
    act();
    for (const citizen of this.#town.citizens) citizen.changes.length = 0;
    this.#town.settle();
    for (const citizen of this.#town.citizens) {
      const changes = citizen.changes.map((change) => this.#change(citizen, change)).filter((line, i, all) => all.indexOf(line) === i);
      if (changes.length > 0) this.lines.push(`  ${citizen.name} sees: ${changes.join(" · ")}`);
    }
  }

  #note(line: string): void {
    this.lines.push(`${String(Math.round(this.#town.now - this.#start)).padStart(6)} ms${line}`);
  }

  #name(id: string): string {
    if (id.startsWith("@")) return `${this.#name(id.slice(1, 33))} & ${this.#name(id.slice(33))}`;
    for (const citizen of this.#town.citizens) {
      if (citizen.peerId === id) return citizen.name;
      const room = citizen.rooms.room(id as never);
      if (room !== undefined) return `#${room.name}`;
    }
    return "?";
  }

  #record(bytes: Uint8Array): string {
    return `#${decodeRecord({ signatures, identityFromKeys }, bytes)?.name}`;
  }

  #payload(bytes: Uint8Array): string {
    const payload = decodePayload(bytes);
    switch (payload?.k) {
      case "events": {
        const events = payload.events.map((event) => {
          const decoded = decodeEvent(event);
          const body = decoded?.body;
          const said = body?.kind === "message" ? ` "${body.text}"` : body?.kind === "invited" ? ` ${this.#name(body.peerId)}` : "";
          return `${this.#name(decoded?.author ?? "")}/${decoded?.seq} ${body?.kind}${said}`;
        });
        return `events ${this.#name(payload.roomId)} [${events.join(", ")}]`;
      }
      case "have": {
        const vector = payload.vector.map(([author, , seq]) => `${this.#name(author)}/${seq}`);
        return `have ${this.#name(payload.roomId)} [${vector.join(", ")}]${payload.whole ? " (all I have)" : ""}${payload.reply ? " and you?" : ""}`;
      }
      case "invite":
        return `invite ${this.#record(payload.record)}`;
      case "announceRooms":
        return `announceRooms [${payload.rooms.map(({ record, joined }) => `${this.#record(record)}${joined ? " joined" : ""}`).join(", ")}]`;
      case "directory":
        return `directory [${payload.rooms.map(({ record, members }) => `${this.#record(record)}: ${members.map((id) => this.#name(id)).join(" ")}`).join(", ")}]`;
      case "directorySeen":
        return "directorySeen";
      default:
        return "?";
    }
  }

  #change(citizen: Citizen, change: Citizen["changes"][number]): string {
    if (change.type === "roomChanged" || change.type === "roomRemoved" || change.type === "historyGrown")
      return `${change.type} ${this.#name(change.roomId)}`;
    if (change.type === "forked") return `forked ${change.peerId}`;
    const message = citizen.rooms.message(change.messageId);
    return `${change.type} "${message?.text}" ${message?.state}`;
  }
}

it("plays as it was written down", async () => {
  const town = new Town(7);
  const ann = town.add("ann");
  const ben = town.add("ben");
  const cid = town.add("cid");
  const scribe = new Scribe(town);
  let tea = "";
  scribe.scene("Ann and Ben meet; Ann is host.", () => {
    town.link(ann, ben);
    town.elect(ann);
  });
  scribe.scene("Ann greets the lobby.", () => town.say(ann, "lobby", "hello"));
  scribe.scene("Cid comes later and gets the history.", () => {
    town.linkAll();
    town.elect(ann);
  });
  scribe.scene("Ben opens #tea.", () => {
    tea = town.act(ben, ben.rooms.createRoom("tea", "public", "", town.millis)).roomId;
    town.say(ben, tea, "kettle is on");
  });
  scribe.scene("Cid joins #tea.", () => town.act(cid, cid.rooms.joinRoom(tea as never, town.millis)));
  scribe.scene("Ben speaks while his cable to Cid loses a post.", () => {
    town.weather = { ...calm, loss: 1 };
    town.say(ben, tea, "sugar?");
    town.weather = calm;
  });
  scribe.scene("Cid leaves #tea.", () => town.act(cid, cid.rooms.leaveRoom(tea as never, town.millis)));
  await expect(`${scribe.lines.join("\n")}\n`).toMatchFileSnapshot("rooms.txt");
});
