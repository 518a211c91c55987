/**
 * How much a peer keeps: the size of every collection in it, private ones too, as the debugger sees them. So no machine has
 * to offer a way in, and no collection can be forgotten.
 */
import { type Runtime, Session } from "node:inspector";

/** The largest collection of each name, such as "Dialing.#targets". */
export type Sizes = ReadonlyMap<string, number>;

/** Of the members of a collection so many are looked into at each end. */
const sampleMax = 3;
const depthMax = 20;
const objectGroup = "inside";
const opaque = new Set(["Uint8Array", "ArrayBuffer", "Function", "Promise", "Date", "RegExp", "KeyObject", "Generator"]);

export class Inside {
  readonly #session = new Session();

  constructor() {
    this.#session.connect();
  }

  /** `skipped` are names of fields that lead out of the peer. */
  sizesOf(target: object, skipped: ReadonlySet<string>): Sizes {
    const sizes = new Map<string, number>();
    // The debugger finds the object by a global that exists only for this moment.
    const name = "simulatedPeer";
    Object.defineProperty(globalThis, name, { value: { target, seen: new WeakSet() }, configurable: true });
    const root = this.#post<Runtime.EvaluateReturnType>("Runtime.evaluate", { expression: `${name}.target`, objectGroup }).result;
    this.#walk(root, root.className ?? "", sizes, skipped, 0);
    Reflect.deleteProperty(globalThis, name);
    this.#post("Runtime.releaseObjectGroup", { objectGroup });
    return sizes;
  }

  close(): void {
    this.#session.disconnect();
  }

  #walk(object: Runtime.RemoteObject, path: string, sizes: Map<string, number>, skipped: ReadonlySet<string>, depth: number): void {
    if (object.objectId === undefined || depth > depthMax || opaque.has(object.className ?? "")) return;
    const isNew = this.#post<Runtime.CallFunctionOnReturnType>("Runtime.callFunctionOn", {
      objectId: object.objectId,
      functionDeclaration: "function () { const { seen } = simulatedPeer; return !seen.has(this) && !!seen.add(this); }",
    }).result.value;
    if (isNew !== true) return;
    const { result, privateProperties = [] } = this.#post<Runtime.GetPropertiesReturnType & { privateProperties?: Property[] }>(
      "Runtime.getProperties",
      { objectId: object.objectId, ownProperties: true },
    );
    const own = object.className === "Object" ? path : (object.className ?? path);
    const fields = [...privateProperties, ...result] as Property[];
    for (const { name, value } of fields) {
      if (value?.objectId === undefined || name === "__proto__" || value.type === "function") continue;
      const field = `${own}.${name}`;
      if (skipped.has(field) || skipped.has(name)) continue;
      const size = sizeOf(value);
      if (size === undefined) this.#walk(value, field, sizes, skipped, depth + 1);
      else {
        sizes.set(field, Math.max(size, sizes.get(field) ?? 0));
        if (size > 0) this.#sample(value, field, sizes, skipped, depth);
      }
    }
  }

  #sample(collection: Runtime.RemoteObject, path: string, sizes: Map<string, number>, skipped: ReadonlySet<string>, depth: number): void {
    const { result } = this.#post<Runtime.CallFunctionOnReturnType>("Runtime.callFunctionOn", {
      objectId: collection.objectId,
      functionDeclaration: `function () {
        const all = [...(this instanceof Map ? this.values() : this)].filter((item) => typeof item === "object" && item !== null);
        return { items: all.length > ${2 * sampleMax} ? [...all.slice(0, ${sampleMax}), ...all.slice(-${sampleMax})] : all };
      }`,
    });
    const items = this.#properties(result.objectId).find(({ name }) => name === "items")?.value;
    for (const { name, value } of this.#properties(items?.objectId)) {
      if (value?.objectId === undefined || !/^\d+$/.test(name)) continue;
      const size = sizeOf(value);
      if (size === undefined) this.#walk(value, `${path}[]`, sizes, skipped, depth + 1);
      else {
        sizes.set(`${path}[]`, Math.max(size, sizes.get(`${path}[]`) ?? 0));
        if (size > 0) this.#sample(value, `${path}[]`, sizes, skipped, depth + 1);
      }
    }
  }

  #properties(objectId: string | undefined): Property[] {
    if (objectId === undefined) return [];
    return this.#post<Runtime.GetPropertiesReturnType>("Runtime.getProperties", { objectId, ownProperties: true }).result as Property[];
  }

  /** The debugger of one's own process answers at once. */
  #post<T>(method: string, params: object): T {
    let answer: { readonly result: T } | undefined;
    this.#session.post(method, params, (error: Error | null, result: unknown) => {
      if (error !== null) throw error;
      answer = { result: result as T };
    });
    if (answer === undefined) throw new Error(`${method} was not answered`);
    return answer.result;
  }
}

interface Property {
  readonly name: string;
  readonly value?: Runtime.RemoteObject;
}

/** Undefined for what is no collection. */
function sizeOf({ subtype, description = "" }: Runtime.RemoteObject): number | undefined {
  if (subtype !== "map" && subtype !== "set" && subtype !== "array") return undefined;
  return Number(/\((\d+)\)$/.exec(description)?.[1] ?? 0);
}
