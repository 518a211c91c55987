/**
 * ICE candidates as text. A candidate is an order to send UDP somewhere, so only those at the address from which the
 * remote peer speaks are obeyed: nothing leaves the LAN. Names (".local") are not addresses and fall with the rest.
 * Whatever else reaches the peer is found by ICE itself as a peer-reflexive candidate (RFC 8445 section 7.3.1.3).
 */

/** `candidate` is the attribute's value, "candidate:… 1 UDP … address port typ …". */
export function isCandidateAt(candidate: string, host: string): boolean {
  const fields = candidate.split(" ");
  return fields.length >= 8 && fields[4]?.toLowerCase() === host.toLowerCase();
}

/** Address and port. */
export function placeOf(candidate: string): string {
  return candidate.split(" ").slice(4, 6).join(" ");
}

/** A description, and the candidates that stood in it. */
export function splitDescription(sdp: string): { readonly sdp: string; readonly candidates: readonly string[] } {
  const lines = sdp.split(/\r?\n/);
  return {
    sdp: lines.filter((line) => !line.startsWith("a=candidate:") && line !== "a=end-of-candidates").join("\r\n"),
    candidates: lines.filter((line) => line.startsWith("a=candidate:")).map((line) => line.slice("a=".length)),
  };
}
