/** A real peer's transport on 127.0.0.1, for the tests. */
import { randomBytes as nodeRandomBytes } from "node:crypto";
import { createHandshakes, createIdentity, deriveNetwork, publicIdentityFromKeys } from "../../src/crypto/index.ts";
import { createNodeSignatures } from "../../src/crypto/signatures.node.ts";
import type { PeerId } from "../../src/ids.ts";
import { type NodeTransport, startTransport } from "../../src/mesh/transport.node.ts";
import type { TransportInput } from "../../src/mesh/transport.ts";
import { nodeDataChannelClasses, type WebRtcClasses } from "../../src/mesh/webrtc.node.ts";

const nodeSignatures = createNodeSignatures();
const randomBytes = (length: number): Uint8Array => new Uint8Array(nodeRandomBytes(length));

export async function startNodeTransport(
  deliver: (input: TransportInput) => void,
  options: { readonly network?: string | undefined; readonly classes?: WebRtcClasses | undefined } = {},
): Promise<{ readonly transport: NodeTransport; readonly peerId: PeerId }> {
  const self = createIdentity(randomBytes, nodeSignatures);
  const network = deriveNetwork({ name: options.network ?? "earshot" });
  const transport = await startTransport({
    self,
    instance: nodeRandomBytes(8).toString("hex"),
    hosts: ["127.0.0.1"],
    port: 0,
    classes: options.classes ?? nodeDataChannelClasses(),
    createHandshake: createHandshakes(self, network, randomBytes),
    identityFromKeys: (signKey, agreeKey, binding) => publicIdentityFromKeys(nodeSignatures, signKey, agreeKey, binding),
    deliver,
  });
  return { transport, peerId: self.peerId };
}
