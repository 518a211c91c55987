/** Everything that is kept is destroyed, from menu or tray: asked once, then the peer does it, keys first. */
import { type BrowserWindow, dialog } from "electron";
import { connectApi } from "../src/api/client.node.ts";
import type { PeerAddress } from "./peer-source.ts";

/** Resolves once it is done, or the person does not want it. */
export async function wipeEverything(window: BrowserWindow, peer: PeerAddress | undefined): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: "warning",
    title: "Earshot",
    message: "Wipe everything?",
    detail: "Your identity, keys and contacts on this computer are destroyed at once, for good. Earshot ends.",
    buttons: ["Cancel", "Wipe everything now"],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  if (response !== 1 || peer === undefined) return;
  const api = await connectApi(peer);
  try {
    await api.call("profile.wipe", {});
  } catch (error) {
    // Nobody is logged in, or the disk refuses.
    await dialog.showMessageBox(window, {
      type: "warning",
      title: "Earshot",
      message: "Nothing was wiped.",
      detail: (error as Error).message,
    });
  } finally {
    api.close();
  }
}
