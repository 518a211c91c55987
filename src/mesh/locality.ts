/**
 * Which addresses others may make us dial. A card is its owner's word; without this bound it could point every peer at a
 * machine of the internet, or at a service on our own loopback.
 */

/** An address literal that belongs on this LAN: private, link-local, or beside one of our own. Never a name. */
export function isNear(host: string, own: readonly string[]): boolean {
  const octets = octetsOf(host);
  if (octets !== undefined) {
    const [a, b] = octets;
    if (a === 127) return own.some(isLoopback);
    if (a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 169 && b === 254)) return true;
    return a > 0 && a < 224 && own.some((other) => octetsOf(other)?.every((octet, place) => place > 1 || octet === octets[place]));
  }
  const groups = groupsOf(host);
  if (groups === undefined) return false;
  if (isLoopback(host)) return own.some(isLoopback);
  const first = groups[0] ?? 0;
  if ((first & 0xffc0) === 0xfe80 || (first & 0xfe00) === 0xfc00) return true;
  return (
    first > 0 &&
    first < 0xff00 &&
    own.some((other) => {
      const others = groupsOf(other);
      return others !== undefined && [0, 1, 2, 3].every((place) => others[place] === groups[place]);
    })
  );
}

function isLoopback(host: string): boolean {
  return octetsOf(host)?.[0] === 127 || groupsOf(host)?.join() === "0,0,0,0,0,0,0,1";
}

function octetsOf(host: string): [number, number, number, number] | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(host)) return undefined;
  const octets = host.split(".").map(Number);
  return octets.every((octet) => octet < 256) ? (octets as [number, number, number, number]) : undefined;
}

/** The eight groups of an IPv6 literal, its scope left away. */
function groupsOf(host: string): number[] | undefined {
  const [bare = ""] = host.split("%");
  if (!/^[0-9a-fA-F:]{2,39}$/.test(bare)) return undefined;
  const halves = bare.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<string>(missing).fill("0"), ...tail];
  return groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group)) ? groups.map((group) => Number.parseInt(group, 16)) : undefined;
}
