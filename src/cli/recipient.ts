/** Whom `earshot send` means: rooms and ids as they are, "@name" by the people who are known. */
import type { PeerView } from "../api/contract.ts";

export type Recipient = { readonly ok: true; readonly to: string } | { readonly ok: false; readonly message: string };

export function resolveRecipient(to: string, peers: readonly PeerView[]): Recipient {
  if (!to.startsWith("@")) return { ok: true, to };
  const wanted = to.slice(1);
  if (peers.some(({ peerId }) => peerId === wanted)) return { ok: true, to };
  const exact = peers.filter(({ name }) => name === wanted);
  const named = exact.length > 0 ? exact : peers.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  const [only, another] = named;
  // An id that nobody here has is the peer's to refuse.
  if (only === undefined && /^[a-z2-7]{32}$/u.test(wanted)) return { ok: true, to };
  if (only === undefined) return { ok: false, message: `nobody here is called ${wanted}; \`earshot peers\` lists who is` };
  if (another === undefined) return { ok: true, to: `@${only.peerId}` };
  const ids = named.map(({ peerId }) => `  @${peerId}`).join("\n");
  return { ok: false, message: `${named.length} people are called ${wanted}; say which one is meant:\n${ids}` };
}
