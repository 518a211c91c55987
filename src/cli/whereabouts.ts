/** Which running peer a command means. */
import type { OptionSpec } from "./arguments.ts";

/** Neither means the only one. */
export interface Whereabouts {
  readonly dataDir: string | undefined;
  readonly profile: string | undefined;
}

export const clientSpecs: readonly OptionSpec[] = [
  { name: "data-dir", kind: "value" },
  { name: "profile", kind: "value" },
];

export const whereaboutsIn = (values: ReadonlyMap<string, string>): Whereabouts => ({
  dataDir: values.get("data-dir"),
  profile: values.get("profile"),
});
