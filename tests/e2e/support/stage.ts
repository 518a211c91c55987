/** What each test of the window stands on: one Chromium for a file, a network of real peers and windows for a test. */
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { type ChatWindow, type Look, openWindow } from "./chat-window.ts";
import { startChromium } from "./chromium.ts";
import { RealNetwork, type RealPeer } from "./real-peer.ts";

export interface Stage {
  readonly network: RealNetwork;
  open(peer: RealPeer, look?: Look): Promise<ChatWindow>;
}

/** @param networkName what windows show where it matters. Call once at the top of a file. After each test no window may have complained of anything. */
export function prepareStage(networkName?: string): Stage {
  let browser: Browser | undefined;
  let network = new RealNetwork(networkName);
  const windows: ChatWindow[] = [];

  beforeAll(async () => {
    browser = await startChromium();
  });
  beforeEach(() => {
    network = new RealNetwork(networkName);
  });
  afterEach(async () => {
    const closing = windows.splice(0);
    await Promise.all(closing.map(({ page }) => page.context().close()));
    await network.stop();
    expect(closing.flatMap(({ complaints }) => complaints)).toEqual([]);
  });
  afterAll(() => browser?.close());

  return {
    get network() {
      return network;
    },
    async open(peer, look) {
      if (browser === undefined) throw new Error("a window opens within a test");
      const window = await openWindow(browser, peer, look);
      windows.push(window);
      return window;
    },
  };
}
