/**
 * Who is at the other end of a data channel: the certificate whose fingerprint came through the connection that has proven who sends
 * it. Somebody on the wire who answers in its place, with a certificate of their own, gets no link and no frame.
 */
import { afterEach, describe, expect, it } from "vitest";
import { type Link, type LinkEnd, nodeDataChannelClasses, openLink, type Signal } from "../../src/mesh/webrtc.node.ts";

const host = "127.0.0.1";
const classes = nodeDataChannelClasses();
const linkMaxMs = 20_000;

const links: Link[] = [];
afterEach(async () => {
  await Promise.all(links.splice(0).map((link) => link.close()));
});

interface Course {
  readonly opened: Set<"dialler" | "other">;
  readonly frames: string[];
  readonly ends: LinkEnd[];
}

/** Both ends in this process; `onWay` is what happens to a description between them. Resolves once each has a frame, or each has ended. */
function connect(onWay: (signal: Signal) => Signal): Promise<Course> {
  const course: Course = { opened: new Set(), frames: [], ends: [] };
  return new Promise((resolve) => {
    const open = (isInitiator: boolean, other: () => Link | undefined): Link => {
      const name = isInitiator ? "dialler" : "other";
      const link = openLink({
        isInitiator,
        classes,
        localHost: host,
        remoteHost: host,
        signal: (signal) => setImmediate(() => other()?.signal(onWay(signal))),
        opened() {
          course.opened.add(name);
          link.sendFrame(new TextEncoder().encode(`from the ${name}`));
        },
        frame(bytes) {
          course.frames.push(new TextDecoder().decode(bytes));
          if (course.frames.length === 2) resolve(course);
        },
        ended(end) {
          course.ends.push(end);
          if (course.ends.length === 2) resolve(course);
        },
      });
      links.push(link);
      return link;
    };
    const ends: { dialler?: Link; other?: Link } = {};
    ends.other = open(false, () => ends.dialler);
    ends.dialler = open(true, () => ends.other);
  });
}

/** As of another certificate: somebody else's, which the description does not name. */
function withAnotherFingerprint(signal: Signal): Signal {
  if (signal.k === "candidate") return signal;
  const sdp = signal.sdp.replace(/^(a=fingerprint:\S+ )(..)/m, (_, head: string, first: string) => head + (first === "AB" ? "CD" : "AB"));
  if (sdp === signal.sdp) throw new Error("a description names its fingerprint");
  return { ...signal, sdp };
}

describe("a link", () => {
  it(
    "opens where each has the certificate that its description names",
    async () => {
      const course = await connect((signal) => signal);
      expect(course.frames.sort()).toEqual(["from the dialler", "from the other"]);
      expect(course.ends).toEqual([]);
    },
    linkMaxMs,
  );

  it.each(["offer", "answer"] as const)(
    "does not open where that of the %s is another",
    async (which) => {
      const course = await connect((signal) => (signal.k === which ? withAnotherFingerprint(signal) : signal));
      expect(course.frames).toEqual([]);
      expect([...course.opened]).toEqual([]);
      expect(course.ends).toEqual(["negotiationFailed", "negotiationFailed"]);
    },
    linkMaxMs,
  );
});
