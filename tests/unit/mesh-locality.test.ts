import { expect, it } from "vitest";
import { isNear } from "../../src/mesh/locality.ts";

it.each<[host: string, own: string[], near: boolean]>([
  ["10.1.2.3", [], true],
  ["172.16.0.1", [], true],
  ["172.32.0.1", [], false],
  ["192.168.1.20", [], true],
  ["169.254.7.7", [], true],
  ["100.64.0.1", [], false],
  ["128.32.1.1", ["128.32.200.9"], true],
  ["128.33.1.1", ["128.32.200.9"], false],
  ["8.8.8.8", ["192.168.1.2"], false],
  ["0.0.0.0", ["0.0.0.1"], false],
  ["255.255.255.255", [], false],
  ["127.0.0.1", ["192.168.1.2"], false],
  ["127.0.0.1", ["127.0.0.1"], true],
  ["::1", ["192.168.1.2"], false],
  ["::1", ["127.0.0.1"], true],
  ["fe80::1%eth0", [], true],
  ["fd12:3456::1", [], true],
  ["2001:db8:1:2::7", ["2001:db8:1:2:aaaa::1"], true],
  ["2001:db8:1:3::7", ["2001:db8:1:2:aaaa::1"], false],
  ["ff02::fb", ["ff02::1"], false],
  ["::ffff:8.8.8.8", [], false],
  ["1:2:3:4:5:6:7:8:9", [], false],
  ["1::2::3", [], false],
  ["256.1.1.1", [], false],
  ["10.1", [], false],
  ["example.com", [], false],
  ["", [], false],
])("%s beside %j: %s", (host, own, near) => {
  expect(isNear(host, own)).toBe(near);
});
