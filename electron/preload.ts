/** The page's only way to the shell: `window.earshotDesktop`, three functions. Runs sandboxed, apart from the page's own world. */
import { contextBridge, ipcRenderer } from "electron";
import { channels, type MessageNotice } from "./bridge.ts";

contextBridge.exposeInMainWorld("earshotDesktop", {
  setBadge: (count: number) => ipcRenderer.send(channels.setBadge, count),
  notify: ({ title, body, conversation }: MessageNotice) => ipcRenderer.send(channels.notify, { title, body, conversation }),
  onOpenConversation: (listener: (conversation: string) => void) => {
    ipcRenderer.removeAllListeners(channels.openConversation);
    ipcRenderer.on(channels.openConversation, (_event, conversation: string) => listener(conversation));
  },
});
