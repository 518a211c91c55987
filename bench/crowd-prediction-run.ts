/** The prediction in a process of its own: `node --expose-gc bench/crowd-prediction-run.ts PLAN`. The figures are JSON on stdout. */
import type { CrowdPlan } from "../tests/lab/crowd-plan.ts";
import { predictCrowd } from "./crowd-prediction.ts";

const prediction = await predictCrowd(JSON.parse(process.argv[2] ?? "") as CrowdPlan);
process.stdout.write(`${JSON.stringify(prediction)}\n`);
