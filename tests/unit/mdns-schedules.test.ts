/** When to ask, when to answer, and what is known: in virtual time. */
import { describe, expect, it } from "vitest";
import { AnswerSchedule } from "../../src/discovery/answering.ts";
import { QuestionSchedule } from "../../src/discovery/asking.ts";
import { KnownServices } from "../../src/discovery/known-services.ts";
import {
  answerDelayMaxMs,
  answerDelayMinMs,
  answerPauseMs,
  askersMax,
  knownForMs,
  knownPerPacketMax,
  knownServicesMax,
  moreKnownWaitMs,
  openQuestionsMax,
  questionDelayMaxMs,
  questionDelayMinMs,
  questionPacketsMax,
  questionPauseJitter,
  questionPauseMaxMs,
  questionPauseMinMs,
} from "../../src/discovery/limits.ts";
import { QuestionsHeard } from "../../src/discovery/questions-heard.ts";
import { questionPackets } from "../../src/discovery/service-packets.ts";
import type { Millis } from "../../src/ids.ts";

const at = (ms: number): Millis => ms as Millis;
const never = (): number => 0;

describe("when to ask", () => {
  /** When the first `count` questions are asked. */
  function times(schedule: QuestionSchedule, count: number): number[] {
    return Array.from({ length: count }, () => {
      const now = schedule.nextAt;
      schedule.asked(now);
      return now;
    });
  }

  it("soon, then after pauses that double up to the longest", () => {
    const asked = times(new QuestionSchedule(never, at(0)), 10);
    expect(asked[0]).toBe(questionDelayMinMs);
    const pauses = asked.slice(1).map((time, index) => time - (asked[index] ?? 0));
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1_000));
    expect([pauses[0], pauses.at(-1)]).toEqual([questionPauseMinMs, questionPauseMaxMs]);
  });

  it("each at times of its own: RFC 6762 has no pause less than twice the one before, until they grow no more", () => {
    const asked = times(new QuestionSchedule(() => 0.999, at(0)), 10);
    expect(asked[0]).toBeLessThan(questionDelayMaxMs);
    const pauses = asked.slice(1).map((time, index) => time - (asked[index] ?? 0));
    for (const [index, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual(Math.min(questionPauseMaxMs, 2 * (pauses[index - 1] ?? 0)));
      expect(pause).toBeLessThanOrEqual(questionPauseMaxMs * (1 + questionPauseJitter));
    }
  });

  it("takes another's question for its own, once half of the pause is over", () => {
    const schedule = new QuestionSchedule(never, at(0));
    expect(schedule.questionHeard(at(5))).toBe(true);
    expect(schedule.nextAt).toBe(5 + questionPauseMinMs);
    expect(schedule.questionHeard(at(6))).toBe(false);
    expect(schedule.nextAt).toBe(5 + questionPauseMinMs);
    expect(schedule.questionHeard(at(5 + questionPauseMinMs / 2))).toBe(true);
    expect(schedule.nextAt).toBe(5 + questionPauseMinMs / 2 + 2 * questionPauseMinMs);
  });

  it("as at the start, when told to hurry", () => {
    const schedule = new QuestionSchedule(never, at(0));
    const last = times(schedule, 12).at(-1) ?? 0;
    schedule.hurry(at(last + 10));
    expect(times(schedule, 3)).toEqual(
      [questionDelayMinMs, 1_000 + questionDelayMinMs, 3_000 + questionDelayMinMs].map((ms) => last + 10 + ms),
    );
  });
});

describe("whether another's question asks for all that we would", () => {
  const whole = { asker: "ben", isQuestion: true, isMoreToCome: false, hidesWhatWeLack: false };

  it("in one packet, unless it hides what we lack", () => {
    const heard = new QuestionsHeard();
    expect(heard.hear(whole)).toBe(true);
    expect(heard.hear({ ...whole, hidesWhatWeLack: true })).toBe(false);
    expect(heard.hear({ ...whole, isQuestion: false })).toBe(false);
  });

  it("in several, with the last of them", () => {
    const heard = new QuestionsHeard();
    const more = { ...whole, isQuestion: false };
    for (const hidesWhatWeLack of [false, true]) {
      expect(heard.hear({ ...whole, isMoreToCome: true })).toBe(false);
      expect(heard.hear({ ...more, isMoreToCome: true, hidesWhatWeLack })).toBe(false);
      expect(heard.hear({ ...whole, asker: "cleo", isMoreToCome: true })).toBe(false);
      expect(heard.hear(more)).toBe(!hidesWhatWeLack);
      expect(heard.hear(more)).toBe(false);
    }
  });

  it("forgets whoever began first, when too many begin and do not end", () => {
    const heard = new QuestionsHeard();
    for (let index = 0; index <= openQuestionsMax; index += 1) heard.hear({ ...whole, asker: String(index), isMoreToCome: true });
    expect(heard.hear({ ...whole, asker: "0", isQuestion: false })).toBe(false);
    expect(heard.hear({ ...whole, asker: "1", isQuestion: false })).toBe(true);
  });
});

