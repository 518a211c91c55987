/**
 * Whether a text or some bytes stand anywhere in what an object reaches, private fields included, as the debugger sees it. What
 * only a function's own variables hold is not found.
 */
import { type Runtime, Session } from "node:inspector";

interface Property {
  readonly name: string;
  readonly value?: Runtime.RemoteObject;
}

const name = "searchedObject";
const objectGroup = "search";

/** Where the first of these texts is found, as a path of fields; undefined where none is. */
export const findText = (target: object, text: string): string | undefined => find(target, (found) => found.includes(text), []);
export const findBytes = (target: object, ...needles: readonly Uint8Array[]): string | undefined => find(target, () => false, needles);

/** Texts are looked for in bytes too. */
export function find(target: object, isFound: (text: string) => boolean, needles: readonly Uint8Array[]): string | undefined {
  const session = new Session();
  session.connect();
  const post = <T>(method: string, params: object): T => {
    let answer: { readonly result: T } | undefined;
    session.post(method, params, (error: Error | null, result: unknown) => {
      if (error !== null) throw error;
      answer = { result: result as T };
    });
    if (answer === undefined) throw new Error(`${method} was not answered`);
    return answer.result;
  };
  const seen = new WeakSet<object>();
  const isIn = (bytes: Buffer): boolean =>
    needles.some((needle) => bytes.includes(Buffer.from(needle))) || isFound(bytes.toString("latin1"));
  /** Answers whether it is new; "found" for bytes that hold what is looked for; the members of a collection. */
  const look = (object: object): unknown => {
    if (seen.has(object)) return "known";
    seen.add(object);
    if (object instanceof Uint8Array) return isIn(Buffer.from(object.buffer, object.byteOffset, object.length)) ? "found" : "known";
    if (object instanceof Map || object instanceof Set) return [...object].flat();
    return object instanceof WeakMap || object instanceof WeakSet ? "known" : "new";
  };
  Object.defineProperty(globalThis, name, { value: { target, look }, configurable: true });
  try {
    const root = post<Runtime.EvaluateReturnType>("Runtime.evaluate", { expression: `${name}.target`, objectGroup }).result;
    const open: { readonly object: Runtime.RemoteObject; readonly path: string }[] = [{ object: root, path: "" }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { object, path } = next;
      const { result: looked } = post<Runtime.CallFunctionOnReturnType>("Runtime.callFunctionOn", {
        objectId: object.objectId,
        functionDeclaration: `function () { return ${name}.look(this); }`,
        objectGroup,
      });
      if (looked.value === "found") return path;
      if (looked.value === "known") continue;
      const fields = looked.objectId ?? object.objectId;
      const { result, privateProperties = [] } = post<Runtime.GetPropertiesReturnType & { privateProperties?: Property[] }>(
        "Runtime.getProperties",
        { objectId: fields, ownProperties: true },
      );
      for (const { name: field, value } of [...privateProperties, ...result] as Property[]) {
        if (value === undefined || field === "__proto__" || value.type === "function") continue;
        const at = `${path}.${field}`;
        if (value.type === "string" && isFound(String(value.value))) return at;
        if (value.objectId !== undefined) open.push({ object: value, path: at });
      }
    }
    return undefined;
  } finally {
    Reflect.deleteProperty(globalThis, name);
    post("Runtime.releaseObjectGroup", { objectGroup });
    session.disconnect();
  }
}
