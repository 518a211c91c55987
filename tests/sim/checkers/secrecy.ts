/** No frame shows what people typed, or the name of a private room. */
import type { Checker, CreateChecker, Report } from "../seen.ts";

/** `secrets` are ASCII words that are part of every such text and name. */
export const createSecrecy =
  (secrets: readonly string[]): CreateChecker =>
  (report: Report): Checker => {
    const needles = secrets.map((secret) => Buffer.from(secret));
    return {
      name: "secrecy",
      seen(what) {
        if (what.type !== "frameSent" || what.start.isLiar) return;
        const frame = Buffer.from(what.bytes.buffer, what.bytes.byteOffset, what.bytes.length);
        for (const needle of needles) {
          if (frame.includes(needle)) report(`${what.start.name} sends a frame of ${frame.length} bytes that shows "${needle}"`);
        }
      },
    };
  };
