/** Everything that reads what comes from outside. completeness.test.ts fails where one is missing. */
import type { Target } from "../target.ts";
import { cryptoTargets } from "./crypto.ts";
import { discoveryTargets } from "./discovery.ts";
import { formattingTargets } from "./formatting.ts";
import { keptTargets } from "./kept.ts";
import { machineTargets } from "./machines.ts";
import { mailTargets } from "./mail.ts";
import { meshTargets } from "./mesh.ts";
import { roomsTargets } from "./rooms.ts";
import { sessionTargets } from "./sessions.ts";
import { storeTargets } from "./store.ts";
import { textTargets } from "./text.ts";

export const targets: readonly Target[] = [
  ...meshTargets,
  ...cryptoTargets,
  ...sessionTargets,
  ...roomsTargets,
  ...keptTargets,
  ...mailTargets,
  ...machineTargets,
  ...textTargets,
  ...formattingTargets,
  ...storeTargets,
  ...discoveryTargets,
];
