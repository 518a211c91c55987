/** What several parts of the contract take. */
import { z } from "zod";

/** The protocol's own limit leaves room above it. */
export const nameCharsMax = 40;
export const personName = z.string().trim().min(1).max(nameCharsMax);
export const empty = z.object({}).strict();
