/** Words of a command line, sorted into options and the rest: `--name VALUE`, `--name=VALUE`, `--flag`, `--` ends options. */

export interface OptionSpec {
  /** Without its dashes. */
  readonly name: string;
  readonly kind: "flag" | "value" | "list";
}

export type ReadArguments =
  | {
      readonly ok: true;
      readonly flags: ReadonlySet<string>;
      readonly values: ReadonlyMap<string, string>;
      readonly lists: ReadonlyMap<string, readonly string[]>;
      readonly rest: readonly string[];
    }
  | { readonly ok: false; readonly message: string };

export function readArguments(words: readonly string[], specs: readonly OptionSpec[]): ReadArguments {
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const lists = new Map<string, string[]>();
  const rest: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (word === "--") {
      rest.push(...words.slice(at + 1));
      break;
    }
    if (!/^--?[a-z]/u.test(word)) {
      rest.push(word);
      continue;
    }
    const [, name = "", , given] = /^--?([^=]*)(=(.*))?$/su.exec(word) ?? [];
    const spec = word.startsWith("--") ? specs.find((known) => known.name === name) : undefined;
    if (spec === undefined) return wrong(`there is no option "${word.replace(/=.*$/su, "")}" here`);
    if (spec.kind === "flag") {
      if (given !== undefined) return wrong(`--${name} takes no value`);
      flags.add(name);
      continue;
    }
    const value = given ?? words[++at];
    if (value === undefined || (given === undefined && value.startsWith("--"))) return wrong(`--${name} needs a value`);
    if (spec.kind === "list") lists.set(name, [...(lists.get(name) ?? []), value]);
    else if (values.has(name)) return wrong(`--${name} is given twice`);
    else values.set(name, value);
  }
  return { ok: true, flags, values, lists, rest };
}

function wrong(message: string): ReadArguments {
  return { ok: false, message };
}
