/** One act at a time: while a form's call is under way it is not sent again, and why it failed is kept. */
import { useRef, useState } from "preact/hooks";
import { failureWords } from "../failure.ts";

export interface Submit {
  readonly busy: boolean;
  readonly error: string | undefined;
  run(act: () => Promise<void>): void;
}

export function useSubmit(): Submit {
  const [state, setState] = useState<{ readonly busy: boolean; readonly error: string | undefined }>({ busy: false, error: undefined });
  const running = useRef(false);
  return {
    ...state,
    run(act) {
      if (running.current) return;
      running.current = true;
      setState({ busy: true, error: undefined });
      act()
        .then(() => setState({ busy: false, error: undefined }))
        .catch((error: unknown) => setState({ busy: false, error: failureWords(error) }))
        .finally(() => {
          running.current = false;
        });
    },
  };
}
