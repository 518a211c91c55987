/** Run inside Electron by vault.desktop.test.ts: makes a profile, opens it again, prints what came of it. */
import { ProfileError } from "../../../src/store/index.ts";
import { createProfile, unlockProfile } from "../../../src/store/kept-profile.node.ts";

void keep(process.argv[2] ?? "").then(
  (message) => say("kept", message),
  (error: unknown) => say(error instanceof ProfileError ? error.code : "failed", String(error)),
);

async function keep(directory: string): Promise<string | undefined> {
  await (await createProfile(directory, { passphrase: "correct horse", name: "Ada" })).close();
  const again = await unlockProfile(directory, { passphrase: "correct horse" });
  const { name } = await again.store.load();
  await again.close();
  return name;
}

function say(outcome: string, message: string | undefined): void {
  console.log(JSON.stringify({ nodeApi: process.versions["napi"], outcome, message }));
}
