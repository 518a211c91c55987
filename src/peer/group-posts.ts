import type { Post } from "../rooms/ports.ts";

/** Posts of one payload go to the sealing as one audience. Order between payloads is kept. */
export function groupByPayload(posts: readonly Post[]): Post[][] {
  const groups: Post[][] = [];
  let group: Post[] | undefined;
  for (const post of posts) {
    if (group?.[0] !== undefined && group[0].payload === post.payload && group[0].roomId === post.roomId) group.push(post);
    else {
      group = [post];
      groups.push(group);
    }
  }
  return groups;
}
