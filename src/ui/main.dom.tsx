/**
 * The page: rooms and people, the conversation, details. It knows the API's contract and its client, nothing else.
 *
 * 1. Whatever comes from others is shown as text; only http and https become links.
 * 2. What is read stays where it is; what is written is never lost.
 * 3. Nothing is fetched from anywhere but the API it was opened with.
 * 4. What the document and the memory hold is bounded (`limits.ts`).
 */
import { render } from "preact";
import { createApiClient } from "../api/client.dom.ts";
import { AppProvider, createApp } from "./app.dom.ts";
import { takeToken } from "./token.dom.ts";
import { Gate } from "./view/gate.dom.tsx";
import { Shell } from "./view/shell.dom.tsx";

/** Until the API has answered it is the window, as it nearly always is. */
function Root() {
  const view = app.access.view.value;
  return view === undefined || view.state === "running" ? <Shell /> : <Gate view={view} />;
}

const root = document.getElementById("app");
if (!root) throw new Error("index.html has no #app");
const app = createApp(createApiClient({ url: `ws://${location.host}/api`, token: takeToken() }));
render(
  <AppProvider value={app}>
    <Root />
  </AppProvider>,
  root,
);
