/** The peer is gone or never came: what happened and what to do, in the platform's own dialog. */
import { type BrowserWindow, dialog } from "electron";

export interface Trouble {
  readonly hasRun: boolean;
  readonly isOwn: boolean;
  /** Why, in words, without capital and full stop. */
  readonly detail: string;
}

/** True: the person wants it started, or looked for, again. */
export async function askToStartAgain(window: BrowserWindow, { hasRun, isOwn, detail }: Trouble): Promise<boolean> {
  window.show();
  const why = `${detail.slice(0, 1).toUpperCase()}${detail.slice(1)}.`;
  const { response } = await dialog.showMessageBox(window, {
    type: "error",
    title: "Earshot",
    message: isOwn ? (hasRun ? "Earshot has stopped" : "Earshot could not start") : "This Earshot is not running any more",
    detail: isOwn ? `${why} Until it runs again nobody can reach you.` : `${why} Start it again where it ran, then try again here.`,
    buttons: [isOwn ? "Start again" : "Try again", "Quit"],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  });
  return response === 0;
}
