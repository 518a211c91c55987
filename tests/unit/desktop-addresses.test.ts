import { expect, test } from "vitest";
import { isOwnPage, isOwnRequest, outsideUrl } from "../../electron/addresses.ts";
import { decodeNotice, decodeUnread } from "../../electron/bridge.ts";
import { notificationBodyCharsMax, outsideUrlCharsMax, unreadMax } from "../../electron/limits.ts";

const own = "http://127.0.0.1:4100";

test("only web addresses without a name before the host go outside", () => {
  expect(outsideUrl("https://example.org/a?b#c")).toBe("https://example.org/a?b#c");
  expect(outsideUrl("http://printer.local/")).toBe("http://printer.local/");
  for (const refused of ["file:///etc/passwd", "javascript:alert(1)", "smb://a/b", "https://a@b.example/", "https://", "", "x"]) {
    expect(outsideUrl(refused), refused).toBeUndefined();
  }
  expect(outsideUrl(`https://example.org/${"a".repeat(outsideUrlCharsMax)}`)).toBeUndefined();
});

test("own requests: the peer's address by HTTP and WebSocket, and what an address itself contains", () => {
  for (const allowed of [`${own}/x.js`, "ws://127.0.0.1:4100/api", `blob:${own}/1`, "data:image/png;base64,", "devtools://devtools/a"]) {
    expect(isOwnRequest(allowed, own), allowed).toBe(true);
  }
  const refused = [
    "http://127.0.0.1:4101/",
    "ws://127.0.0.1:4101/",
    "https://127.0.0.1:4100/",
    "http://127.0.0.1:4100@evil.example/",
    "file:///a",
    "x",
  ];
  for (const address of refused) expect(isOwnRequest(address, own), address).toBe(false);
  expect(isOwnRequest(`${own}/`, undefined)).toBe(false);
});

test("own pages: nothing made up by a page, nothing while there is no peer", () => {
  expect(isOwnPage(`${own}/#token=a`, own)).toBe(true);
  for (const address of [`blob:${own}/1`, "data:text/html,a", "about:blank", "http://localhost:4100/", ""]) {
    expect(isOwnPage(address, own), address).toBe(false);
  }
  expect(isOwnPage("nonsense", undefined)).toBe(false);
});

test("what the page says is decoded and bounded", () => {
  expect([0, 7, 1e9].map(decodeUnread)).toEqual([0, 7, unreadMax]);
  for (const odd of [-1, 1.5, Number.NaN, "3", null, undefined, {}]) expect(decodeUnread(odd)).toBeUndefined();
  expect(decodeNotice({ title: "a", body: "b".repeat(9_999), conversation: "lobby", more: 1 })).toEqual({
    title: "a",
    body: "b".repeat(notificationBodyCharsMax),
    conversation: "lobby",
  });
  for (const odd of [
    null,
    "a",
    {},
    { title: "a", body: "b" },
    { title: "a", body: 1, conversation: "c" },
    { title: "", body: "", conversation: "" },
  ]) {
    expect(decodeNotice(odd)).toBeUndefined();
  }
});
