/** A programmer's error, kept on in production. Never reached by bytes from the network. */
export function strict(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}
