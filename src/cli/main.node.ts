/** The command `earshot`. Each command's parts are loaded when it is given, so that each starts as fast as it can. */
import { helpText } from "./help.ts";
import { parseCommand } from "./options.ts";
import { version } from "./version.ts";

async function main(words: readonly string[]): Promise<number> {
  const parsed = parseCommand(words);
  if (!parsed.ok) {
    console.error(`earshot: ${parsed.message}. \`earshot --help\` lists what there is.`);
    return 2;
  }
  const { command } = parsed;
  switch (command.command) {
    case "help":
      console.log(helpText);
      return 0;
    case "version":
      console.log(version);
      return 0;
    case "run": {
      const { run } = await import("./run.node.ts");
      return run(command.options, words);
    }
    case "profiles":
    case "wipe":
    case "export":
    case "import": {
      const { runProfileCommand } = await import("./profile-commands.node.ts");
      return runProfileCommand(command);
    }
    default: {
      const { runClientCommand } = await import("./client-commands.node.ts");
      return runClientCommand(command);
    }
  }
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(`earshot: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);
