/** Delivery while away, with real processes: the sender leaves, the host is killed, and the reader has the message all the same. */
import { describe, expect, it } from "vitest";
import { agreedHost, allLinked, labForEachTest } from "./lab.ts";

describe("mail", () => {
  const lab = labForEachTest();

  it("that was held reaches its reader after its sender has left and the host was killed", async () => {
    const holders = await lab().meet("cleo", "dora", "emil");
    const host = await agreedHost(holders);
    const home = lab().lan.host("ben");
    const profile = { name: "ben", args: [], profileDir: lab().profileDir() };
    const ben = await lab().startAs(home, profile);
    const ada = await lab().start("ada");
    await allLinked([...holders, ben, ada]);
    await ada.say(`@${ben.peerId}`, "while you are here");
    await ben.shows(`@${ada.peerId}`, ["while you are here"]);
    await ben.stop();
    await ada.sees([ben], (peer) => !peer.online, "that Ben is off");

    const messageId = await ada.say(`@${ben.peerId}`, "a secret for later");
    await ada.event(
      ({ event, ...of }) =>
        event === "messageChanged" &&
        "message" in of &&
        of.message.messageId === messageId &&
        of.message.state === "held" &&
        of.message.heldBy >= 2,
      "that it is held",
    );
    expect((await host.call("host.stats", {})).mail).toMatchObject({ items: 1, forPeople: 1 });
    for (const holder of holders) expect(holder.holds("a secret for later"), holder.name).toBe(false);
    expect(ada.holds("a secret for later"), "the memory of its author").toBe(true);
    await ada.stop();
    await host.kill("SIGKILL");
    const left = holders.filter((holder) => holder !== host);
    await agreedHost(left);

    const returned = await lab().startAs(home, profile);
    await returned.shows(`@${ada.peerId}`, ["while you are here", "a secret for later"]);
    // Nobody holds any longer what its reader has.
    for (const holder of left) await expect.poll(async () => (await holder.call("host.stats", {})).mail.items, { timeout: 10_000 }).toBe(0);
  });
});
