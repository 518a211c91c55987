/** Values that a JSON Schema allows, for the words that the contract's schemas use. */
import * as fc from "fast-check";

interface Schema {
  readonly type?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly unknown[];
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Texts without a bound are drawn short. */
const charsMax = 60;

export function arbitraryOf(schema: object): fc.Arbitrary<unknown> {
  const {
    type,
    enum: values,
    anyOf,
    properties = {},
    required = [],
    pattern,
    minLength = 0,
    maxLength = charsMax,
    minimum = 0,
    maximum = 1_000,
  } = schema as Schema;
  if (anyOf !== undefined) return fc.oneof(...anyOf.map((one) => arbitraryOf(one as object)));
  if (values !== undefined) return fc.constantFrom(...values);
  switch (type) {
    case "object":
      return fc.record(Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, arbitraryOf(field as object)])), {
        requiredKeys: [...required],
      });
    case "string":
      if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern, "u"));
      return fc.string({ unit: "binary", minLength, maxLength: Math.min(maxLength, charsMax) });
    case "integer":
    case "number":
      return fc.integer({ min: Math.max(minimum, -1_000), max: Math.max(minimum, Math.min(maximum, 1_000)) });
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    default:
      throw new Error(`no values are known for the schema ${JSON.stringify(schema)}`);
  }
}
