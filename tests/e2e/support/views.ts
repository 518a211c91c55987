/** The main views of the window: how a person gets there, and back to the lobby, at any width. */
import type { ChatWindow } from "./chat-window.ts";

export interface View {
  readonly name: string;
  show(window: ChatWindow): Promise<void>;
  leave(window: ChatWindow): Promise<void>;
}

const isNarrow = (window: ChatWindow) => window.button("Back").isVisible();

/** A narrow window shows the list alone. */
async function toList(window: ChatWindow): Promise<void> {
  if (!(await window.sidebar.isVisible())) await window.button("Back").click();
}

async function openRow(window: ChatWindow, name: string): Promise<void> {
  await toList(window);
  await window.row(name).click();
  await window.page.getByRole("textbox", { name: new RegExp(`^Message #?${name}`, "u") }).waitFor();
}

const stay = () => Promise.resolve();
const toLobby = (window: ChatWindow) => openRow(window, "lobby");

async function closeDialog(window: ChatWindow): Promise<void> {
  await window.press("Escape");
  await window.page.getByRole("dialog").waitFor({ state: "hidden" });
}

async function closeAside(window: ChatWindow): Promise<void> {
  await window.aside.getByRole("button", { name: (await isNarrow(window)) ? "Back" : "Close", exact: true }).click();
  await window.aside.waitFor({ state: "hidden" });
}

export const views: readonly View[] = [
  { name: "lobby", show: (window) => window.message("Coffee in five minutes").waitFor(), leave: stay },
  { name: "direct", show: (window) => openRow(window, "Mara Lind"), leave: toLobby },
  {
    name: "details",
    async show(window) {
      if (await window.aside.isHidden()) await window.button("Details").click();
      await window.aside.getByRole("list", { name: "Members" }).getByRole("button", { name: "Mara Lind" }).click();
      await window.aside.getByText("Identity").waitFor();
    },
    leave: closeAside,
  },
  {
    name: "host panel",
    async show(window) {
      await toList(window);
      await window.button("Host panel").click();
      await window.aside.getByRole("list", { name: "Comings and goings" }).waitFor();
    },
    leave: closeAside,
  },
  {
    name: "hand off",
    async show(window) {
      await toList(window);
      await window.button("Host panel").click();
      await window.button("Hand off to…").click();
      await window.dialog("Hand off the host's role").getByRole("radio", { name: "Jon" }).check();
    },
    async leave(window) {
      await closeDialog(window);
      await closeAside(window);
    },
  },
  {
    name: "you",
    async show(window) {
      await toList(window);
      await window.button("You: Amara Diallo").click();
      await window.aside.getByText("Your addresses").waitFor();
    },
    leave: closeAside,
  },
  {
    name: "search",
    async show(window) {
      await window
        .button(/^Search/u)
        .first()
        .click();
      await window.type("cable");
      await window.aside.getByRole("list", { name: "Results" }).waitFor();
    },
    leave: closeAside,
  },
  {
    name: "create room",
    async show(window) {
      await toList(window);
      await window.button("Create a room").click();
      await window.dialog("Create a room").waitFor();
    },
    leave: closeDialog,
  },
  {
    name: "more rooms",
    async show(window) {
      await window.button("1 more room").click();
      await window.dialog("Rooms on this network").waitFor();
    },
    leave: closeDialog,
  },
  {
    name: "jump",
    async show(window) {
      await window.press("Control+k");
      await window.dialog("Jump to").waitFor();
    },
    leave: closeDialog,
  },
  {
    name: "shortcuts",
    async show(window) {
      await window.press("Control+/");
      await window.dialog("Keyboard").waitFor();
    },
    leave: closeDialog,
  },
  {
    name: "settings",
    async show(window) {
      await toList(window);
      await window.button("Settings").click();
      await window.dialog("Settings").waitFor();
    },
    leave: closeDialog,
  },
  {
    name: "not joined",
    async show(window) {
      await window.press("Control+k");
      await window.type("workshop");
      await window.press("Enter");
      await window.page.getByRole("heading", { name: "You are not in #workshop." }).waitFor();
    },
    leave: toLobby,
  },
  {
    name: "room",
    async show(window) {
      await openRow(window, "design");
      if (await window.aside.isHidden()) await window.button("Details").click();
      await window.aside.getByRole("button", { name: "Leave room" }).waitFor();
    },
    async leave(window) {
      if (await isNarrow(window)) await closeAside(window);
      await toLobby(window);
    },
  },
];
