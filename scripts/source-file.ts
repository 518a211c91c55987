/** One source file, parsed: what it imports and exports, and which globals it names. */
import { parseSync } from "vite";

export interface SourceText {
  /** From the root of the checkout, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Constant {
  readonly name: string;
  readonly line: number;
}

export interface SourceFile extends SourceText {
  /** Module specifiers as written; type-only and dynamic ones too. */
  readonly imports: readonly string[];
  readonly hasDefaultExport: boolean;
  readonly hasExportAll: boolean;
  /** Every identifier in the file that is not a property's name, and `JSX` where it has elements, `import.meta` where used. */
  readonly names: ReadonlySet<string>;
  readonly exportedConstants: readonly Constant[];
  /** Lines on which a comment ends. */
  readonly commentLines: ReadonlySet<number>;
}

interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

export function parseSource({ path, text }: SourceText): SourceFile {
  const { program, module, comments, errors } = parseSync(path, text);
  if (errors[0] !== undefined) throw new Error(`${path}: ${errors[0].message}`);
  const requests = new Set<string>();
  const names = new Set<string>(module.importMetas.length > 0 ? ["import.meta"] : []);
  for (const { moduleRequest } of module.staticImports) requests.add(moduleRequest.value);
  const exportEntries = module.staticExports.flatMap(({ entries }) => entries);
  for (const { moduleRequest } of exportEntries) if (moduleRequest !== null) requests.add(moduleRequest.value);
  for (const { moduleRequest } of module.dynamicImports) {
    const written = text.slice(moduleRequest.start, moduleRequest.end);
    if (/^["'`][^$]*["'`]$/.test(written)) requests.add(written.slice(1, -1));
  }
  collect(program as unknown as Node, names, requests);
  const lineOf = lineCounter(text);
  return {
    path,
    text,
    imports: [...requests],
    hasDefaultExport: exportEntries.some(({ exportName }) => exportName.kind === "Default" || exportName.name === "default"),
    hasExportAll: exportEntries.some(({ importName }) => importName.kind === "AllButDefault" || importName.kind === "All"),
    names,
    exportedConstants: exportedConstants(program as unknown as Node, lineOf),
    commentLines: new Set(comments.map(({ end }) => lineOf(end))),
  };
}

/** Depth-first over the ESTree: names and the module references that are no import statements. */
function collect(node: Node, names: Set<string>, requests: Set<string>): void {
  if (node.type === "Identifier" || node.type === "JSXIdentifier") names.add(String(node["name"]));
  if (node.type.startsWith("JSX")) names.add("JSX");
  if (node.type === "TSImportType") addLiteral(node["source"] ?? node["argument"], requests);
  if (node.type === "CallExpression" && isNode(node["callee"]) && node["callee"]["name"] === "require") {
    addLiteral((node["arguments"] as unknown[])[0], requests);
  }
  for (const [field, value] of Object.entries(node)) {
    // A property's name is no use of the global of that name.
    if ((field === "property" || field === "key") && node["computed"] !== true) continue;
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) collect(child, names, requests);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}

function addLiteral(node: unknown, requests: Set<string>): void {
  if (!isNode(node)) return;
  const literal = isNode(node["literal"]) ? node["literal"] : node;
  if (typeof literal["value"] === "string") requests.add(literal["value"]);
}

function exportedConstants(program: Node, lineOf: (offset: number) => number): Constant[] {
  const constants: Constant[] = [];
  for (const statement of program["body"] as Node[]) {
    const declaration = statement["declaration"];
    if (statement.type !== "ExportNamedDeclaration" || !isNode(declaration) || declaration.type !== "VariableDeclaration") continue;
    for (const { id } of declaration["declarations"] as { id: Node }[]) {
      constants.push({ name: String(id["name"]), line: lineOf(Number(statement["start"])) });
    }
  }
  return constants;
}

function lineCounter(text: string): (offset: number) => number {
  const ends: number[] = [];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) ends.push(at);
  return (offset) => {
    const line = ends.findIndex((end) => end >= offset);
    return line === -1 ? ends.length + 1 : line + 1;
  };
}
