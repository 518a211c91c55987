/** A programmer's error, kept on in production. */
export function strict(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}
