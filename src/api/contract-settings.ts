/** The part of the contract about what a person has chosen for themselves. */
import { z } from "zod";
import { empty } from "./schemas.ts";

export const settingsSchema = z.object({
  readReceipts: z.boolean().describe("others are told what you have read, and you are shown what they have; or neither"),
  typing: z.boolean().describe("others in small rooms are shown that you are writing, and you are shown that they are; or neither"),
});

export const settingsMethods = {
  "settings.get": {
    summary: "What you have chosen; of a kept profile over restarts.",
    params: empty,
    result: settingsSchema,
  },
  "settings.set": {
    summary: "Changes what is named; the rest stays.",
    params: settingsSchema.partial().strict(),
    result: settingsSchema,
  },
} as const;
