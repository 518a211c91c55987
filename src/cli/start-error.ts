/** A peer cannot start, for a reason that the person can do something about. */
export class StartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "StartError";
  }
}
