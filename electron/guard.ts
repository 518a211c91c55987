/**
 * What the window may not do, all of it in this one place. The page shows what strangers wrote; should it ever run
 * their code, that code finds no Node, no other origin, no permission, and no way out but through the person's own click.
 *
 * Invariants
 * 1. The page comes from its peer on 127.0.0.1 and stays there: no navigation, frame or request to anywhere else.
 * 2. No name is ever resolved and no proxy asked: nothing leaves the LAN through Chromium.
 * 3. Every permission is refused, but writing text to the clipboard by the peer's own page.
 * 4. A link opens in the person's browser, http and https only, one per click.
 * 5. Nothing is saved but a profile that the page exported, where the person says.
 * 6. The shell listens to the top frame of its own page alone.
 */
import { app, type InputEvent, type IpcMainEvent, type Session, shell, type WebContents, type WebPreferences } from "electron";
import { conversationSuffixes, exportSuffix } from "../src/api/wire.ts";
import { isOwnPage, isOwnRequest, outsideUrl } from "./addresses.ts";
import { gestureMaxMs } from "./limits.ts";

/** The origin of the peer's page, for example "http://127.0.0.1:41234"; undefined while there is no peer. It changes when a peer starts again. */
export type OwnOrigin = () => string | undefined;

/** Before the app is ready: what holds for all of Chromium. */
export function guardApp(): void {
  app.commandLine.appendSwitch("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1");
  app.commandLine.appendSwitch("no-proxy-server");
  app.commandLine.appendSwitch("disable-background-networking");
  app.commandLine.appendSwitch("force-webrtc-ip-handling-policy", "disable_non_proxied_udp");
  // Whatever opens, by whatever way, begins with nothing allowed.
  app.on("web-contents-created", (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: "deny" }));
    contents.on("will-attach-webview", (event) => event.preventDefault());
  });
}

export function pagePreferences(session: Session, preload: string, { debug }: { readonly debug: boolean }): WebPreferences {
  return {
    session,
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    devTools: debug,
    // Elsewhere Chromium fetches its dictionaries from the internet.
    spellcheck: process.platform === "darwin",
  };
}

export function guardSession(session: Session, ownOrigin: OwnOrigin): void {
  const isAllowed = (permission: string, origin: string) => permission === "clipboard-sanitized-write" && isOwnPage(origin, ownOrigin());
  session.setPermissionRequestHandler((_contents, permission, decide, details) => decide(isAllowed(permission, details.requestingUrl)));
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin) => isAllowed(permission, requestingOrigin));
  session.setDevicePermissionHandler(() => false);
  session.on("will-download", (event, item) => {
    // The person's own profile or conversation, made by the page; Electron asks where to.
    const isExport = [exportSuffix, ...conversationSuffixes].some((suffix) => item.getFilename().endsWith(suffix));
    const isOwn = item.getURL().startsWith(`blob:${ownOrigin() ?? "none"}/`) && isExport;
    if (!isOwn) event.preventDefault();
  });
  session.webRequest.onBeforeRequest(({ url }, decide) => decide({ cancel: !isOwnRequest(url, ownOrigin()) }));
}

export function guardContents(contents: WebContents, ownOrigin: OwnOrigin): void {
  let clickedAt = Number.NEGATIVE_INFINITY;
  contents.on("input-event", (_event, input) => {
    if (isClick(input)) clickedAt = performance.now();
  });
  contents.setWindowOpenHandler(({ url }) => {
    const outside = outsideUrl(url);
    if (outside !== undefined && performance.now() - clickedAt <= gestureMaxMs) {
      clickedAt = Number.NEGATIVE_INFINITY;
      shell.openExternal(outside).catch((error: unknown) => console.error(`earshot: the link cannot be opened (${String(error)})`));
    }
    return { action: "deny" };
  });
  const stay = (event: { readonly url: string; preventDefault(): void }) => {
    if (!isOwnPage(event.url, ownOrigin())) event.preventDefault();
  };
  contents.on("will-navigate", stay);
  contents.on("will-redirect", stay);
  contents.on("will-frame-navigate", stay);
}

/** True for a message of the top frame of the peer's own page. */
export function isFromPage(event: IpcMainEvent, contents: WebContents, ownOrigin: OwnOrigin): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame === contents.mainFrame && isOwnPage(frame.url, ownOrigin());
}

/** A mouse, a finger, or the keys that press a link. */
function isClick(input: InputEvent): boolean {
  if (input.type === "mouseUp" || input.type === "gestureTap") return true;
  const { key } = input as { readonly key?: unknown };
  return (input.type === "rawKeyDown" || input.type === "keyDown") && (key === "Enter" || key === " ");
}
