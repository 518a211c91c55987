/** What is wrong with a call's parameters, in words: which field, what is expected, what was given. */
import type { z } from "zod";
import { mistakesToldMax, wrongValueCharsMax } from "./limits.ts";

type Issue = z.core.$ZodIssue;

export function describeParamsError(issues: readonly Issue[], params: unknown): string {
  const told = issues.slice(0, mistakesToldMax).map((issue) => describe(issue, params));
  const untold = issues.length - told.length;
  return `${told.join("; ")}${untold > 0 ? `; and ${untold} more` : ""}.`;
}

function describe(issue: Issue, params: unknown): string {
  const field = issue.path.length === 0 ? "the parameters" : `"${issue.path.join(".")}"`;
  const given = valueAt(params, issue.path);
  switch (issue.code) {
    case "invalid_type":
      if (given === undefined) return `${field} is missing (${article(issue.expected)} is expected)`;
      return `${field} must be ${article(issue.expected)}, not ${show(given)}`;
    case "too_small":
      if (issue.origin === "string") return Number(issue.minimum) <= 1 ? `${field} must not be empty` : `${field} is too short`;
      return `${field} must be at least ${issue.minimum}, not ${show(given)}`;
    case "too_big":
      if (issue.origin === "string") return `${field} is too long (at most ${issue.maximum} characters)`;
      return `${field} must be at most ${issue.maximum}, not ${show(given)}`;
    case "invalid_value": {
      const choices = issue.values.map((value) => JSON.stringify(value)).join(" or ");
      return given === undefined ? `${field} is missing (${choices} is expected)` : `${field} must be ${choices}, not ${show(given)}`;
    }
    case "unrecognized_keys":
      return `${issue.keys.map((key) => `"${key.slice(0, wrongValueCharsMax)}"`).join(", ")} is not known here`;
    default:
      return `${field}: ${issue.message}`;
  }
}

function valueAt(params: unknown, path: readonly PropertyKey[]): unknown {
  let value = params;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return value;
}

function article(expected: string): string {
  const noun = expected === "string" ? "text" : expected === "int" ? "whole number" : expected;
  return /^[aeiou]/u.test(noun) ? `an ${noun}` : noun === "text" ? noun : `a ${noun}`;
}

/** Lists and objects are not repeated: one nested deep enough would exhaust the stack of whoever writes it down. */
function show(value: unknown): string {
  if (typeof value === "object" && value !== null && Object.keys(value).length > 0) return Array.isArray(value) ? "a list" : "an object";
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > wrongValueCharsMax ? `${text.slice(0, wrongValueCharsMax)}…` : text;
}