describe("when to answer", () => {
  it("a little later, once for all who ask meanwhile", () => {
    const schedule = new AnswerSchedule(() => 0.5);
    expect(schedule.nextAt).toBeUndefined();
    schedule.asked("ben", false, at(0));
    const due = (answerDelayMinMs + answerDelayMaxMs) / 2;
    expect(schedule.nextAt).toBe(due);
    schedule.asked("cleo", false, at(30));
    expect(schedule.nextAt).toBe(due);
    schedule.said(at(due));
    expect(schedule.nextAt).toBeUndefined();
  });

  it("not twice within a second, but then", () => {
    const schedule = new AnswerSchedule(never);
    schedule.said(at(0));
    schedule.asked("ben", false, at(100));
    expect(schedule.nextAt).toBe(answerPauseMs + answerDelayMinMs);
    schedule.said(at(answerPauseMs + answerDelayMinMs));
    schedule.asked("ben", false, at(5_000));
    expect(schedule.nextAt).toBe(5_000 + answerDelayMinMs);
  });

  it("not to one that says in a further packet that it knows", () => {
    const schedule = new AnswerSchedule(never);
    schedule.asked("ben", true, at(0));
    expect(schedule.nextAt).toBe(moreKnownWaitMs + answerDelayMinMs);
    schedule.known("ben");
    expect(schedule.nextAt).toBeUndefined();
    schedule.asked("ben", true, at(0));
    schedule.asked("cleo", false, at(0));
    schedule.known("ben");
    // Two on one machine have one address: what one knows the other may not.
    schedule.known("cleo");
    expect(schedule.nextAt).toBe(answerDelayMinMs);
  });

  it("to all, where too many ask to tell them apart", () => {
    const schedule = new AnswerSchedule(never);
    for (let index = 0; index <= askersMax; index += 1) schedule.asked(String(index), true, at(0));
    for (let index = 0; index <= askersMax; index += 1) schedule.known(String(index));
    expect(schedule.nextAt).toBeDefined();
  });
});

describe("what is known", () => {
  const name = (index: number): string => `${index.toString(16).padStart(16, "0")}._earshot._tcp.local`;

  it("is said to be known while it is fresh, the last heard first", () => {
    const known = new KnownServices();
    known.heard(name(1), 28_800, at(0));
    known.heard(name(2), 28_800, at(0));
    known.heard(name(1), 28_800, at(10_000));
    known.heard(name(3), 20, at(10_000));
    known.gone(name(4));
    expect(known.fresh(at(20_000)).map((service) => service.name)).toEqual([name(3), name(1), name(2)]);
    expect(known.fresh(at(20_001))).toEqual([
      { name: name(1), lifetimeSeconds: 28_789 },
      { name: name(2), lifetimeSeconds: 28_779 },
    ]);
    expect(known.fresh(at(knownForMs + 1)).map((service) => service.name)).toEqual([name(1)]);
    known.gone(name(1));
    expect(known.has(name(1))).toBe(false);
    expect(known.has(name(2))).toBe(true);
    known.forget();
    expect(known.has(name(2))).toBe(false);
  });

  it("has a bound, and what was heard first goes first", () => {
    const known = new KnownServices();
    for (let index = 0; index <= knownServicesMax; index += 1) known.heard(name(index), 28_800, at(0));
    expect(known.fresh(at(0)).length).toBe(knownServicesMax);
    expect([known.has(name(0)), known.has(name(1))]).toEqual([false, true]);
  });

  it("is told in packets that fit, all but the last saying that more comes", () => {
    const services = (count: number) => Array.from({ length: count }, (_, index) => ({ name: name(index), lifetimeSeconds: 28_800 }));
    const shapes = (count: number) =>
      questionPackets(services(count)).map((packet) => {
        const { questions, answers, flags } = packet as { questions: unknown[]; answers: unknown[]; flags: number };
        return [questions.length, answers.length, flags];
      });
    expect(shapes(0)).toEqual([[1, 0, 0]]);
    expect(shapes(knownPerPacketMax)).toEqual([[1, knownPerPacketMax, 0]]);
    expect(shapes(knownPerPacketMax + 1)).toEqual([
      [1, knownPerPacketMax, 512],
      [0, 1, 0],
    ]);
    expect(shapes(knownServicesMax).length).toBe(questionPacketsMax);
  });
});
