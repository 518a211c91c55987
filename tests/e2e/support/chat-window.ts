/** A browser window on a real peer: what a person finds in it by role and name, and everything it complained of. */
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import type { RealPeer } from "./real-peer.ts";

export const widths = { narrow: 360, middle: 900, wide: 1440 } as const;
const heights: Readonly<Record<number, number>> = { 360: 740, 900: 800, 1440: 900 };
const stepMaxMs = 10_000;

export interface Look {
  readonly width?: number;
  readonly theme?: "light" | "dark";
  readonly timezoneId?: string;
  /** Run in the page before anything of its own, past its content security policy. */
  readonly initScript?: string;
  /** What the page may complain of, where the test itself breaks something. */
  readonly mayComplain?: RegExp;
}

export class ChatWindow {
  readonly page: Page;
  /** Errors on the console or thrown, and requests that went anywhere but to the page's own server. */
  readonly complaints: string[] = [];

  constructor(page: Page, origin: string, mayComplain: RegExp | undefined) {
    this.page = page;
    const complain = (text: string) => {
      if (mayComplain?.test(text) !== true) this.complaints.push(text);
    };
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complain(message.text());
    });
    page.on("pageerror", (error) => complain(String(error)));
    page.on("crash", () => complain("the page crashed"));
    page.on("request", (request) => {
      if (!request.url().startsWith(`${origin}/`)) complain(`asked for ${request.url()}`);
    });
    page.on("websocket", (socket) => {
      if (!socket.url().startsWith(`${origin.replace("http", "ws")}/`)) complain(`connected to ${socket.url()}`);
    });
  }

  get sidebar(): Locator {
    return this.page.getByRole("navigation", { name: "Conversations" });
  }

  get conversation(): Locator {
    return this.page.getByRole("region").filter({ has: this.messages });
  }

  get messages(): Locator {
    return this.page.getByRole("log", { name: "Messages" });
  }

  get composer(): Locator {
    return this.page.getByRole("textbox", { name: /^Message / });
  }

  /** What stands at the right: details, the host's panel or the search. */
  get aside(): Locator {
    return this.page.getByRole("region", { name: /^(Details|Host panel|Search|You)$/u });
  }

  /** A room's or a person's row at the side. */
  row(name: string): Locator {
    return this.sidebar.getByRole("list").getByRole("button", { name: new RegExp(`^${name}\\b`) });
  }

  message(text: string): Locator {
    return this.messages.getByRole("article").filter({ hasText: text });
  }

  dialog(name: string): Locator {
    return this.page.getByRole("dialog", { name });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", typeof name === "string" ? { name, exact: true } : { name });
  }

  press(...keys: readonly string[]): Promise<void> {
    return keys.reduce((before, key) => before.then(() => this.page.keyboard.press(key)), Promise.resolve());
  }

  type(text: string): Promise<void> {
    return this.page.keyboard.type(text);
  }

  /** Writes into the open conversation and sends. */
  async write(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  /** What has the focus, by its name or its text. */
  focused(): Promise<string> {
    return this.page
      .locator(":focus")
      .evaluate((element) => element.getAttribute("aria-label") ?? element.getAttribute("name") ?? element.textContent);
  }
}

export async function openWindow(browser: Browser, peer: RealPeer, look: Look = {}): Promise<ChatWindow> {
  const { width = widths.wide, theme = "light", timezoneId, initScript, mayComplain } = look;
  const options: BrowserContextOptions = {
    viewport: { width, height: heights[width] ?? 900 },
    colorScheme: theme,
    locale: "en-GB",
    // A picture or a measurement in the middle of a movement would be one of chance.
    reducedMotion: "reduce",
    ...(timezoneId === undefined ? {} : { timezoneId }),
  };
  const context = await browser.newContext(options);
  context.setDefaultTimeout(stepMaxMs);
  if (initScript !== undefined) await context.addInitScript({ content: initScript });
  const page = await context.newPage();
  const window = new ChatWindow(page, peer.url, mayComplain);
  await page.goto(`${peer.url}/#token=${peer.token}`);
  return window;
}
