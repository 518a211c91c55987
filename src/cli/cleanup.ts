/** What was opened, closed again in the opposite order; a part that fails to close does not keep the others open. */

export interface Cleanup {
  add(close: () => void | Promise<void>): void;
  /** Once; later calls wait for the first. Never rejects. */
  run(): Promise<void>;
}

export function createCleanup(failed: (error: unknown) => void): Cleanup {
  const closers: (() => void | Promise<void>)[] = [];
  let running: Promise<void> | undefined;

  async function runAll(): Promise<void> {
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) {
      try {
        await close();
      } catch (error) {
        failed(error);
      }
    }
  }

  return {
    add: (close) => void closers.push(close),
    run() {
      running ??= runAll();
      return running;
    },
  };
}
