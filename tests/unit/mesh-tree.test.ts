import { describe, expect, it } from "vitest";
import type { Millis, PeerId } from "../../src/ids.ts";
import type { HostView } from "../../src/mesh/election.ts";
import { treeDepthMax } from "../../src/mesh/limits.ts";
import { Tree } from "../../src/mesh/tree.ts";

const [self, host, near, far] = ["a", "h", "n", "f"].map((letter) => letter.repeat(32)) as [PeerId, PeerId, PeerId, PeerId];
const under = (term: number, role: HostView["role"] = "follower"): HostView => ({
  role,
  term,
  hostId: role === "host" ? self : host,
  hostSeq: 1,
  successors: [],
  signedSeq: 1,
  signature: new Uint8Array(64),
  since: 0 as Millis,
});

describe("the place in the tree", () => {
  it("is below the neighbour nearest to the host", () => {
    const tree = new Tree(self);
    tree.heard(far, 1, host, 3);
    tree.heard(near, 1, host, 1);
    tree.choose(under(1));
    expect(tree).toMatchObject({ parent: near, depth: 2 });
    tree.unlinked(near);
    tree.choose(under(1));
    expect(tree).toMatchObject({ parent: far, depth: 4 });
  });

  it("stays where it is as long as no way is shorter", () => {
    const tree = new Tree(self);
    tree.heard(far, 1, host, 1);
    tree.choose(under(1));
    tree.heard(near, 1, host, 1);
    tree.choose(under(1));
    expect(tree.parent).toBe(far);
  });

  it("is none under another reign, and the root of one's own", () => {
    const tree = new Tree(self);
    tree.heard(near, 1, host, 1);
    tree.choose(under(2));
    expect(tree).toMatchObject({ parent: undefined, depth: treeDepthMax });
    tree.choose(under(3, "host"));
    expect(tree).toMatchObject({ parent: undefined, depth: 0 });
  });

  it("two who take each other for the way, when the host's link is gone, count up and give up", () => {
    const [one, other] = [new Tree(self), new Tree(near)];
    one.heard(near, 1, host, 2);
    other.heard(self, 1, host, 2);
    for (let beat = 0; beat < treeDepthMax + 2; beat += 1) {
      one.choose(under(1));
      other.choose(under(1));
      one.heard(near, 1, host, other.depth);
      other.heard(self, 1, host, one.depth);
    }
    one.choose(under(1));
    expect(one).toMatchObject({ parent: undefined, depth: treeDepthMax });
  });
});
