import { expect, it } from "vitest";
import { durationWords, leftWords, timerChoices } from "../../src/ui/model/timers.ts";

it("what people choose from reads as they say it", () => {
  const words = timerChoices.map((choice) => (choice === null ? "off" : durationWords(choice)));
  expect(words).toEqual(["off", "5 minutes", "1 hour", "1 day", "1 week", "4 weeks"]);
});

it("a time that some program set is exact", () => {
  expect([5_000, 90_000, 90 * 60_000, 36 * 3_600_000].map(durationWords)).toEqual(["5 seconds", "90 seconds", "90 minutes", "36 hours"]);
});

it("what is left reads as the whole when it has just begun, by a clock that is half a minute late as well", () => {
  const left = [0, 50_000, 61_000, 299_000, 3_599_000, 86_399_000, 86_430_000, 60 * 3_600_000].map(leftWords);
  expect(left).toEqual(["less than a minute", "less than a minute", "1 minute", "5 minutes", "1 hour", "1 day", "1 day", "3 days"]);
});
